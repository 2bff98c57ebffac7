//! Exact percentiles over any range that raw rows are kept for.

use jiff_sqlx::ToSqlx;
use sqlx::PgExecutor;

use super::raw::RawQuery;
use crate::error::Error;

/// Percentiles of the samples in a range.
#[derive(Debug, Clone, PartialEq)]
pub struct Percentiles {
    /// How many samples there were.
    pub sample_count: i64,
    /// A value for each fraction that was asked for; none without samples.
    pub values: Vec<f64>,
}

const PERCENTILES: &str = "
SELECT count(*), percentile_cont($6::float8[]) WITHIN GROUP (ORDER BY metric_value) FROM operational_metrics AS m
WHERE metric_type = $1 AND recorded_at >= $2 AND recorded_at < $3
    AND NOT EXISTS (SELECT FROM unnest($4::text[], $5::text[]) AS wanted(name, value)
        WHERE m.labels ->> wanted.name IS DISTINCT FROM wanted.value)";

/// The values below which these fractions (0.95 for p95) of the samples lie, interpolated between samples as
/// `percentile_cont` does. Of the query, type, labels and range count.
///
/// # Errors
/// [`Error::Percentile`] for a fraction that is not between 0 and 1; what the server says otherwise.
pub async fn percentiles(
    executor: impl PgExecutor<'_>,
    query: &RawQuery,
    fractions: &[f64],
) -> Result<Percentiles, Error> {
    if let Some(fraction) = fractions.iter().find(|fraction| !(0.0..=1.0).contains(*fraction)) {
        return Err(Error::Percentile(*fraction));
    }
    let (names, values): (Vec<&str>, Vec<&str>) =
        query.labels.iter().map(|(name, value)| (name.as_str(), value.as_str())).unzip();
    let (sample_count, values): (i64, Option<Vec<Option<f64>>>) = sqlx::query_as(PERCENTILES)
        .bind(&query.metric_type)
        .bind(query.from.to_sqlx())
        .bind(query.to.to_sqlx())
        .bind(names)
        .bind(values)
        .bind(fractions)
        .fetch_one(executor)
        .await?;
    Ok(Percentiles { sample_count, values: values.into_iter().flatten().flatten().collect() })
}
