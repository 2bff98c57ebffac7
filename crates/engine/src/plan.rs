//! From a GetMetricData request to what has to be read.

use std::collections::HashMap;

use nepho_model::{Detail, Metric, Read, Scope, Timestamp, Unit};

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
    /// For each search, which of the metrics it found.
    pub(crate) found: Vec<Vec<usize>>,
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
        for (search, found) in self.searches.iter().zip(found) {
            let most = left.min(MAX_SEARCH_RESULTS);
            if found.is_cut || found.metrics.len() > most {
                messages = vec![too_many()];
            }
            let stat =
                |metric| MetricStat { metric, period: search.period, statistic: search.statistic.clone(), unit: None };
            let metrics = found.metrics.into_iter().take(most).map(|metric| reads.add(stat(metric)));
            let metrics: Vec<_> = metrics.collect::<Result<_, _>>()?;
            left -= metrics.len();
            of_search.push(metrics);
        }
        let Reads { reads, metrics, .. } = reads;
        let grids = self.expressions.iter().map(|one| one.as_ref().map(|one| self.grid(one.period())).transpose());
        let mut grids: Vec<_> = grids.collect::<Result<_, _>>()?;
        for insights in &self.insights {
            grids[insights.at] = Some(self.grid(insights.range.period)?);
        }
        Ok(Plan { prepared: self, reads, metrics, of_query, found: of_search, grids, messages })
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
        self.without("ANOMALY_DETECTION_BAND", "there are no anomaly detectors yet")
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
        let start = rounded_start(self.request.start, period, self.now);
        Grid::new(start, self.request.end, period).ok_or(DataError::RangeTooLong(period.seconds()))
    }
}

impl Plan {
    /// What has to be read, in the order in which [`finish`](crate::finish) wants the answers.
    pub fn reads(&self) -> &[Read] {
        &self.reads
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
            self.reads.push(Read {
                metric: stat.metric.clone(),
                unit: stat.unit,
                start: grid.time(0),
                end: self.prepared.request.end,
                period_seconds: stat.period.seconds(),
                detail: Detail::Numbers,
            });
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
