//! From what was read to the series of a query.

use std::collections::BTreeSet;

use nepho_model::{Cell, Run, Timestamp, Unit, UnitSeries};

use super::plan::InsightsPlan;
use super::{MAX_INSIGHTS_AGE_SECONDS, MAX_INSIGHTS_METRICS, MAX_INSIGHTS_SERIES};
use crate::finish::Message;
use crate::tally::Tally;

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
    tally: Tally,
    /// For each group all of it, when series are ordered by that.
    totals: Option<Tally>,
    failures: BTreeSet<String>,
}

impl<'a> Gathering<'a> {
    pub(super) fn new(plan: &'a InsightsPlan) -> Self {
        let InsightsPlan { query, start, end, .. } = plan;
        let tally = |function, period_seconds| Tally::new(function, *start, *end, period_seconds, plan.groups.len());
        let length = (end.millis() - start.millis()).max(0) / 1000 + 1;
        Gathering {
            plan,
            tally: tally(query.function, plan.period_seconds),
            totals: query.order.map(|order| tally(order.function, length)),
            failures: BTreeSet::new(),
        }
    }

    /// Adds observations of the metric of one of [`InsightsPlan::reads`]. What is outside of the range is left out.
    ///
    /// # Panics
    /// When there is no such read, or a number is missing that [`InsightsPlan::numbers`] asks for.
    #[inline]
    pub fn add_run(&mut self, read: usize, run: &Run<'_>) {
        let group = self.plan.group_of[read];
        self.tally.add(group, run);
        if let Some(totals) = &mut self.totals {
            totals.add(group, run);
        }
    }

    /// The same for one cell.
    ///
    /// # Panics
    /// When there is no such read.
    pub fn add(&mut self, read: usize, time: Timestamp, cell: &Cell) {
        let [count, sum, min, max] = &[cell.count(), cell.sum(), cell.min(), cell.max()].map(|number| [number]);
        self.add_run(read, &Run { unit: Unit::None, start: time, slot_seconds: 1, slots: &[0], count, sum, min, max });
    }

    /// Adds all that a read has answered, in all its units.
    ///
    /// # Panics
    /// When there is no such read.
    pub fn add_all(&mut self, read: usize, answer: &[UnitSeries]) {
        let points = answer.iter().flat_map(|series| &series.points);
        points.for_each(|point| self.add(read, point.time, &point.cell));
    }

    /// Adds all that another gathering of the same plan was given.
    pub fn absorb(&mut self, other: &Gathering<'_>) {
        self.tally.absorb(&other.tally);
        if let (Some(totals), Some(others)) = (&mut self.totals, &other.totals) {
            totals.absorb(others);
        }
        self.failures.extend(other.failures.iter().cloned());
    }

    /// Notes that a read could not be answered: the series lack its metric.
    pub fn fail(&mut self, error: impl Into<String>) {
        if self.failures.len() < FAILURES_MAX {
            self.failures.insert(error.into());
        }
    }

    /// The answer.
    pub fn finish(self) -> InsightsAnswer {
        let plan = self.plan;
        let is_grouped = !plan.query.group_by.is_empty();
        let mut groups: Vec<usize> = (0..plan.groups.len()).collect();
        if is_grouped {
            groups.retain(|group| self.tally.points(*group).next().is_some());
        }
        if let (Some(order), Some(totals)) = (plan.query.order, &self.totals) {
            let total = |group| totals.points(group).next().map_or(f64::NAN, |(_, total)| total);
            let totals: Vec<f64> = (0..plan.groups.len()).map(total).collect();
            groups.sort_by(|one, other| {
                let ascending = totals[*one].total_cmp(&totals[*other]);
                if order.is_descending { ascending.reverse() } else { ascending }
            });
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

    fn points(&self, group: usize) -> Vec<(Timestamp, f64)> {
        let time = |number: usize| self.plan.start.plus_seconds(number as i64 * self.plan.period_seconds);
        self.tally.points(group).map(|(number, value)| (time(number), value)).collect()
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

fn values(group: &[Option<String>]) -> Vec<String> {
    group.iter().map(|value| value.as_deref().unwrap_or(OTHER).to_owned()).collect()
}
