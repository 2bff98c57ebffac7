//! What GetMetricData is asked, with every value checked.

use nepho_model::{Metric, Timestamp, Unit};

use crate::label::{Label, Zone};
use crate::page::MAX_PAGE_DATAPOINTS;
use crate::period::Period;
use crate::statistic::Statistic;

/// The longest id of a query, in characters.
pub const MAX_QUERY_ID: usize = 255;

/// A GetMetricData request.
#[derive(Debug, Clone, PartialEq)]
pub struct DataRequest {
    /// The queries, in the order of the answer.
    pub queries: Vec<Query>,
    /// Start of the range, inclusive; buckets begin where it is rounded to.
    pub start: Timestamp,
    /// End of the range, exclusive.
    pub end: Timestamp,
    /// Which end of the range comes first.
    pub scan_by: ScanBy,
    /// The most datapoints on a page.
    pub max_datapoints: usize,
    /// Where the page before ended.
    pub next_token: Option<String>,
    /// The zone of the times in labels.
    pub zone: Zone,
}

/// One question of a request.
#[derive(Debug, Clone, PartialEq)]
pub struct Query {
    /// Its name within the request.
    pub id: QueryId,
    /// What is asked.
    pub source: Source,
    /// What to call the result; a default is made up from what distinguishes the queries.
    pub label: Option<Label>,
    /// Whether the result is part of the answer.
    pub return_data: bool,
}

/// What a query asks for.
#[derive(Debug, Clone, PartialEq)]
pub enum Source {
    /// A metric.
    Metric(MetricStat),
    /// An expression over other queries, or one that finds its metrics by itself.
    Expression(ExpressionQuery),
}

/// An expression, as it was written.
#[derive(Debug, Clone, PartialEq)]
pub struct ExpressionQuery {
    /// Its text.
    pub text: String,
    /// The period of what has none of its own: a SEARCH without one, a constant.
    pub period: Option<Period>,
}

/// One metric, aggregated into periods.
#[derive(Debug, Clone, PartialEq)]
pub struct MetricStat {
    /// The metric.
    pub metric: Metric,
    /// The length of a period.
    pub period: Period,
    /// What is computed of each period.
    pub statistic: Statistic,
    /// Only data under this unit.
    pub unit: Option<Unit>,
}

/// The order of the datapoints of a result, and of the pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ScanBy {
    /// The newest first.
    #[default]
    TimestampDescending,
    /// The oldest first.
    TimestampAscending,
}

/// The id of a query: a lowercase letter, then letters, digits and underscores.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct QueryId(Box<str>);

/// Why a text is no query id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum QueryIdFault {
    /// Longer than [`MAX_QUERY_ID`].
    #[error("id has {0} characters, more than the limit of {MAX_QUERY_ID}")]
    TooLong(usize),
    /// Other characters than an id has.
    #[error("id {0:?} is not a lowercase letter followed by letters, digits and underscores")]
    Characters(String),
}

impl DataRequest {
    /// A request for all of a range, the newest datapoints first.
    pub fn new(queries: Vec<Query>, start: Timestamp, end: Timestamp) -> Self {
        DataRequest {
            queries,
            start,
            end,
            scan_by: ScanBy::default(),
            max_datapoints: MAX_PAGE_DATAPOINTS,
            next_token: None,
            zone: Zone::default(),
        }
    }
}

impl Query {
    /// The metric that it asks for.
    pub fn metric(&self) -> Option<&MetricStat> {
        match &self.source {
            Source::Metric(stat) => Some(stat),
            Source::Expression(_) => None,
        }
    }
}

impl QueryId {
    /// The id with this text.
    ///
    /// # Errors
    /// When it is too long or has a character that no id has.
    pub fn parse(text: &str) -> Result<Self, QueryIdFault> {
        let is_id = text.starts_with(|c: char| c.is_ascii_lowercase())
            && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        if !is_id {
            return Err(QueryIdFault::Characters(text.to_owned()));
        }
        if text.len() > MAX_QUERY_ID {
            return Err(QueryIdFault::TooLong(text.len()));
        }
        Ok(QueryId(text.into()))
    }

    /// Its text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for QueryId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_begin_with_a_lowercase_letter() {
        let (longest, longer) = ("a".repeat(MAX_QUERY_ID), "a".repeat(MAX_QUERY_ID + 1));
        for text in ["m", "m1", "errorRate_5xx", &longest] {
            assert_eq!(QueryId::parse(text).unwrap().as_str(), text);
        }
        for text in ["", "1m", "M1", "_m", "m-1", "m 1", "mü"] {
            assert_eq!(QueryId::parse(text), Err(QueryIdFault::Characters(text.to_owned())));
        }
        assert_eq!(QueryId::parse(&longer), Err(QueryIdFault::TooLong(256)));
    }
}
