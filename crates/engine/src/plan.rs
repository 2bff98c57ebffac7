//! From a GetMetricData request to what has to be read.

use std::collections::{HashMap, HashSet};

use nepho_model::{Detail, Metric, Read, Scope, Timestamp, Unit};

use crate::page::{MAX_PAGE_DATAPOINTS, Position};
use crate::period::{Period, rounded_start};
use crate::query::{DataRequest, MetricStat};

/// The most queries of a request.
pub const MAX_QUERIES: usize = 500;

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
    /// A page size outside of 1 to [`MAX_PAGE_DATAPOINTS`].
    #[error("The parameter MaxDatapoints must be between 1 and {MAX_PAGE_DATAPOINTS}.")]
    PageSize(usize),
    /// A token that no answer to this request has given; CloudWatch's code is InvalidNextToken.
    #[error("Request parameter NextToken is invalid")]
    NextToken,
}

/// A request and the reads that answer it.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    pub(crate) request: DataRequest,
    pub(crate) scope: Scope,
    /// The time of the first page.
    pub(crate) now: Timestamp,
    pub(crate) position: Option<Position>,
    reads: Vec<Read>,
    /// For each query, which read answers it.
    read_of: Vec<Option<usize>>,
}

/// Plans the answer to a request. Queries of one metric, unit and period share a read; a query whose data is not
/// returned needs none.
///
/// # Errors
/// When the queries do not go together, the range is empty, or the token is not of this request.
pub fn plan(request: DataRequest, scope: &Scope, now: Timestamp) -> Result<Plan, DataError> {
    check(&request)?;
    let position = match &request.next_token {
        Some(token) => Some(Position::parse(token, &request).ok_or(DataError::NextToken)?),
        None => None,
    };
    let now = position.map_or(now, |position| position.now);
    let (mut reads, mut read_of) = (Vec::new(), Vec::with_capacity(request.queries.len()));
    let mut known: HashMap<(&Metric, Option<Unit>, Period), usize> = HashMap::new();
    for query in &request.queries {
        read_of.push(query.return_data.then(|| {
            let stat = &query.stat;
            let at = *known.entry((&stat.metric, stat.unit, stat.period)).or_insert(reads.len());
            if at == reads.len() {
                reads.push(read(stat, &request, now));
            }
            if stat.statistic.needs_distribution() {
                reads[at].detail = Detail::Distribution;
            }
            at
        }));
    }
    Ok(Plan { scope: scope.clone(), now, position, reads, read_of, request })
}

impl Plan {
    /// What has to be read, in the order in which [`finish`](crate::finish) wants the answers.
    pub fn reads(&self) -> &[Read] {
        &self.reads
    }

    /// The queries whose data is returned, by position, each with the read that answers it.
    pub(crate) fn returned(&self) -> impl Iterator<Item = (usize, usize)> {
        self.read_of.iter().enumerate().filter_map(|(query, read)| Some((query, (*read)?)))
    }
}

fn check(request: &DataRequest) -> Result<(), DataError> {
    if request.queries.is_empty() {
        return Err(DataError::NoQueries);
    }
    if request.queries.len() > MAX_QUERIES {
        return Err(DataError::TooManyQueries);
    }
    let mut ids = HashSet::new();
    if let Some(query) = request.queries.iter().find(|query| !ids.insert(query.id.as_str())) {
        return Err(DataError::RepeatedId(query.id.to_string()));
    }
    if request.end == request.start {
        return Err(DataError::RangeEmpty);
    }
    if request.end < request.start {
        return Err(DataError::RangeReversed);
    }
    if !(1..=MAX_PAGE_DATAPOINTS).contains(&request.max_datapoints) {
        return Err(DataError::PageSize(request.max_datapoints));
    }
    Ok(())
}

fn read(stat: &MetricStat, request: &DataRequest, now: Timestamp) -> Read {
    Read {
        metric: stat.metric.clone(),
        unit: stat.unit,
        start: rounded_start(request.start, stat.period, now),
        end: request.end,
        period_seconds: stat.period.seconds(),
        detail: Detail::Numbers,
    }
}
