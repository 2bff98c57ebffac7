locals {
  prefix  = "churn-${var.environment}"
  runbook = { for name in local.alarms : name => "${var.runbook_base}/${name}" }

  alarms = [
    "queue-depth", "dead-letters", "oldest-message-age", "worker-error-rate", "slow-worker",
    "s3-upload-failures", "database-write-errors", "upload-success-rate", "model-confidence-low",
    "model-load-failures",
  ]

  severity = merge(
    { for name in local.alarms : name => "critical" },
    {
      "oldest-message-age"   = "warning"
      "worker-error-rate"    = "warning"
      "slow-worker"          = "warning"
      "upload-success-rate"  = "warning"
      "model-confidence-low" = "warning"
    },
  )

  # Alarms on one sum, which differ in metric, window and threshold only.
  counted = {
    s3-upload-failures = {
      namespace = "RetainWise/API"
      metric    = "S3UploadFailure"
      period    = 300
      threshold = var.thresholds.s3_upload_failures
      impact    = "Uploads are lost before they are stored."
    }
    database-write-errors = {
      namespace = "RetainWise/Database"
      metric    = "DatabaseWriteError"
      period    = 600
      threshold = var.thresholds.database_write_errors
      impact    = "Uploads and predictions are not kept."
    }
    model-load-failures = {
      namespace = "RetainWise/MLPipeline"
      metric    = "ModelLoadError"
      period    = 300
      threshold = 0
      impact    = "The worker has no model and predicts nothing."
    }
  }
}
