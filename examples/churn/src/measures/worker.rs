//! Measures of the worker.

use std::time::Duration;

use nepho::{Metrics, Unit, bucket};

use super::{counted, observed, seconds};
use crate::queue::Priority;

/// The least time that anything takes, for rates.
const TICK: Duration = Duration::from_nanos(1);

/// Measures of the worker.
#[derive(Debug, Clone)]
pub struct WorkerMeasures(pub(super) Metrics);

impl WorkerMeasures {
    /// A message is no task.
    pub fn malformed(&self) {
        self.0.increment("MessageParseError", &[("ErrorType", "InvalidJSON")]);
    }

    /// A file is there.
    pub fn downloaded(&self, time: Duration) {
        seconds(&self.0, "S3DownloadDuration", time, &[]);
    }

    /// A file is not there.
    pub fn not_downloaded(&self, user: &str) {
        counted(&self.0, "S3DownloadFailure", &[("UserId", user)]);
    }

    /// A file is wrong.
    pub fn unparsed(&self, user: &str) {
        self.0.increment("CSVParseError", &[("UserId", user)]);
    }

    /// A file has so many rows.
    pub fn parsed(&self, rows: usize) {
        self.0.put_metric("CSVRowCount", rows as f64, Unit::Count, &[("RowBucket", bucket_of(rows))]);
    }

    /// All rows are predicted.
    pub fn predicted(&self, version: &str, rows: usize, time: Duration) {
        seconds(&self.0, "MLPredictionDuration", time, &[("RowBucket", bucket_of(rows))]);
        let a_second = rows as f64 / time.max(TICK).as_secs_f64();
        self.0.put_metric("PredictionThroughput", a_second, Unit::None, &[("ModelVersion", version)]);
    }

    /// The rows cannot be predicted.
    pub fn unpredicted(&self, user: &str, rows: usize) {
        counted(&self.0, "MLPredictionError", &[("UserId", user), ("RowCount", bucket_of(rows))]);
    }

    /// A task is done, so long after it was received.
    pub fn succeeded(&self, priority: Priority, rows: usize, time: Duration) {
        let dimensions = [("Priority", priority.name()), ("RowBucket", bucket_of(rows))];
        observed(&self.0, "WorkerEndToEndDuration", time, &dimensions);
        counted(&self.0, "WorkerSuccess", &[("Priority", priority.name())]);
    }

    /// Something that nobody has thought of. Which upload it was is context, and no dimension.
    pub fn unexpected(&self, upload_id: &str) {
        let mut unit = self.0.unit_of_work();
        unit.property("upload_id", upload_id).increment("WorkerUnexpectedError");
    }
}

fn bucket_of(rows: usize) -> &'static str {
    bucket::rows(rows as u64)
}
