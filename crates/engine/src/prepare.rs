//! What a GetMetricData request means: its expressions read, checked and in order, and what they search for.

use std::collections::HashSet;

use nepho_model::search::Search;
use nepho_model::{Metric, Scope, Timestamp};

use crate::aggregate::Across;
use crate::expressions::{Parsed, check_all, insights_period, parse, references, refuse_cycle};
use crate::insights::{InsightsQuery, InsightsRange, MAX_INSIGHTS_QUERIES};
use crate::math::{Checked, Expression, SearchCall};
use crate::order::order;
use crate::page::{MAX_PAGE_DATAPOINTS, Position};
use crate::period::Period;
use crate::query::{DataRequest, MetricStat, Query, QueryId, Source};
use crate::request_error::DataError;
use crate::search::MAX_SEARCHES;
use crate::statistic::Statistic;

/// The most queries of a request, metrics and expressions.
pub const MAX_QUERIES: usize = 500;

/// A request whose expressions are read and checked. What its SEARCH functions find comes next, then
/// [`Prepared::plan`].
#[derive(Debug, Clone, PartialEq)]
pub struct Prepared {
    pub(crate) request: DataRequest,
    pub(crate) scope: Scope,
    /// The time of the first page.
    pub(crate) now: Timestamp,
    pub(crate) position: Option<Position>,
    /// Whether the first period begins at the very start, however old that is.
    pub(crate) starts_exactly: bool,
    /// For each query that is an expression.
    pub(crate) expressions: Vec<Option<PreparedExpression>>,
    /// The queries whose values are needed, each after those that it refers to.
    pub(crate) order: Vec<usize>,
    pub(crate) searches: Vec<SearchQuery>,
    pub(crate) bands: Vec<BandUse>,
    pub(crate) insights: Vec<InsightsUse>,
}

/// A query of Metrics Insights in a request. Its metrics are found and added up apart from the others, see
/// [`InsightsPlan`](crate::insights::InsightsPlan).
#[derive(Debug, Clone, PartialEq)]
pub struct InsightsUse {
    /// The query that it is.
    pub id: QueryId,
    /// What it asks.
    pub query: InsightsQuery,
    /// Over which range and in which periods.
    pub range: InsightsRange,
    /// Position of the query in the request.
    pub(crate) at: usize,
}

/// An expression of a request.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct PreparedExpression {
    pub(crate) expression: Expression,
    pub(crate) checked: Checked,
    /// Where its searches begin in [`Prepared::searches`].
    pub(crate) first_search: usize,
    /// Where its bands begin in [`Prepared::bands`].
    pub(crate) first_band: usize,
}

impl PreparedExpression {
    /// The period of a series that nothing else gives one to; any where there is no such series.
    pub(crate) fn period(&self) -> Period {
        self.checked.period.or_else(|| self.checked.periods.one()).unwrap_or(Period::MINUTE)
    }
}

/// What a SEARCH in an expression asks for.
#[derive(Debug, Clone, PartialEq)]
pub struct SearchQuery {
    /// The query in whose expression it is.
    pub id: QueryId,
    /// Which metrics.
    pub search: Search,
    /// What is computed of each period.
    pub statistic: Statistic,
    /// The length of a period.
    pub period: Period,
    /// What is made of all its series together, when nothing else is.
    pub(crate) across: Option<Across>,
}

impl SearchQuery {
    /// The series of a metric that it found.
    pub(crate) fn stat(&self, metric: Metric) -> MetricStat {
        MetricStat { metric, period: self.period, statistic: self.statistic.clone(), unit: None }
    }
}

/// An ANOMALY_DETECTION_BAND in an expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BandUse {
    /// The query whose expression asks for it.
    pub id: QueryId,
    /// The query that it is around: a metric or another expression.
    pub of: QueryId,
}

/// Reads and checks a request.
///
/// # Errors
/// When the queries do not go together, an expression is wrong, the range is empty, or the token is not of this request.
pub fn prepare(request: DataRequest, scope: &Scope, now: Timestamp) -> Result<Prepared, DataError> {
    check_request(&request)?;
    let position = match &request.next_token {
        Some(token) => Some(Position::parse(token, &request).ok_or(DataError::NextToken)?),
        None => None,
    };
    let now = position.map_or(now, |position| position.now);
    let parsed = parse(&request.queries)?;
    let references = references(&request.queries, &parsed);
    let order = order(&references).map_err(|cycle| refuse_cycle(&request.queries, &cycle))?;
    let checked = check_all(&request.queries, &parsed, &order)?;
    let insights = parsed.iter().filter(|parsed| matches!(parsed, Parsed::Insights(_))).count();
    if insights > MAX_INSIGHTS_QUERIES {
        return Err(DataError::TooManyInsights(insights));
    }
    let needed = needed(&request.queries, &references);
    let mut prepared = Prepared {
        request,
        scope: scope.clone(),
        now,
        position,
        starts_exactly: false,
        expressions: Vec::with_capacity(parsed.len()),
        order: order.into_iter().filter(|query| needed.contains(query)).collect(),
        searches: Vec::new(),
        bands: Vec::new(),
        insights: Vec::new(),
    };
    for (at, (parsed, checked)) in parsed.into_iter().zip(checked).enumerate() {
        let expression = match (parsed, checked) {
            _ if !needed.contains(&at) => None,
            (Parsed::Math(expression), Some(checked)) => Some(prepared.gather(at, expression, checked)),
            (Parsed::Insights(query), _) => {
                prepared.gather_insights(at, query);
                None
            }
            _ => None,
        };
        prepared.expressions.push(expression);
    }
    match prepared.searches.len() <= MAX_SEARCHES {
        true => Ok(prepared),
        false => Err(DataError::TooManySearches(prepared.searches.len())),
    }
}

impl Prepared {
    /// What the request searches for, in the order in which [`Prepared::plan`] wants what was found.
    pub fn searches(&self) -> &[SearchQuery] {
        &self.searches
    }

    /// The bands that the request asks for, in the order in which [`finish_with`](crate::finish_with) wants the models.
    pub fn bands(&self) -> &[BandUse] {
        &self.bands
    }

    /// The queries of Metrics Insights, in the order in which [`finish_with`](crate::finish_with) wants their answers.
    pub fn insights(&self) -> &[InsightsUse] {
        &self.insights
    }

    fn gather_insights(&mut self, at: usize, query: InsightsQuery) {
        let request = &self.request;
        let given = match &request.queries[at].source {
            Source::Expression(asked) => asked.period,
            Source::Metric(_) => None,
        };
        let period = insights_period(&request.queries, given);
        let range = InsightsRange { start: request.start, end: request.end, period, now: self.now };
        self.insights.push(InsightsUse { id: request.queries[at].id.clone(), query, range, at });
    }

    /// For a caller that knows where periods begin: the start is not rounded.
    pub(crate) fn starting_exactly(mut self) -> Self {
        self.starts_exactly = true;
        self
    }

    /// Takes what an expression searches for to the rest.
    fn gather(&mut self, query: usize, expression: Expression, checked: Checked) -> PreparedExpression {
        let id = self.request.queries[query].id.clone();
        let (first_search, first_band) = (self.searches.len(), self.bands.len());
        for call in &checked.searches {
            let across = expression.only_taker(call.node).and_then(|taker| Across::of(taker, &call.statistic));
            let SearchCall { search, statistic, period, .. } = call.clone();
            self.searches.push(SearchQuery { id: id.clone(), search, statistic, period, across });
        }
        for call in &checked.bands {
            let of = self.request.queries.iter().find(|other| other.id.as_str() == call.of);
            self.bands.extend(of.map(|of| BandUse { id: id.clone(), of: of.id.clone() }));
        }
        PreparedExpression { expression, checked, first_search, first_band }
    }
}

fn check_request(request: &DataRequest) -> Result<(), DataError> {
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

/// The queries whose data is returned, and all that they are computed of.
fn needed(queries: &[Query], references: &[Vec<usize>]) -> HashSet<usize> {
    let mut waiting: Vec<usize> = (0..queries.len()).filter(|at| queries[*at].return_data).collect();
    let mut needed = HashSet::new();
    while let Some(query) = waiting.pop() {
        if needed.insert(query) {
            waiting.extend(&references[query]);
        }
    }
    needed
}
