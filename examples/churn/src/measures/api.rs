//! Measures of the upload API.

use std::time::Duration;

use nepho::{Metrics, Unit, bucket};

use super::{counted, seconds};

/// Measures of the upload API.
#[derive(Debug, Clone)]
pub struct ApiMeasures(pub(super) Metrics);

impl ApiMeasures {
    /// A file is no CSV file.
    pub fn rejected(&self, user: &str) {
        self.0.increment("UploadRejected", &[("Reason", "InvalidFileType"), ("UserId", user)]);
    }

    /// A file has arrived.
    pub fn arrived(&self, user: &str, bytes: usize) {
        self.0.put_metric("UploadFileSizeMB", megabytes(bytes), Unit::Megabytes, &[("UserId", user)]);
    }

    /// A file has not arrived.
    pub fn unread(&self, user: &str) {
        self.0.increment("UploadReadError", &[("UserId", user)]);
    }

    /// A file is stored.
    pub fn stored(&self, bytes: usize, time: Duration) {
        let size = bucket::file_size_mb(megabytes(bytes));
        seconds(&self.0, "S3UploadDuration", time, &[("FileSizeBucket", size)]);
    }

    /// A file could not be stored.
    pub fn unstored(&self, user: &str) {
        counted(&self.0, "S3UploadFailure", &[("UserId", user)]);
    }

    /// A task is in the queue.
    pub fn sent(&self) {
        self.0.increment("SQSMessageSent", &[("QueueType", "predictions")]);
    }

    /// A task is not in the queue.
    pub fn unsent(&self, user: &str) {
        counted(&self.0, "SQSMessageFailure", &[("UserId", user)]);
    }

    /// An upload is taken.
    pub fn succeeded(&self, user: &str, time: Duration) {
        counted(&self.0, "UploadSuccess", &[("UserId", user)]);
        seconds(&self.0, "UploadEndToEndDuration", time, &[("UserId", user)]);
    }

    /// Something that nobody has thought of.
    pub fn unexpected(&self, user: &str) {
        counted(&self.0, "UploadUnexpectedError", &[("UserId", user)]);
    }
}

fn megabytes(bytes: usize) -> f64 {
    bytes as f64 / f64::from(1 << 20)
}
