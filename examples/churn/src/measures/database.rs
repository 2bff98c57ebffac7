//! Measures of the records.

use nepho::{Metrics, Unit, bucket};

use super::counted;

/// Measures of the records.
#[derive(Debug, Clone)]
pub struct DatabaseMeasures(pub(super) Metrics);

/// What is written, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Table {
    /// Uploads, one by one.
    Uploads,
    /// Predictions, all of a file at once.
    Predictions,
}

impl DatabaseMeasures {
    /// Something could not be written.
    pub fn write_failed(&self, table: Table) {
        let (table, operation) = match table {
            Table::Uploads => ("uploads", "insert"),
            Table::Predictions => ("predictions", "bulk_insert"),
        };
        counted(&self.0, "DatabaseWriteError", &[("Table", table), ("Operation", operation)]);
    }

    /// So many predictions are written.
    pub fn predictions_saved(&self, rows: usize) {
        let dimensions = [("Table", "predictions"), ("RowCount", bucket::rows(rows as u64))];
        self.0.put_metric("PredictionsSaved", rows as f64, Unit::Count, &dimensions);
    }
}
