//! What an alarm is about.

use nepho_model::{Metric, Unit};

use crate::anomaly::Subject;
use crate::insights::InsightsQuery;
use crate::period::Period;
use crate::plan::Plan;
use crate::prepare::BandUse;
use crate::query::{MetricStat, Query};
use crate::request_error::DataError;
use crate::statistic::Statistic;

/// The most elements of Metrics.
pub const MAX_METRICS: usize = 20;

/// The most of them that are metrics.
pub const MAX_METRIC_STATS: usize = 10;

/// The most of them that are expressions.
pub const MAX_EXPRESSIONS: usize = 10;

/// What an alarm is about.
#[derive(Debug, Clone, PartialEq)]
pub enum Source {
    /// One metric.
    Metric(ScalarMetric),
    /// One of a list of metrics and expressions, compared with a threshold or with another of them, a band.
    Math(Box<MathSource>),
    /// A query of Metrics Insights.
    Insights(Box<InsightsSource>),
}

/// One metric, given by MetricName and what goes with it.
#[derive(Debug, Clone, PartialEq)]
pub struct ScalarMetric {
    /// The metric, its statistic, period and unit.
    pub stat: MetricStat,
    /// Whether the statistic was given as ExtendedStatistic.
    pub is_extended: bool,
}

/// A list of metrics and expressions.
#[derive(Debug, Clone, PartialEq)]
pub struct MathSource {
    pub(super) queries: Vec<AlarmQuery>,
    /// Which of them is compared.
    pub(super) main: usize,
    /// Which of them is the band.
    pub(super) band: Option<usize>,
    pub(super) period: Period,
    /// What is read and computed, over as many periods as an evaluation looks at, from the epoch on.
    pub(super) plan: Plan,
}

/// A query of Metrics Insights.
#[derive(Debug, Clone, PartialEq)]
pub struct InsightsSource {
    /// The element of Metrics.
    pub element: AlarmQuery,
    /// The query that is its expression.
    pub query: InsightsQuery,
    /// The length of a period.
    pub period: Period,
}

/// An element of Metrics, as it was given.
#[derive(Debug, Clone, PartialEq)]
pub struct AlarmQuery {
    /// What it asks for.
    pub query: Query,
    /// The text of its label.
    pub label: Option<String>,
    /// Whose metric it is.
    pub account_id: Option<String>,
}

impl Source {
    /// The length of a period.
    pub fn period(&self) -> Period {
        match self {
            Source::Metric(metric) => metric.stat.period,
            Source::Math(math) => math.period,
            Source::Insights(insights) => insights.period,
        }
    }

    /// The one metric, if it is one.
    pub fn metric(&self) -> Option<&ScalarMetric> {
        match self {
            Source::Metric(metric) => Some(metric),
            Source::Math(_) | Source::Insights(_) => None,
        }
    }

    /// The query of Metrics Insights, if it is one.
    pub fn insights(&self) -> Option<&InsightsSource> {
        match self {
            Source::Insights(insights) => Some(insights),
            Source::Metric(_) | Source::Math(_) => None,
        }
    }

    /// The elements of Metrics; none of one metric.
    pub fn queries(&self) -> &[AlarmQuery] {
        match self {
            Source::Metric(_) => &[],
            Source::Math(math) => &math.queries,
            Source::Insights(insights) => std::slice::from_ref(&insights.element),
        }
    }

    /// Whether it is a query with GROUP BY, whose series are contributors.
    pub fn has_contributors(&self) -> bool {
        self.insights().is_some_and(|insights| !insights.query.group_by.is_empty())
    }

    /// All metrics that are named.
    pub fn metrics(&self) -> impl Iterator<Item = &MetricStat> {
        let scalar = self.metric().map(|metric| &metric.stat);
        scalar.into_iter().chain(self.queries().iter().filter_map(|query| query.query.metric()))
    }
}

impl ScalarMetric {
    /// The metric.
    pub const fn metric(&self) -> &Metric {
        &self.stat.metric
    }

    /// What is computed of each period.
    pub const fn statistic(&self) -> &Statistic {
        &self.stat.statistic
    }

    /// The unit, if only data under one is looked at.
    pub const fn unit(&self) -> Option<Unit> {
        self.stat.unit
    }
}

impl MathSource {
    /// The elements of Metrics.
    pub fn queries(&self) -> &[AlarmQuery] {
        &self.queries
    }

    /// The element that is compared.
    pub fn main(&self) -> &AlarmQuery {
        &self.queries[self.main]
    }

    /// The element that is the band.
    pub fn band(&self) -> Option<&AlarmQuery> {
        self.band.map(|band| &self.queries[band])
    }

    /// The bands that are computed, in the order in which their models are wanted.
    pub fn bands(&self) -> &[BandUse] {
        self.plan.prepared.bands()
    }

    /// What each of them is around, and in which periods.
    ///
    /// # Errors
    /// When there can be no model of it.
    pub fn subjects(&self) -> Result<Vec<(Subject, Period)>, DataError> {
        self.plan.prepared.subjects()
    }
}
