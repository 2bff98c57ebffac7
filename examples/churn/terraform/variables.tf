variable "region" {
  type    = string
  default = "us-east-1"
}

variable "environment" {
  type    = string
  default = "production"
}

variable "alert_email" {
  description = "Who is told."
  type        = string
}

variable "model_version" {
  description = "The model that workers are to use: the name of its folder."
  type        = string
  default     = "churn-1"
}

variable "runbook_base" {
  type    = string
  default = "https://runbooks.retainwise.example/churn"
}

variable "thresholds" {
  description = "What the alarms compare with."

  type = object({
    queue_depth            = optional(number, 10)
    oldest_message_seconds = optional(number, 900)
    worker_error_percent   = optional(number, 5)
    worker_seconds_p95     = optional(number, 300)
    s3_upload_failures     = optional(number, 3)
    database_write_errors  = optional(number, 5)
    upload_success_percent = optional(number, 95)
    prediction_confidence  = optional(number, 0.6)
  })

  default = {}
}
