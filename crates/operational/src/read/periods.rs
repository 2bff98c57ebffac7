//! Raw rows added up by period, on the server.

use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use sqlx::postgres::PgArguments;
use sqlx::query::QueryAs;
use sqlx::{AssertSqlSafe, PgExecutor, Postgres};

use crate::error::Error;

/// The most values with their counts that [`weights`] answers one by one; beyond, it answers them in bins.
pub const EXACT_WEIGHTS_MAX: usize = 100_000;

/// Which rows are added up, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PeriodQuery {
    /// Of this type.
    pub metric_type: String,
    /// With exactly one of these texts as labels (see [`Series::json`](super::Series::json)); `None` is no labels.
    pub labels: Vec<Option<String>>,
    /// Recorded at this time or later.
    pub from: Timestamp,
    /// Recorded before this time.
    pub to: Timestamp,
    /// Where a period begins; others do at multiples of their length from there.
    pub anchor: Timestamp,
    /// Length of a period in seconds, above 0.
    pub period_seconds: i64,
}

/// The rows of one period.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Numbers {
    /// Which period: 0 for the one that begins at the query's anchor.
    pub period: i64,
    /// How many rows there are.
    pub count: i64,
    /// Their sum.
    pub sum: f64,
    /// The least.
    pub min: f64,
    /// The greatest.
    pub max: f64,
}

/// Rows of one period with the same value, or with values in the same bin.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Weight {
    /// The value, or a value in the middle of the bin.
    pub value: f64,
    /// The rows.
    pub numbers: Numbers,
}

/// How the rows are spread.
#[derive(Debug, Clone, PartialEq)]
pub struct Weights {
    /// Values of all periods, in no order.
    pub weights: Vec<Weight>,
    /// Whether they are the rows' own. Otherwise each stands for a bin as wide as 2^(1/32), the values in which differ
    /// by 2.2 % at most.
    pub is_exact: bool,
}

/// What a row's value is counted as: none in particular, itself, or the middle of its bin.
const ANY: &str = "0::float8";
const EXACT: &str = "metric_value";
const BINNED: &str = "CASE WHEN metric_value > 0
    THEN exp((ceil(ln(metric_value) / ln(2::float8) * 32) - 0.5) * ln(2::float8) / 32) ELSE metric_value END";

/// Count, sum, minimum and maximum of each period that has rows, ascending.
///
/// # Errors
/// [`Error::Period`]; what the server says otherwise.
pub async fn numbers(executor: impl PgExecutor<'_>, query: &PeriodQuery) -> Result<Vec<Numbers>, Error> {
    check(query)?;
    let rows = statement(query, ANY, i64::MAX).fetch_all(executor).await?;
    let numbers = |(period, _, count, sum, min, max): Row| Numbers { period, count, sum, min, max };
    let mut numbers: Vec<Numbers> = rows.into_iter().map(numbers).collect();
    numbers.sort_unstable_by_key(|numbers| numbers.period);
    Ok(numbers)
}

/// The values of each period with their counts.
///
/// # Errors
/// [`Error::Period`], and [`Error::TooManyRows`] when even the bins are more than [`EXACT_WEIGHTS_MAX`]; what the server
/// says otherwise.
pub async fn weights<'c>(executor: impl PgExecutor<'c> + Copy, query: &PeriodQuery) -> Result<Weights, Error> {
    check(query)?;
    for (value, is_exact) in [(EXACT, true), (BINNED, false)] {
        let rows = statement(query, value, EXACT_WEIGHTS_MAX as i64 + 1).fetch_all(executor).await?;
        if rows.len() <= EXACT_WEIGHTS_MAX {
            let weight = |(period, value, count, sum, min, max)| Weight {
                value,
                numbers: Numbers { period, count, sum, min, max },
            };
            return Ok(Weights { weights: rows.into_iter().map(weight).collect(), is_exact });
        }
    }
    Err(Error::TooManyRows { limit: EXACT_WEIGHTS_MAX })
}

/// A period, what values are counted as, and the numbers.
type Row = (i64, f64, i64, f64, f64, f64);

/// Rows by period and value.
fn statement<'q>(query: &'q PeriodQuery, value: &str, limit: i64) -> QueryAs<'q, Postgres, Row, PgArguments> {
    let sql = format!(
        "SELECT floor(date_part('epoch', recorded_at - $6) / $5)::bigint, {value}, count(*), sum(metric_value),
    min(metric_value), max(metric_value)
FROM operational_metrics
WHERE metric_type = $1 AND recorded_at >= $2 AND recorded_at < $3 AND coalesce(labels::text, '') = ANY ($4)
GROUP BY 1, 2 LIMIT $7"
    );
    sqlx::query_as(AssertSqlSafe(sql))
        .bind(&query.metric_type)
        .bind(query.from.to_sqlx())
        .bind(query.to.to_sqlx())
        .bind(texts(query))
        .bind(query.period_seconds as f64)
        .bind(query.anchor.to_sqlx())
        .bind(limit)
}

fn check(query: &PeriodQuery) -> Result<(), Error> {
    match query.period_seconds {
        1.. => Ok(()),
        seconds => Err(Error::Period(seconds)),
    }
}

/// The labels as the statements compare them.
fn texts(query: &PeriodQuery) -> Vec<&str> {
    query.labels.iter().map(|labels| labels.as_deref().unwrap_or_default()).collect()
}
