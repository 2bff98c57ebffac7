//! Why a GetMetricData request is refused.

use std::fmt;

use crate::anomaly::MAX_BANDS;
use crate::insights::MAX_INSIGHTS_QUERIES;
use crate::math::ExpressionFault;
use crate::page::MAX_PAGE_DATAPOINTS;
use crate::prepare::MAX_QUERIES;
use crate::query::QueryId;
use crate::search::MAX_SEARCHES;

/// Why a GetMetricData request is refused. Which of the texts are known to be CloudWatch's is
/// told in `docs/decisions/reading.md`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DataError {
    /// No queries.
    #[error("The parameter MetricDataQueries is required.")]
    NoQueries,
    /// More than [`MAX_QUERIES`].
    #[error("The collection MetricDataQueries must not have a size greater than {MAX_QUERIES}.")]
    TooManyQueries,
    /// Two queries with one id.
    #[error("The values for parameter id in MetricDataQueries are not unique.")]
    RepeatedId(String),
    /// The range ends before it starts.
    #[error("The parameter EndTime must be greater than StartTime.")]
    RangeReversed,
    /// The range ends where it starts.
    #[error("The parameter StartTime must not equal parameter EndTime.")]
    RangeEmpty,
    /// The range has more than 2^32 - 1 periods.
    #[error("The range from StartTime to EndTime has more than 4294967295 periods of {0} seconds.")]
    RangeTooLong(i64),
    /// A page size outside of 1 to [`MAX_PAGE_DATAPOINTS`].
    #[error("The parameter MaxDatapoints must be between 1 and {MAX_PAGE_DATAPOINTS}.")]
    PageSize(usize),
    /// A token that no answer to this request has given; CloudWatch's code is InvalidNextToken.
    #[error("Request parameter NextToken is invalid")]
    NextToken,
    /// More than [`MAX_SEARCHES`].
    #[error("The expressions of the request have {0} SEARCH functions, more than the limit of {MAX_SEARCHES}.")]
    TooManySearches(usize),
    /// More than [`MAX_BANDS`].
    #[error(
        "The expressions of the request have {0} ANOMALY_DETECTION_BAND functions, more than the limit of {MAX_BANDS}."
    )]
    TooManyBands(usize),
    /// More than [`MAX_INSIGHTS_QUERIES`].
    #[error("The request has {0} Metrics Insights queries, more than the limit of {MAX_INSIGHTS_QUERIES}.")]
    TooManyInsights(usize),
    /// Expressions that cannot be computed.
    #[error("{0}")]
    Expressions(ExpressionErrors),
}

/// All expressions of a request that are wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExpressionErrors(pub Vec<ExpressionError>);

/// What is wrong with one expression.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("Error in expression '{id}': {fault}")]
pub struct ExpressionError {
    /// The id of its query.
    pub id: QueryId,
    /// What is wrong.
    pub fault: ExpressionFault,
}

impl From<Vec<ExpressionError>> for DataError {
    fn from(errors: Vec<ExpressionError>) -> Self {
        DataError::Expressions(ExpressionErrors(errors))
    }
}

impl fmt::Display for ExpressionErrors {
    /// One a line, as CloudWatch joins several violations.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, error) in self.0.iter().enumerate() {
            let separator = if at > 0 { "\n" } else { "" };
            write!(f, "{separator}{error}")?;
        }
        Ok(())
    }
}
