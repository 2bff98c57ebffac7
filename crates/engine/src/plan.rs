//! From a GetMetricData request to what has to be read.

use std::collections::HashMap;

use nepho_model::{Detail, Metric, Read, Scope, Timestamp, Unit};

use crate::aggregate::{Aggregate, Aggregation, MAX_AGGREGATED_PERIODS, Made};
use crate::finish::Message;
use crate::math::{ExpressionFault, Grid};
use crate::period::{Period, rounded_start};
use crate::prepare::{Prepared, prepare};
use crate::query::{DataRequest, MetricStat};
use crate::request_error::{DataError, ExpressionError};
use crate::search::MAX_SEARCH_RESULTS;

/// The most metrics that all searches of a request bring into it.
pub const MAX_FOUND_METRICS: usize = 10_000;

/// A request and the reads that answer it.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    pub(crate) prepared: Prepared,
    reads: Vec<Read>,
    /// Every metric whose data is needed.
    pub(crate) metrics: Vec<PlannedMetric>,
    /// For each query, which of the metrics it is.
    pub(crate) of_query: Vec<Option<usize>>,
    /// For each search.
    pub(crate) found: Vec<Found>,
    /// The searches whose metrics are aggregated as they are read.
    pub(crate) aggregations: Vec<Aggregation>,
    /// What has to be read for those, one after the other.
    pub(crate) aggregated: Vec<Read>,
    /// For each query that is no metric, the periods of a series that nothing else gives a period to.
    grids: Vec<Option<Grid>>,
    pub(crate) messages: Vec<Message>,
}

/// A metric whose data is needed, and which read has it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct PlannedMetric {
    pub(crate) stat: MetricStat,
    pub(crate) read: usize,
    pub(crate) grid: Grid,
}

/// What is known of the metrics that a search found.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Found {
    /// Which of [`Plan::metrics`] they are.
    Series(Vec<usize>),
    /// Which of [`Plan::aggregations`] they are in.
    Aggregated(usize),
}

/// What a search found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FoundMetrics {
    /// The metrics, in the order of their series.
    pub metrics: Vec<Metric>,
    /// Whether there are more.
    pub is_cut: bool,
}

/// Plans the answer to a request that searches for nothing, asks for no bands and has no query of Metrics Insights. Queries of one metric, unit and period
/// share a read; a query whose data is neither returned nor computed with needs none.
///
/// # Errors
/// Those of [`prepare`]; an expression with SEARCH or ANOMALY_DETECTION_BAND, or a query of Metrics Insights.
pub fn plan(request: DataRequest, scope: &Scope, now: Timestamp) -> Result<Plan, DataError> {
    prepare(request, scope, now)?.without_searches()?.without_bands()?.without_insights()?.plan(Vec::new())
}

impl Prepared {
    /// Plans the answer, with what each of [`Prepared::searches`] found.
    ///
    /// # Errors
    /// [`DataError::RangeTooLong`].
    ///
    /// # Panics
    /// When there are fewer or more than searches.
    pub fn plan(self, found: Vec<FoundMetrics>) -> Result<Plan, DataError> {
        self.plan_with(found, 0)
    }

    /// The same for a caller that aggregates what it reads of [`Plan::aggregated`]; [`Plan::take_apart`] comes next.
    ///
    /// # Errors
    /// [`DataError::RangeTooLong`].
    ///
    /// # Panics
    /// When there are fewer or more than searches.
    pub fn plan_aggregated(self, found: Vec<FoundMetrics>) -> Result<Plan, DataError> {
        self.plan_with(found, MAX_AGGREGATED_PERIODS)
    }

    /// Plans with at most so many periods of aggregations.
    fn plan_with(self, found: Vec<FoundMetrics>, mut periods_left: usize) -> Result<Plan, DataError> {
        assert_eq!(found.len(), self.searches.len(), "every search has found something or nothing");
        let mut reads = Reads::new(&self);
        let mut of_query = vec![None; self.request.queries.len()];
        // In the order of the request, so that reads are as well.
        let mut needed = self.order.clone();
        needed.sort_unstable();
        for query in needed {
            if let Some(stat) = self.request.queries[query].metric() {
                of_query[query] = Some(reads.add(stat.clone())?);
            }
        }
        let (mut of_search, mut messages, mut left) = (Vec::with_capacity(found.len()), Vec::new(), MAX_FOUND_METRICS);
        let (mut aggregations, mut aggregated) = (Vec::new(), Vec::new());
        for (number, (search, mut found)) in self.searches.iter().zip(found).enumerate() {
            let most = left.min(MAX_SEARCH_RESULTS);
            if found.is_cut || found.metrics.len() > most {
                messages = vec![too_many()];
            }
            found.metrics.truncate(most);
            left -= found.metrics.len();
            let grid = self.grid(search.period)?;
            let rest = periods_left.checked_sub(grid.len() as usize);
            let (Some(across), Some(rest), false) = (search.across, rest, found.metrics.is_empty()) else {
                let metrics = found.metrics.into_iter().map(|metric| reads.add(search.stat(metric)));
                of_search.push(Found::Series(metrics.collect::<Result<_, _>>()?));
                continue;
            };
            periods_left = rest;
            of_search.push(Found::Aggregated(aggregations.len()));
            let (end, metrics) = (self.request.end, found.metrics.len());
            aggregations.push(Aggregation { across, grid, end, search: number, metrics });
            aggregated.extend(found.metrics.into_iter().map(|metric| self.read(metric, None, grid)));
        }
        let Reads { reads, metrics, .. } = reads;
        let grids = self.expressions.iter().map(|one| one.as_ref().map(|one| self.grid(one.period())).transpose());
        let mut grids: Vec<_> = grids.collect::<Result<_, _>>()?;
        for insights in &self.insights {
            grids[insights.at] = Some(self.grid(insights.range.period)?);
        }
        let found = of_search;
        Ok(Plan { prepared: self, reads, metrics, of_query, found, aggregations, aggregated, grids, messages })
    }

    /// For a caller that cannot look metrics up.
    ///
    /// # Errors
    /// When an expression has a SEARCH.
    pub fn without_searches(self) -> Result<Self, DataError> {
        self.without("SEARCH", "no metrics are looked up here")
    }

    /// For a caller that has no models.
    ///
    /// # Errors
    /// When an expression has an ANOMALY_DETECTION_BAND.
    pub fn without_bands(self) -> Result<Self, DataError> {
        self.without("ANOMALY_DETECTION_BAND", "no models are trained here")
    }

    /// For a caller that cannot aggregate metrics that it does not know.
    ///
    /// # Errors
    /// When there is a query of Metrics Insights.
    pub fn without_insights(self) -> Result<Self, DataError> {
        match self.insights.first() {
            None => Ok(self),
            Some(insights) => {
                let id = self.request.queries[insights.at].id.clone();
                let fault = ExpressionFault::InsightsUnavailable("no metrics are looked up here");
                Err(vec![ExpressionError { id, fault }].into())
            }
        }
    }

    fn without(self, name: &'static str, reason: &'static str) -> Result<Self, DataError> {
        for (query, prepared) in self.request.queries.iter().zip(&self.expressions) {
            let position = prepared.as_ref().and_then(|prepared| prepared.expression.call_position(name));
            if let Some(position) = position {
                let fault = ExpressionFault::Unavailable { name, position, reason };
                return Err(vec![ExpressionError { id: query.id.clone(), fault }].into());
            }
        }
        Ok(self)
    }

    /// The periods of the range.
    pub(crate) fn grid(&self, period: Period) -> Result<Grid, DataError> {
        let start = match self.starts_exactly {
            true => self.request.start,
            false => rounded_start(self.request.start, period, self.now),
        };
        Grid::new(start, self.request.end, period).ok_or(DataError::RangeTooLong(period.seconds()))
    }

    /// A read of the numbers of a metric.
    fn read(&self, metric: Metric, unit: Option<Unit>, grid: Grid) -> Read {
        let (start, end, period_seconds) = (grid.time(0), self.request.end, grid.period().seconds());
        Read { metric, unit, start, end, period_seconds, detail: Detail::Numbers }
    }
}

impl Plan {
    /// What has to be read, in the order in which [`finish`](crate::finish) wants the answers.
    pub fn reads(&self) -> &[Read] {
        &self.reads
    }

    /// Adds to [`Plan::reads`] the metrics of searches that could not be aggregated, because each series has to be known.
    pub fn take_apart(&mut self, aggregates: &[Aggregate]) {
        let mut first = 0;
        for (aggregation, aggregate) in self.aggregations.iter().zip(aggregates) {
            let Aggregation { grid, search, metrics, .. } = *aggregation;
            let reads = &self.aggregated[first..first + metrics];
            first += metrics;
            if aggregate.0 == Made::SeveralUnits {
                let number = self.metrics.len();
                self.found[search] = Found::Series((number..number + metrics).collect());
                let planned = reads.iter().zip(self.reads.len()..).map(|(read, at)| {
                    let stat = self.prepared.searches[search].stat(read.metric.clone());
                    PlannedMetric { stat, read: at, grid }
                });
                self.metrics.extend(planned);
                self.reads.extend_from_slice(reads);
            }
        }
    }

    /// Takes the plan to another range.
    ///
    /// # Errors
    /// [`DataError::RangeTooLong`].
    pub(crate) fn move_to(&mut self, start: Timestamp, end: Timestamp, now: Timestamp) -> Result<(), DataError> {
        self.prepared.now = now;
        (self.prepared.request.start, self.prepared.request.end) = (start, end);
        for metric in &mut self.metrics {
            metric.grid = self.prepared.grid(metric.stat.period)?;
            let read = &mut self.reads[metric.read];
            (read.start, read.end) = (metric.grid.time(0), end);
        }
        let mut aggregated = self.aggregated.iter_mut();
        for one in &mut self.aggregations {
            (one.grid, one.end) = (self.prepared.grid(one.grid.period())?, end);
            for read in aggregated.by_ref().take(one.metrics) {
                (read.start, read.end) = (one.grid.time(0), end);
            }
        }
        for grid in self.grids.iter_mut().flatten() {
            *grid = self.prepared.grid(grid.period())?;
        }
        Ok(())
    }

    /// The periods that a query is computed over.
    pub(crate) fn grid(&self, query: usize) -> Grid {
        let metric = self.of_query[query].map(|metric| self.metrics[metric].grid);
        metric.or(self.grids[query]).expect("a query that is needed is a metric or an expression")
    }
}

/// The reads so far, each known by what it is of.
struct Reads<'a> {
    prepared: &'a Prepared,
    reads: Vec<Read>,
    metrics: Vec<PlannedMetric>,
    known: HashMap<(Metric, Option<Unit>, Period), usize>,
}

impl<'a> Reads<'a> {
    fn new(prepared: &'a Prepared) -> Self {
        Reads { prepared, reads: Vec::new(), metrics: Vec::new(), known: HashMap::new() }
    }

    /// Makes sure that a metric is read, and says which of the metrics it is.
    fn add(&mut self, stat: MetricStat) -> Result<usize, DataError> {
        let grid = self.prepared.grid(stat.period)?;
        let read = *self.known.entry((stat.metric.clone(), stat.unit, stat.period)).or_insert(self.reads.len());
        if read == self.reads.len() {
            self.reads.push(self.prepared.read(stat.metric.clone(), stat.unit, grid));
        }
        if stat.statistic.needs_distribution() {
            self.reads[read].detail = Detail::Distribution;
        }
        self.metrics.push(PlannedMetric { stat, read, grid });
        Ok(self.metrics.len() - 1)
    }
}

/// CloudWatch's remark on a call that is answered in part.
fn too_many() -> Message {
    Message { code: "MaxMetricsExceeded", value: "Maximum number of allowed metrics exceeded".to_owned() }
}
