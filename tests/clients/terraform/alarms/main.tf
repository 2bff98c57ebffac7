terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

provider "aws" {
  region = "us-east-1"
}

variable "threshold" {
  type    = number
  default = 5
}

variable "owner" {
  type    = string
  default = "search"
}

locals {
  topic = "arn:aws:sns:us-east-1:000000000000:ops"
}

resource "aws_cloudwatch_metric_alarm" "statistic" {
  alarm_name          = "statistic"
  alarm_description   = "what to do: \"runbook\""
  namespace           = "Shop"
  metric_name         = "Errors"
  dimensions          = { Host = "a", Zone = "x" }
  statistic           = "Sum"
  unit                = "Count"
  period              = 60
  evaluation_periods  = 3
  datapoints_to_alarm = 2
  threshold           = var.threshold
  comparison_operator = "GreaterThanThreshold"
  treat_missing_data  = "notBreaching"
  alarm_actions       = [local.topic]
  ok_actions          = [local.topic]
  tags                = { Owner = var.owner }
}

resource "aws_cloudwatch_metric_alarm" "percentile" {
  alarm_name                            = "percentile"
  namespace                             = "Shop"
  metric_name                           = "Latency"
  extended_statistic                    = "p99.9"
  evaluate_low_sample_count_percentiles = "ignore"
  period                                = 10
  evaluation_periods                    = 1
  threshold                             = var.threshold * 100
  comparison_operator                   = "GreaterThanOrEqualToThreshold"
  actions_enabled                       = false
}

resource "aws_cloudwatch_metric_alarm" "expression" {
  alarm_name          = "expression"
  evaluation_periods  = 2
  threshold           = var.threshold
  comparison_operator = "GreaterThanThreshold"

  metric_query {
    id          = "rate"
    expression  = "100 * errors / requests"
    label       = "errors in percent"
    return_data = true
  }

  dynamic "metric_query" {
    for_each = { errors = "Errors", requests = "Requests" }

    content {
      id = metric_query.key

      metric {
        namespace   = "Shop"
        metric_name = metric_query.value
        period      = 300
        stat        = "Sum"
      }
    }
  }
}

resource "aws_cloudwatch_metric_alarm" "band" {
  alarm_name          = "band"
  evaluation_periods  = 1
  threshold_metric_id = "expected"
  comparison_operator = "LessThanLowerOrGreaterThanUpperThreshold"

  metric_query {
    id          = "expected"
    expression  = "ANOMALY_DETECTION_BAND(requests, ${var.threshold})"
    label       = "expected"
    return_data = true
  }

  metric_query {
    id          = "requests"
    return_data = true

    metric {
      namespace   = "Shop"
      metric_name = "Requests"
      period      = 300
      stat        = "Sum"
    }
  }
}

resource "aws_cloudwatch_composite_alarm" "site" {
  alarm_name        = "site"
  alarm_description = "of several"
  alarm_rule        = "ALARM(${aws_cloudwatch_metric_alarm.statistic.alarm_name}) ${var.threshold > 5 ? "AND" : "OR"} ALARM(${aws_cloudwatch_metric_alarm.expression.alarm_name})"
  alarm_actions     = [local.topic]
  tags              = { Owner = var.owner }

  actions_suppressor {
    alarm            = aws_cloudwatch_metric_alarm.percentile.alarm_name
    wait_period      = 60
    extension_period = 120
  }
}
