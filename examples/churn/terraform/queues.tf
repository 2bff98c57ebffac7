resource "aws_sqs_queue" "predictions" {
  name                       = "${local.prefix}-predictions"
  visibility_timeout_seconds = 900

  redrive_policy = jsonencode({
    deadLetterTargetArn = aws_sqs_queue.dead_letters.arn
    maxReceiveCount     = 3
  })
}

resource "aws_sqs_queue" "dead_letters" {
  name                      = format("%s-predictions-dlq", local.prefix)
  message_retention_seconds = 14 * 24 * 60 * 60
}
