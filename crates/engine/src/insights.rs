//! Metrics Insights: the SQL that aggregates many metrics into few series.
//!
//! [`parse_insights`] reads a query; what it is about is an [`InsightsQuery`], whose `search` finds the metrics.
//! [`InsightsPlan`] says what has to be read of these, [`Gathering`] takes in what was read, and gives the series. What
//! AWS leaves open is in `docs/decisions/insights.md`.
//!
//! ```
//! use nepho_engine::Period;
//! use nepho_engine::insights::{InsightsPlan, InsightsRange, parse_insights};
//! use nepho_model::{Cell, Metric, Scope, Timestamp};
//!
//! let query = parse_insights(r#"SELECT AVG(Latency) FROM SCHEMA("Shop/Web", Host) GROUP BY Host ORDER BY MAX() DESC"#)?;
//! let now = Timestamp::from_seconds(1_777_896_000);
//! let range = InsightsRange { start: now.plus_seconds(-3600), end: now, period: Period::from_seconds(60)?, now };
//! let found = ["a", "b"].map(|host| Metric::new("Shop/Web", "Latency", &[("Host", host)]));
//! let found = found.into_iter().collect::<Result<_, _>>()?;
//! let plan = InsightsPlan::new(query, range, &Scope::new("000000000000", "us-east-1"), found, false);
//!
//! let mut gathering = plan.gathering();
//! gathering.add(0, now.plus_seconds(-120), &Cell::of(7.0));
//! gathering.add(1, now.plus_seconds(-60), &Cell::of(9.0));
//! let answer = gathering.finish();
//! assert_eq!(answer.series[0].label.as_deref(), Some("b"));
//! assert_eq!(answer.series[0].points, [(now.plus_seconds(-60), 9.0)]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod gathering;
mod lexer;
mod parser;
mod plan;
mod query;
mod reserved;

pub use gathering::{Gathering, InsightsAnswer, InsightsSeries};
pub use plan::{InsightsPlan, InsightsRange};
pub use query::{Comparison, Function, InsightsQuery, Label, Order, Value};

use crate::unexpected::Unexpected;

/// The longest query, in characters: what an expression of GetMetricData may have.
pub const MAX_INSIGHTS: usize = 2048;

/// The most metrics that a query aggregates; of more it takes the first that are found.
pub const MAX_INSIGHTS_METRICS: usize = 10_000;

/// The most series that a query answers.
pub const MAX_INSIGHTS_SERIES: usize = 500;

/// A query is about the last three hours, in seconds.
pub const MAX_INSIGHTS_AGE_SECONDS: i64 = 3 * 3600;

/// The shortest period; shorter ones are taken for it. In seconds.
pub const MIN_INSIGHTS_PERIOD: i64 = 60;

/// The most queries of a request.
pub const MAX_INSIGHTS_QUERIES: usize = 1;

/// Why a text is no query.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InsightsFault {
    /// Longer than [`MAX_INSIGHTS`].
    #[error("a query of {0} characters exceeds the limit of {MAX_INSIGHTS}")]
    TooLong(usize),
    /// A tag of an AWS resource.
    #[error(
        "at character {position}: tag.{key} is not available, because metrics are not tied to tagged resources here"
    )]
    Tag {
        /// The tag's key.
        key: String,
        /// Which character, counted from 1.
        position: usize,
    },
    /// Something else than can be there.
    #[error(transparent)]
    Unexpected(#[from] Unexpected),
}

/// Whether an expression is a query rather than metric math: it begins with SELECT, and what follows is no operator. An id
/// may be `select`.
pub fn is_insights(expression: &str) -> bool {
    let text = expression.trim_start();
    let word = text.split_whitespace().next().unwrap_or_default();
    let rest = text[word.len()..].trim_start();
    let is_id = word == "select" && (rest.is_empty() || rest.starts_with(|next| "+-*/^<>=!&|".contains(next)));
    word.eq_ignore_ascii_case("SELECT") && !is_id
}

/// Reads a query.
///
/// # Errors
/// It is too long, or does not follow the grammar; says where, what was found and what was expected.
pub fn parse_insights(text: &str) -> Result<InsightsQuery, InsightsFault> {
    let length = text.chars().count();
    if length > MAX_INSIGHTS {
        return Err(InsightsFault::TooLong(length));
    }
    parser::parse(text)
}

#[cfg(test)]
mod tests;
