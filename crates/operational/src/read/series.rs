//! Which types and labels there are.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff_sqlx::{Date as SqlDate, Timestamp as SqlTimestamp, ToSqlx};
use sqlx::PgExecutor;

use super::{entries_of, labels_of};
use crate::day::{self, Day};
use crate::error::Error;
use crate::labels::LABELS_KEY_LENGTH_MAX;
use crate::metric_type::Catalogue;

/// The longest labels that are listed, in bytes of JSON. The recorder's are always shorter.
pub const SERIES_BYTES_MAX: usize = 2_000;

/// Samples of one type with the same labels.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Series {
    /// The type.
    pub metric_type: String,
    /// The labels exactly as they are stored.
    pub json: Option<String>,
}

impl Series {
    /// The labels, in the order in which they are stored.
    pub fn labels(&self) -> Vec<(String, String)> {
        labels_of(self.json.as_deref())
    }

    /// The label that its daily rows are kept by: the first that the type declares or, of a type that is not declared, the
    /// first that there is.
    pub fn daily_label(&self, catalogue: &Catalogue) -> Option<(String, String)> {
        match catalogue.find(&self.metric_type) {
            Some(known) => self.labels().into_iter().find(|(name, _)| Some(name) == known.labels().first()),
            None => {
                let label = |(name, value): (String, Option<String>)| Some((name, value?));
                entries_of(self.json.as_deref()).into_iter().find_map(label)
            }
        }
    }

    /// The `labels_key` of its daily rows.
    pub fn labels_key(&self, catalogue: &Catalogue) -> Option<String> {
        let (name, value) = self.daily_label(catalogue)?;
        Some(format!("{name}:{value}").chars().take(LABELS_KEY_LENGTH_MAX).collect())
    }
}

/// The series of all days that were rolled up and have raw rows, with the first and last day of each.
///
/// # Errors
/// What the server says.
pub async fn series(executor: impl PgExecutor<'_>) -> Result<Vec<(Series, Date, Date)>, Error> {
    let rows: Vec<(String, Option<String>, SqlDate, SqlDate)> = sqlx::query_as(
        "SELECT metric_type, labels, first_date, last_date FROM operational_metrics_series ORDER BY 1, 2 NULLS FIRST",
    )
    .fetch_all(executor)
    .await?;
    let series = |(metric_type, json, first, last): (String, Option<String>, SqlDate, SqlDate)| {
        (Series { metric_type, json }, first.to_jiff(), last.to_jiff())
    };
    Ok(rows.into_iter().map(series).collect())
}

/// A type and label that there are daily rows of.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct DailySeries {
    /// The type.
    pub metric_type: String,
    /// The label, such as `actor:process_email`.
    pub labels_key: Option<String>,
    /// The last day.
    pub last_date: Date,
}

/// What there are daily rows of, in days that were rolled up after `since`; in all days when that is `None`.
///
/// # Errors
/// What the server says.
pub async fn daily_series(executor: impl PgExecutor<'_>, since: Option<Timestamp>) -> Result<Vec<DailySeries>, Error> {
    let rows: Vec<(String, Option<String>, SqlDate)> = sqlx::query_as(
        "SELECT metric_type, labels_key, max(date) FROM operational_metrics_daily
         WHERE $1 IS NULL OR date IN (SELECT date FROM operational_metrics_rolled_up WHERE rolled_up_at > $1)
         GROUP BY 1, 2 ORDER BY 1, 2 NULLS FIRST",
    )
    .bind(since.map(ToSqlx::to_sqlx))
    .fetch_all(executor)
    .await?;
    let series = |(metric_type, labels_key, last): (String, Option<String>, SqlDate)| DailySeries {
        metric_type,
        labels_key,
        last_date: last.to_jiff(),
    };
    Ok(rows.into_iter().map(series).collect())
}

/// When a day was rolled up last.
///
/// # Errors
/// What the server says.
pub async fn last_roll_up(executor: impl PgExecutor<'_>) -> Result<Option<Timestamp>, Error> {
    let last: Option<SqlTimestamp> =
        sqlx::query_scalar("SELECT max(rolled_up_at) FROM operational_metrics_rolled_up").fetch_one(executor).await?;
    Ok(last.map(SqlTimestamp::to_jiff))
}

/// The series of rows with an id above this one that were recorded since, with the latest time of each.
///
/// # Errors
/// What the server says.
pub async fn series_since(
    executor: impl PgExecutor<'_>,
    id: i64,
    since: Timestamp,
) -> Result<Vec<(Series, Timestamp)>, Error> {
    let rows: Vec<(String, Option<String>, SqlTimestamp)> = sqlx::query_as(
        "SELECT metric_type, labels::text, max(recorded_at) FROM operational_metrics
         WHERE id > $1 AND recorded_at >= $2 AND coalesce(octet_length(labels::text), 0) <= $3 GROUP BY 1, 2",
    )
    .bind(id)
    .bind(since.to_sqlx())
    .bind(SERIES_BYTES_MAX as i32)
    .fetch_all(executor)
    .await?;
    let series =
        |(metric_type, json, at): (String, Option<String>, SqlTimestamp)| (Series { metric_type, json }, at.to_jiff());
    Ok(rows.into_iter().map(series).collect())
}

/// The id of the newest row.
///
/// # Errors
/// What the server says.
pub async fn last_id(executor: impl PgExecutor<'_>) -> Result<i64, Error> {
    let id = sqlx::query_scalar(
        "SELECT coalesce(pg_sequence_last_value(pg_get_serial_sequence('operational_metrics', 'id')::regclass), 0)",
    );
    Ok(id.fetch_one(executor).await?)
}

/// The end of the last day whose raw rows were deleted, in whole or in part: what is before is in the daily rows only.
///
/// # Errors
/// What the server says.
pub async fn final_until(executor: impl PgExecutor<'_>) -> Result<Option<Timestamp>, Error> {
    let last = sqlx::query_as(
        "SELECT date, zone FROM operational_metrics_rolled_up WHERE is_final ORDER BY date DESC LIMIT 1",
    );
    end_of_day(last.fetch_optional(executor).await?)
}

/// The end of the last day that was rolled up.
///
/// # Errors
/// What the server says.
pub async fn rolled_up_until(executor: impl PgExecutor<'_>) -> Result<Option<Timestamp>, Error> {
    let last = last_day(executor).await?;
    end_of_day(last.map(|(date, zone, _)| (date, zone)))
}

/// The last day that was rolled up: which, in which zone, and when.
pub(crate) async fn last_day(executor: impl PgExecutor<'_>) -> Result<Option<(SqlDate, String, SqlTimestamp)>, Error> {
    let last =
        sqlx::query_as("SELECT date, zone, rolled_up_at FROM operational_metrics_rolled_up ORDER BY date DESC LIMIT 1");
    Ok(last.fetch_optional(executor).await?)
}

fn end_of_day(day: Option<(SqlDate, String)>) -> Result<Option<Timestamp>, Error> {
    let Some((date, zone)) = day else { return Ok(None) };
    Ok(Some(Day::of(date.to_jiff(), &day::zone(&zone)?)?.end))
}
