//! Daily rows.

use jiff::civil::Date;
use jiff_sqlx::{Date as SqlDate, ToSqlx};
use sqlx::postgres::PgRow;
use sqlx::{FromRow, PgExecutor, Row};

use crate::error::Error;

/// Which daily rows are wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DailyQuery {
    /// Of this type; of all when `None`.
    pub metric_type: Option<String>,
    /// Of this label, such as `actor:process_email`; `Some(None)` is the rows without one, `None` all of them.
    pub labels_key: Option<Option<String>>,
    /// The first day.
    pub from: Date,
    /// The last day.
    pub to: Date,
}

impl DailyQuery {
    /// All rows of these days, both included.
    pub fn new(from: Date, to: Date) -> Self {
        DailyQuery { metric_type: None, labels_key: None, from, to }
    }

    /// Only rows of this type.
    #[must_use]
    pub fn metric_type(mut self, metric_type: &str) -> Self {
        self.metric_type = Some(metric_type.to_owned());
        self
    }

    /// Only rows of this label.
    #[must_use]
    pub fn label(mut self, name: &str, value: &str) -> Self {
        self.labels_key = Some(Some(format!("{name}:{value}")));
        self
    }

    /// Only rows without a label.
    #[must_use]
    pub fn without_label(mut self) -> Self {
        self.labels_key = Some(None);
        self
    }
}

/// A day of a type and label.
#[derive(Debug, Clone, PartialEq)]
pub struct DailyRow {
    /// The type.
    pub metric_type: String,
    /// The day.
    pub date: Date,
    /// The label, such as `actor:process_email`.
    pub labels_key: Option<String>,
    /// How many samples there were.
    pub sample_count: i64,
    /// Their sum.
    pub sum_value: f64,
    /// Their average.
    pub avg_value: f64,
    /// The least.
    pub min_value: f64,
    /// The greatest.
    pub max_value: f64,
    /// The value that 95 % of them do not exceed, interpolated between samples.
    pub p95_value: Option<f64>,
    /// Whose day is meant; `None` when it was not this crate that rolled it up.
    pub zone: Option<String>,
}

impl<'r> FromRow<'r, PgRow> for DailyRow {
    fn from_row(row: &'r PgRow) -> Result<Self, sqlx::Error> {
        Ok(DailyRow {
            metric_type: row.try_get("metric_type")?,
            date: row.try_get::<SqlDate, _>("date")?.to_jiff(),
            labels_key: row.try_get("labels_key")?,
            sample_count: row.try_get("sample_count")?,
            sum_value: row.try_get("sum_value")?,
            avg_value: row.try_get("avg_value")?,
            min_value: row.try_get("min_value")?,
            max_value: row.try_get("max_value")?,
            p95_value: row.try_get("p95_value")?,
            zone: row.try_get("zone")?,
        })
    }
}

const DAILY: &str = "
SELECT metric_type, date, labels_key, d.sample_count, sum_value, avg_value, min_value, max_value, p95_value, zone
FROM operational_metrics_daily AS d LEFT JOIN operational_metrics_rolled_up USING (date)
WHERE date >= $1 AND date <= $2 AND ($3::text IS NULL OR metric_type = $3)
    AND (NOT $4 OR labels_key IS NOT DISTINCT FROM $5)
ORDER BY date, metric_type, labels_key NULLS FIRST";

/// The daily rows, by date, type and label.
///
/// # Errors
/// What the server says.
pub async fn daily(executor: impl PgExecutor<'_>, query: &DailyQuery) -> Result<Vec<DailyRow>, Error> {
    Ok(sqlx::query_as(DAILY)
        .bind(query.from.to_sqlx())
        .bind(query.to.to_sqlx())
        .bind(&query.metric_type)
        .bind(query.labels_key.is_some())
        .bind(query.labels_key.clone().flatten())
        .fetch_all(executor)
        .await?)
}
