//! What a model is of: a metric with a statistic, or an expression.

use std::collections::HashMap;

use nepho_model::{Metric, Scope, Timestamp, Unit};

use crate::math::{ExpressionFault, Type};
use crate::period::Period;
use crate::prepare::{BandUse, Prepared, PreparedExpression, prepare};
use crate::query::{DataRequest, ExpressionQuery, MetricStat, Query, QueryId, Source};
use crate::request_error::{DataError, ExpressionError};
use crate::statistic::Statistic;

/// The most metrics and expressions that an expression with a model is computed of, itself among them.
pub const MAX_SUBJECT_QUERIES: usize = 10;
/// The shortest period that there are models for, in seconds.
pub const MIN_SUBJECT_PERIOD: i64 = 60;
/// The longest period of an expression that there are models for, in seconds.
pub const MAX_EXPRESSION_PERIOD: i64 = 3600;
/// The most ANOMALY_DETECTION_BAND functions in the expressions of a request.
pub const MAX_BANDS: usize = 100;

/// Functions that an expression with a model does not have.
const FUNCTIONS_WITHOUT_MODEL: [&str; 3] = ["ANOMALY_DETECTION_BAND", "METRICS", "SEARCH"];

/// What a model is of, whatever the period.
#[derive(Debug, Clone, PartialEq)]
pub struct Subject {
    /// What it is computed of, each once, and itself first; ids are `q0`, `q1` and so on.
    queries: Vec<Query>,
    identity: String,
}

/// Why something has no model.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SubjectFault {
    /// It has a function whose metrics may be others tomorrow, or that has a model itself.
    #[error("there is no anomaly detection of expressions with {0}")]
    Function(&'static str),
    /// It is, or is computed of, a query of Metrics Insights.
    #[error("there is no anomaly detection of Metrics Insights queries")]
    Insights,
    /// More than [`MAX_SUBJECT_QUERIES`].
    #[error("it is computed of {0} metrics and expressions, more than the limit of {MAX_SUBJECT_QUERIES}")]
    TooMany(usize),
    /// It is computed of no metric.
    #[error("it is computed of no metric")]
    NoMetric,
    /// Metrics of several periods.
    #[error("it is computed of metrics with periods of {0} and of {1} seconds: expected one period")]
    MixedPeriods(i64, i64),
    /// Shorter than [`MIN_SUBJECT_PERIOD`].
    #[error("its period of {0} seconds is shorter than the limit of {MIN_SUBJECT_PERIOD}")]
    ShortPeriod(i64),
    /// Longer than [`MAX_EXPRESSION_PERIOD`].
    #[error("its period of {0} seconds is longer than the limit of {MAX_EXPRESSION_PERIOD} for expressions")]
    LongPeriod(i64),
}

/// Why queries are not those of a metric math anomaly detector.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum QueriesFault {
    /// They cannot be computed.
    #[error(transparent)]
    Request(#[from] DataError),
    /// None of them, or several return data.
    #[error("Exactly one element of the metrics list should return data.")]
    NotOne(usize),
    /// That which returns data is a metric.
    #[error("The element {0} of the metrics list that returns data must be an expression.")]
    NoExpression(QueryId),
    /// That which returns data gives several series.
    #[error("The element {0} of the metrics list that returns data must give a single time series.")]
    NotSingle(QueryId),
    /// Its expression has no model.
    #[error("Error in expression '{0}': {1}")]
    Subject(QueryId, SubjectFault),
}

impl Subject {
    /// A metric with a statistic; data under all units.
    pub fn of_metric(metric: Metric, statistic: Statistic) -> Self {
        let stat = MetricStat { metric, period: Period::MINUTE, statistic, unit: None };
        Subject { identity: metric_identity(&stat, false), queries: vec![query(0, Source::Metric(stat))] }
    }

    /// The expression among queries that returns data, and its period.
    ///
    /// # Errors
    /// What is wrong with the queries, or why there is no model of it.
    pub fn of_queries(queries: Vec<Query>, scope: &Scope, now: Timestamp) -> Result<(Self, Period), QueriesFault> {
        let returned: Vec<_> = (0..queries.len()).filter(|at| queries[*at].return_data).collect();
        let prepared = prepare(DataRequest::new(queries, now.plus_seconds(-1), now), scope, now)?;
        let [root] = returned[..] else { return Err(QueriesFault::NotOne(returned.len())) };
        let id = prepared.request.queries[root].id.clone();
        if prepared.request.queries[root].metric().is_some() {
            return Err(QueriesFault::NoExpression(id));
        }
        let gives = prepared.expressions[root].as_ref().map(|expression| expression.checked.gives);
        if gives == Some(Type::Array) {
            return Err(QueriesFault::NotSingle(id));
        }
        Walk::new(&prepared).subject(root).map_err(|fault| QueriesFault::Subject(id, fault))
    }

    /// What tells it from every other subject: a metric by its name, dimensions and statistic, an expression by all that
    /// it is computed of; ids, labels and periods do not matter.
    pub fn identity(&self) -> &str {
        &self.identity
    }

    /// The metric and its statistic; `None` when it is an expression.
    pub fn metric(&self) -> Option<(&Metric, &Statistic)> {
        self.queries[0].metric().map(|stat| (&stat.metric, &stat.statistic))
    }

    /// The unit that it is restricted to, of a metric.
    pub fn unit(&self) -> Option<Unit> {
        self.queries[0].metric().and_then(|stat| stat.unit)
    }

    /// The same with data under one unit only, of a metric; an expression says itself which units it is of.
    #[must_use]
    pub fn under(mut self, unit: Option<Unit>) -> Self {
        if let Source::Metric(stat) = &mut self.queries[0].source {
            stat.unit = unit;
        }
        self
    }

    /// Asks for its datapoints from `start` to `end`.
    pub fn request(&self, period: Period, start: Timestamp, end: Timestamp) -> DataRequest {
        let mut queries = self.queries.clone();
        for query in &mut queries {
            match &mut query.source {
                Source::Metric(stat) => stat.period = period,
                Source::Expression(expression) => expression.period = None,
            }
        }
        DataRequest::new(queries, start, end)
    }
}

impl Prepared {
    /// What each of [`Prepared::bands`] is around, and in which periods.
    ///
    /// # Errors
    /// When there can be no model of it, or there are too many bands.
    pub fn subjects(&self) -> Result<Vec<(Subject, Period)>, DataError> {
        if self.bands.len() > MAX_BANDS {
            return Err(DataError::TooManyBands(self.bands.len()));
        }
        let of = |band: &BandUse| {
            let of = self.request.queries.iter().position(|query| query.id == band.of);
            let subject = Walk::new(self).subject(of.expect("what a band is around was found"));
            let uses = self.bands.iter().filter(|other| other.id == band.id).count();
            let fault = match subject {
                _ if uses > 1 => ExpressionFault::ManyBands(uses),
                Err(fault) => ExpressionFault::Band { of: band.of.to_string(), fault },
                Ok(subject) => return Ok(subject),
            };
            Err(vec![ExpressionError { id: band.id.clone(), fault }].into())
        };
        self.bands.iter().map(of).collect()
    }
}

/// Gathers what a query is computed of.
struct Walk<'a> {
    prepared: &'a Prepared,
    /// Positions of queries, in the order in which they were come across.
    found: Vec<usize>,
    names: HashMap<&'a str, usize>,
}

impl<'a> Walk<'a> {
    fn new(prepared: &'a Prepared) -> Self {
        let names = prepared.request.queries.iter().enumerate().map(|(at, query)| (query.id.as_str(), at)).collect();
        Walk { prepared, found: Vec::new(), names }
    }

    fn subject(mut self, root: usize) -> Result<(Subject, Period), SubjectFault> {
        self.found.push(root);
        let mut next = 0;
        while let Some(at) = self.found.get(next).copied() {
            next += 1;
            if let Some(expression) = self.expression(at)? {
                for id in expression.expression.ids() {
                    let of = self.names[id];
                    if !self.found.contains(&of) {
                        self.found.push(of);
                    }
                }
            }
        }
        let period = self.period()?;
        let is_metric = self.found.len() == 1;
        if !is_metric && self.found.len() > MAX_SUBJECT_QUERIES {
            return Err(SubjectFault::TooMany(self.found.len()));
        }
        match period.seconds() {
            seconds if seconds < MIN_SUBJECT_PERIOD => return Err(SubjectFault::ShortPeriod(seconds)),
            seconds if seconds > MAX_EXPRESSION_PERIOD && !is_metric => return Err(SubjectFault::LongPeriod(seconds)),
            _ => {}
        }
        let (mut queries, mut identity) = (Vec::with_capacity(self.found.len()), String::new());
        for (number, at) in self.found.iter().enumerate() {
            let source = match &self.prepared.request.queries[*at].source {
                Source::Metric(stat) => {
                    identity.push_str(&metric_identity(stat, !is_metric));
                    Source::Metric(stat.clone())
                }
                Source::Expression(_) => {
                    let text = self.renamed(*at);
                    // There are no strings in it: the functions that take them are refused.
                    identity.extend(text.chars().filter(|c| !c.is_whitespace()));
                    Source::Expression(ExpressionQuery { text, period: None })
                }
            };
            if !is_metric {
                identity.push('\u{1}');
            }
            queries.push(query(number, source));
        }
        Ok((Subject { queries, identity }, period))
    }

    /// The expression of a query; `None` when it is a metric.
    fn expression(&self, at: usize) -> Result<Option<&'a PreparedExpression>, SubjectFault> {
        if self.prepared.request.queries[at].metric().is_some() {
            return Ok(None);
        }
        let expression = self.prepared.expressions[at].as_ref().ok_or(SubjectFault::Insights)?;
        let has = |name: &&str| expression.expression.call_position(name).is_some();
        match FUNCTIONS_WITHOUT_MODEL.into_iter().find(has) {
            Some(name) => Err(SubjectFault::Function(name)),
            None => Ok(Some(expression)),
        }
    }

    /// The one period of all metrics.
    fn period(&self) -> Result<Period, SubjectFault> {
        let periods = self.found.iter().filter_map(|at| Some(self.prepared.request.queries[*at].metric()?.period));
        let mut periods = periods.collect::<Vec<_>>().into_iter();
        let first = periods.next().ok_or(SubjectFault::NoMetric)?;
        match periods.find(|period| *period != first) {
            None => Ok(first),
            Some(other) => Err(SubjectFault::MixedPeriods(first.seconds(), other.seconds())),
        }
    }

    /// The text of an expression with the ids that its subject has.
    fn renamed(&self, at: usize) -> String {
        let expression = self.prepared.expressions[at].as_ref().expect("it was looked at before");
        let number = |id: &str| self.found.iter().position(|found| *found == self.names[id]);
        expression.expression.renamed(|id| format!("q{}", number(id).expect("it was found")))
    }
}

fn query(number: usize, source: Source) -> Query {
    let id = QueryId::parse(&format!("q{number}")).expect("a letter and a number");
    Query { id, source, label: None, return_data: number == 0 }
}

/// Namespace, name, dimensions and statistic, with NUL between them.
fn metric_identity(stat: &MetricStat, has_unit: bool) -> String {
    let unit = stat.unit.filter(|_| has_unit).map(|unit| format!("\0{}", unit.as_str())).unwrap_or_default();
    format!("{}\0{}{unit}", stat.metric.key().as_str(), stat.statistic.as_str())
}
