//! From what was read to the series of a query.

use std::collections::BTreeSet;

use nepho_model::{Cell, Timestamp, UnitSeries};

use super::plan::InsightsPlan;
use super::query::{Function, Order};
use super::{MAX_INSIGHTS_AGE_SECONDS, MAX_INSIGHTS_METRICS, MAX_INSIGHTS_SERIES};
use crate::finish::Message;

/// What a label is for metrics that lack the dimension.
const OTHER: &str = "Other";

/// Different reasons for which metrics could not be read, of which an answer tells.
const FAILURES_MAX: usize = 5;

/// The answer to a query.
#[derive(Debug, Clone, PartialEq)]
pub struct InsightsAnswer {
    /// The series, in the order that was asked for. A query without GROUP BY has one, with GROUP BY one for each group
    /// that has datapoints.
    pub series: Vec<InsightsSeries>,
    /// Whether metrics or series were left out.
    pub is_partial: bool,
    /// What is to be known about it.
    pub messages: Vec<Message>,
}

/// A series of a query.
#[derive(Debug, Clone, PartialEq)]
pub struct InsightsSeries {
    /// The values of its group, with spaces between; `None` without GROUP BY.
    pub label: Option<String>,
    /// The values of its group, in the order of GROUP BY.
    pub values: Vec<String>,
    /// Starts of periods with their values, ascending.
    pub points: Vec<(Timestamp, f64)>,
}

/// What was read so far, added up.
#[derive(Debug, Clone)]
pub struct Gathering<'a> {
    plan: &'a InsightsPlan,
    /// For each group the periods in turn.
    periods: Vec<Aggregate>,
    /// For each group all of it, when series are ordered by that.
    totals: Vec<Totals>,
    /// The period of the observations before, which mostly is that of the next or the one before it: its number, and
    /// the milliseconds that it covers.
    last: (usize, i64, i64),
    failures: BTreeSet<String>,
}

/// What a function needs to know of the observations in a period.
#[derive(Debug, Clone, Copy, Default)]
struct Aggregate {
    /// How many there are.
    count: f64,
    /// Their sum, least or greatest.
    value: f64,
}

/// All observations of a group.
#[derive(Debug, Clone, Copy)]
struct Totals {
    count: f64,
    sum: f64,
    min: f64,
    max: f64,
}

impl<'a> Gathering<'a> {
    pub(super) fn new(plan: &'a InsightsPlan) -> Self {
        let start = plan.start.millis();
        Gathering {
            plan,
            periods: vec![Aggregate::default(); plan.groups.len() * plan.periods],
            totals: match plan.query.order {
                Some(_) => {
                    vec![Totals { count: 0.0, sum: 0.0, min: f64::INFINITY, max: f64::NEG_INFINITY }; plan.groups.len()]
                }
                None => Vec::new(),
            },
            last: (0, start, start.saturating_add(plan.period_seconds.saturating_mul(1000)).min(plan.end.millis())),
            failures: BTreeSet::new(),
        }
    }

    /// Adds observations of the metric of one of [`InsightsPlan::reads`]. What is outside of the range is left out.
    ///
    /// # Panics
    /// When there is no such read.
    #[inline]
    pub fn add(&mut self, read: usize, time: Timestamp, cell: &Cell) {
        let Some(period) = self.period_of(time) else { return };
        let group = self.plan.group_of[read];
        let aggregate = &mut self.periods[group * self.plan.periods + period];
        let is_first = aggregate.count == 0.0;
        aggregate.count += cell.count();
        match self.plan.query.function {
            Function::Avg | Function::Sum => aggregate.value += cell.sum(),
            Function::Count => {}
            Function::Max if is_first => aggregate.value = cell.max(),
            Function::Max => aggregate.value = aggregate.value.max(cell.max()),
            Function::Min if is_first => aggregate.value = cell.min(),
            Function::Min => aggregate.value = aggregate.value.min(cell.min()),
        }
        if let Some(totals) = self.totals.get_mut(group) {
            totals.count += cell.count();
            totals.sum += cell.sum();
            totals.min = totals.min.min(cell.min());
            totals.max = totals.max.max(cell.max());
        }
    }

    /// Adds all that a read has answered, in all its units.
    ///
    /// # Panics
    /// When there is no such read.
    pub fn add_all(&mut self, read: usize, answer: &[UnitSeries]) {
        let points = answer.iter().flat_map(|series| &series.points);
        points.for_each(|point| self.add(read, point.time, &point.cell));
    }

    /// Notes that a read could not be answered: the series lack its metric.
    pub fn fail(&mut self, error: impl Into<String>) {
        if self.failures.len() < FAILURES_MAX {
            self.failures.insert(error.into());
        }
    }

    #[inline]
    fn period_of(&mut self, time: Timestamp) -> Option<usize> {
        let (number, start, end) = self.last;
        let time = time.millis();
        if (start..end).contains(&time) {
            return (number < self.plan.periods).then_some(number);
        }
        let length = self.plan.period_seconds.saturating_mul(1000);
        let number = match time.checked_sub(self.plan.start.millis())? {
            before if before < 0 || time >= self.plan.end.millis() => return None,
            _ if time >= end && time - end < length => number + 1,
            passed => usize::try_from(passed / length).ok()?,
        };
        if number >= self.plan.periods {
            return None;
        }
        let start = self.plan.start.millis() + number as i64 * length;
        self.last = (number, start, start.saturating_add(length).min(self.plan.end.millis()));
        Some(number)
    }

    /// The answer.
    pub fn finish(self) -> InsightsAnswer {
        let plan = self.plan;
        let is_grouped = !plan.query.group_by.is_empty();
        let mut groups: Vec<usize> = (0..plan.groups.len()).collect();
        if is_grouped {
            groups.retain(|group| self.periods_of(*group).iter().any(|period| period.count > 0.0));
        }
        if let Some(order) = plan.query.order {
            groups.sort_by(|one, other| order.compare(&self.totals[*one], &self.totals[*other]));
        }
        let most = plan.query.limit.unwrap_or(MAX_INSIGHTS_SERIES);
        let is_cut = plan.query.limit.is_none() && groups.len() > most;
        groups.truncate(most);
        let series = groups.into_iter().map(|group| {
            let values = values(&plan.groups[group]);
            InsightsSeries { label: is_grouped.then(|| values.join(" ")), values, points: self.points(group) }
        });
        InsightsAnswer {
            series: series.collect(),
            is_partial: plan.is_cut || is_cut || !self.failures.is_empty(),
            messages: self.messages(is_cut),
        }
    }

    fn periods_of(&self, group: usize) -> &[Aggregate] {
        &self.periods[group * self.plan.periods..][..self.plan.periods]
    }

    fn points(&self, group: usize) -> Vec<(Timestamp, f64)> {
        let value = |period: &Aggregate| match self.plan.query.function {
            Function::Avg => period.value / period.count,
            Function::Count => period.count,
            Function::Max | Function::Min | Function::Sum => period.value,
        };
        let time = |number: usize| self.plan.start.plus_seconds(number as i64 * self.plan.period_seconds);
        let periods = self.periods_of(group).iter().enumerate().filter(|(_, period)| period.count > 0.0);
        periods.map(|(number, period)| (time(number), value(period))).collect()
    }

    fn messages(&self, is_cut: bool) -> Vec<Message> {
        let message = |is_told: bool, code, value: String| is_told.then_some(Message { code, value });
        let told = [
            message(
                self.plan.is_cut,
                "MaxMetricsExceeded",
                format!(
                    "The query matches more than {MAX_INSIGHTS_METRICS} metrics, and aggregates the first of them."
                ),
            ),
            message(
                is_cut,
                "MaxSeriesExceeded",
                format!("The query has more than {MAX_INSIGHTS_SERIES} series, and answers the first of them."),
            ),
            message(
                self.plan.is_shortened,
                "RangeShortened",
                format!("The query is about the last {} hours.", MAX_INSIGHTS_AGE_SECONDS / 3600),
            ),
        ];
        let failures = self.failures.iter().map(|error| Message { code: "InternalError", value: error.clone() });
        told.into_iter().flatten().chain(failures).collect()
    }
}

impl Order {
    fn compare(self, one: &Totals, other: &Totals) -> std::cmp::Ordering {
        let of = |totals: &Totals| match self.function {
            Function::Avg => totals.sum / totals.count,
            Function::Count => totals.count,
            Function::Max => totals.max,
            Function::Min => totals.min,
            Function::Sum => totals.sum,
        };
        let order = of(one).total_cmp(&of(other));
        if self.is_descending { order.reverse() } else { order }
    }
}

fn values(group: &[Option<String>]) -> Vec<String> {
    group.iter().map(|value| value.as_deref().unwrap_or(OTHER).to_owned()).collect()
}
