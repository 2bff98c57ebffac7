locals {
  description = {
    for name in local.alarms : name => join(" ", [
      "Severity: ${local.severity[name]}.",
      "Impact: ${lookup(local.impact, name, "see the runbook.")}",
      "To do: ${local.to_do[name]}",
      "Runbook: ${local.runbook[name]}",
    ])
  }

  impact = merge(
    { for name, alarm in local.counted : name => alarm.impact },
    {
      "queue-depth"          = "Predictions are late."
      "dead-letters"         = "An upload has failed three times and is given up."
      "oldest-message-age"   = "Somebody waits for a prediction."
      "worker-error-rate"    = "Uploads fail in the worker."
      "slow-worker"          = "Predictions are late."
      "upload-success-rate"  = "Customers cannot upload."
      "model-confidence-low" = "Predictions cannot be relied on."
    },
  )

  to_do = {
    "queue-depth"           = "Look whether workers run, then start more of them."
    "dead-letters"          = "Read the message in the dead-letter queue, mend its cause, and redrive it."
    "oldest-message-age"    = "Look whether workers run, and what they log."
    "worker-error-rate"     = "Read the log of the worker by upload_id, and mend what it names."
    "slow-worker"           = "Compare MLPredictionDuration with S3DownloadDuration, then start more workers."
    "s3-upload-failures"    = "Look whether the bucket takes writes; users were told to upload again."
    "database-write-errors" = "Look whether the database takes writes and has room."
    "upload-success-rate"   = "Look which counts: S3UploadFailure, DatabaseWriteError, SQSMessageFailure or UploadUnexpectedError."
    "model-confidence-low"  = "Compare the features of customers with those in training, then train anew or go back to the model before."
    "model-load-failures"   = "Read the log of the worker, and put back a model whose checksum and signature are right."
  }
}

resource "aws_cloudwatch_metric_alarm" "queue_depth" {
  alarm_name          = "${local.prefix}-queue-depth"
  alarm_description   = local.description["queue-depth"]
  namespace           = "AWS/SQS"
  metric_name         = "ApproximateNumberOfMessagesVisible"
  dimensions          = { QueueName = aws_sqs_queue.predictions.name }
  statistic           = "Average"
  period              = 300
  evaluation_periods  = 1
  datapoints_to_alarm = 1
  comparison_operator = "GreaterThanThreshold"
  threshold           = var.thresholds.queue_depth
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.alerts.arn]
  ok_actions          = [aws_sns_topic.alerts.arn]
}

resource "aws_cloudwatch_metric_alarm" "dead_letters" {
  alarm_name          = "${local.prefix}-dead-letters"
  alarm_description   = local.description["dead-letters"]
  namespace           = "AWS/SQS"
  metric_name         = "ApproximateNumberOfMessagesVisible"
  dimensions          = { QueueName = aws_sqs_queue.dead_letters.name }
  statistic           = "Average"
  period              = "60"
  evaluation_periods  = 1
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.alerts.arn]
  ok_actions          = [aws_sns_topic.alerts.arn]
}

resource "aws_cloudwatch_metric_alarm" "oldest_message_age" {
  alarm_name          = "${local.prefix}-oldest-message-age"
  alarm_description   = local.description["oldest-message-age"]
  namespace           = "AWS/SQS"
  metric_name         = "ApproximateAgeOfOldestMessage"
  dimensions          = { QueueName = aws_sqs_queue.predictions.name }
  statistic           = "Maximum"
  period              = 300
  evaluation_periods  = 1
  comparison_operator = "GreaterThanThreshold"
  threshold           = var.thresholds.oldest_message_seconds
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.alerts.arn]
  ok_actions          = [aws_sns_topic.alerts.arn]
}

resource "aws_cloudwatch_metric_alarm" "worker_error_rate" {
  alarm_name          = "${local.prefix}-worker-error-rate"
  alarm_description   = local.description["worker-error-rate"]
  evaluation_periods  = 2
  datapoints_to_alarm = 2
  comparison_operator = "GreaterThanThreshold"
  threshold           = var.thresholds.worker_error_percent
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.alerts.arn]
  ok_actions          = [aws_sns_topic.alerts.arn]

  metric_query {
    id          = "rate"
    label       = "Worker errors in percent"
    expression  = "100 * errors / (errors + FILL(successes, 0))"
    return_data = true
  }

  metric_query {
    id         = "errors"
    label      = "Errors"
    expression = "FILL(unexpected, 0) + FILL(prediction, 0) + FILL(download, 0)"
  }

  dynamic "metric_query" {
    for_each = {
      download   = "S3DownloadFailure"
      prediction = "MLPredictionError"
      successes  = "WorkerSuccess"
      unexpected = "WorkerUnexpectedError"
    }

    content {
      id = metric_query.key

      metric {
        namespace   = "RetainWise/Worker"
        metric_name = metric_query.value
        period      = 600
        stat        = "Sum"
        unit        = "Count"
      }
    }
  }
}

resource "aws_cloudwatch_metric_alarm" "slow_worker" {
  alarm_name          = "${local.prefix}-slow-worker"
  alarm_description   = local.description["slow-worker"]
  namespace           = "RetainWise/Worker"
  metric_name         = "WorkerEndToEndDuration"
  extended_statistic  = "p95"
  unit                = "Seconds"
  period              = 600
  evaluation_periods  = 2
  datapoints_to_alarm = 2
  comparison_operator = "GreaterThanThreshold"
  threshold           = var.thresholds.worker_seconds_p95
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.alerts.arn]
  ok_actions          = [aws_sns_topic.alerts.arn]
}

resource "aws_cloudwatch_metric_alarm" "counted" {
  for_each = local.counted

  alarm_name          = "${local.prefix}-${each.key}"
  alarm_description   = local.description[each.key]
  namespace           = each.value.namespace
  metric_name         = each.value.metric
  statistic           = "Sum"
  period              = each.value.period
  evaluation_periods  = 1
  comparison_operator = "GreaterThanThreshold"
  threshold           = each.value.threshold
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.alerts.arn]
  ok_actions          = [aws_sns_topic.alerts.arn]
}

resource "aws_cloudwatch_metric_alarm" "upload_success_rate" {
  alarm_name          = "${local.prefix}-upload-success-rate"
  alarm_description   = local.description["upload-success-rate"]
  evaluation_periods  = 2
  datapoints_to_alarm = 2
  comparison_operator = "LessThanThreshold"
  threshold           = var.thresholds.upload_success_percent
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.alerts.arn]
  ok_actions          = [aws_sns_topic.alerts.arn]

  metric_query {
    id          = "rate"
    label       = "Uploads that succeed in percent"
    expression  = "(success / (success + errors)) * 100"
    return_data = "true"
  }

  metric_query {
    id         = "success"
    expression = "FILL(uploads, 0)"
  }

  metric_query {
    id         = "errors"
    expression = "FILL(storage, 0) + FILL(records, 0) + FILL(queue, 0) + FILL(unexpected, 0)"
  }

  dynamic "metric_query" {
    for_each = {
      queue      = "SQSMessageFailure"
      storage    = "S3UploadFailure"
      unexpected = "UploadUnexpectedError"
      uploads    = "UploadSuccess"
    }

    content {
      id = metric_query.key

      metric {
        namespace   = "RetainWise/API"
        metric_name = metric_query.value
        period      = 600
        stat        = "Sum"
      }
    }
  }

  metric_query {
    id = "records"

    metric {
      namespace   = "RetainWise/Database"
      metric_name = "DatabaseWriteError"
      period      = 600
      stat        = "Sum"

      dimensions = {
        Operation = "insert"
        Table     = "uploads"
      }
    }
  }
}

resource "aws_cloudwatch_metric_alarm" "model_confidence_low" {
  count = var.environment == "development" ? 0 : 1

  alarm_name          = "${local.prefix}-model-confidence-low"
  alarm_description   = local.description["model-confidence-low"]
  namespace           = "RetainWise/MLPipeline"
  metric_name         = "PredictionConfidence"
  dimensions          = { ModelVersion = var.model_version }
  statistic           = "Average"
  period              = 600
  evaluation_periods  = 2
  comparison_operator = "LessThanThreshold"
  threshold           = var.thresholds.prediction_confidence
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.alerts.arn]
  ok_actions          = [aws_sns_topic.alerts.arn]
}
