//! Raw rows.

use jiff::Timestamp;
use jiff_sqlx::{Timestamp as SqlTimestamp, ToSqlx};
use sqlx::postgres::PgRow;
use sqlx::{FromRow, PgExecutor, Row};

use super::labels_of;
use crate::error::Error;

/// Rows of one page.
pub const RAW_ROWS_MAX: usize = 10_000;

/// Which raw rows are wanted.
#[derive(Debug, Clone, PartialEq)]
pub struct RawQuery {
    /// Of this type.
    pub metric_type: String,
    /// With all of these labels, and perhaps others.
    pub labels: Vec<(String, String)>,
    /// Recorded at this time or later.
    pub from: Timestamp,
    /// Recorded before this time.
    pub to: Timestamp,
    /// After this row: the last one of the page before.
    pub after: Option<(Timestamp, i64)>,
    /// The most rows, up to [`RAW_ROWS_MAX`].
    pub limit: usize,
}

impl RawQuery {
    /// All rows of a type in a range of time, as far as they fit one page.
    pub fn new(metric_type: &str, from: Timestamp, to: Timestamp) -> Self {
        let (metric_type, limit) = (metric_type.to_owned(), RAW_ROWS_MAX);
        RawQuery { metric_type, labels: Vec::new(), from, to, after: None, limit }
    }

    /// Only rows with this label.
    #[must_use]
    pub fn label(mut self, name: &str, value: &str) -> Self {
        self.labels.push((name.to_owned(), value.to_owned()));
        self
    }
}

/// A raw row.
#[derive(Debug, Clone, PartialEq)]
pub struct RawRow {
    /// Its id.
    pub id: i64,
    /// What was measured.
    pub value: f64,
    /// Its labels.
    pub labels: Vec<(String, String)>,
    /// The email it is about, as text.
    pub email_id: Option<String>,
    /// When it was recorded.
    pub recorded_at: Timestamp,
}

impl<'r> FromRow<'r, PgRow> for RawRow {
    fn from_row(row: &'r PgRow) -> Result<Self, sqlx::Error> {
        Ok(RawRow {
            id: row.try_get("id")?,
            value: row.try_get("metric_value")?,
            labels: labels_of(row.try_get("labels")?),
            email_id: row.try_get("email_id")?,
            recorded_at: row.try_get::<SqlTimestamp, _>("recorded_at")?.to_jiff(),
        })
    }
}

const RAW: &str = "
SELECT id, metric_value, labels::text AS labels, email_id::text AS email_id, recorded_at FROM operational_metrics AS m
WHERE metric_type = $1 AND recorded_at >= $2 AND recorded_at < $3
    AND NOT EXISTS (SELECT FROM unnest($4::text[], $5::text[]) AS wanted(name, value)
        WHERE m.labels ->> wanted.name IS DISTINCT FROM wanted.value)
    AND ($6::timestamptz IS NULL OR (recorded_at, id) > ($6, $7))
ORDER BY recorded_at, id LIMIT $8";

/// One page of raw rows, ascending by time.
///
/// # Errors
/// [`Error::TooManyRows`] for a limit above [`RAW_ROWS_MAX`]; what the server says otherwise.
pub async fn raw(executor: impl PgExecutor<'_>, query: &RawQuery) -> Result<Vec<RawRow>, Error> {
    if query.limit > RAW_ROWS_MAX {
        return Err(Error::TooManyRows { limit: RAW_ROWS_MAX });
    }
    let (names, values): (Vec<&str>, Vec<&str>) =
        query.labels.iter().map(|(name, value)| (name.as_str(), value.as_str())).unzip();
    Ok(sqlx::query_as(RAW)
        .bind(&query.metric_type)
        .bind(query.from.to_sqlx())
        .bind(query.to.to_sqlx())
        .bind(names)
        .bind(values)
        .bind(query.after.map(|(time, _)| time.to_sqlx()))
        .bind(query.after.map(|(_, id)| id))
        .bind(query.limit as i64)
        .fetch_all(executor)
        .await?)
}
