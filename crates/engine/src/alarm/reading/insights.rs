//! A query of Metrics Insights.

use nepho_model::search::Search;
use nepho_model::{Metric, Scope, Timestamp};

use crate::alarm::contributor::Contributor;
use crate::alarm::observed::{Answer, ContributorSeries, Datum, Observed};
use crate::alarm::source::InsightsSource;
use crate::alarm::windows::Windows;
use crate::insights::{InsightsAnswer, InsightsPlan, InsightsRange, InsightsSeries};

/// What has to be read of the metrics that a query finds.
#[derive(Debug, Clone)]
pub struct InsightsReading<'a> {
    scope: &'a Scope,
    source: &'a InsightsSource,
    time: Timestamp,
    windows: Windows,
}

impl<'a> InsightsReading<'a> {
    pub(super) fn new(scope: &'a Scope, source: &'a InsightsSource, time: Timestamp, windows: Windows) -> Self {
        InsightsReading { scope, source, time, windows }
    }

    /// Which metrics have to be found.
    pub fn search(&self) -> Search {
        self.source.query.search()
    }

    /// What has to be read of the metrics that were found, at most
    /// [`MAX_INSIGHTS_METRICS`](crate::insights::MAX_INSIGHTS_METRICS) of them; and whether there are more.
    pub fn plan(&self, found: Vec<Metric>, is_cut: bool) -> InsightsPlan {
        let range = InsightsRange {
            start: self.windows.range_start(),
            end: self.windows.range_end(),
            period: self.source.period,
            now: self.time,
        };
        InsightsPlan::new(self.source.query.clone(), range, self.scope, found, is_cut)
    }

    /// What the evaluation sees, with the answer to the plan.
    pub fn observe(&self, answer: &InsightsAnswer) -> Observed {
        let labels = &self.source.query.group_by;
        let series = |series: &InsightsSeries| ContributorSeries {
            contributor: Contributor::new(labels, &series.values),
            data: self.data(series),
        };
        let found = match labels.is_empty() {
            true => {
                let missing = || vec![None; self.windows.len()];
                Answer::Series(answer.series.first().map_or_else(missing, |series| self.data(series)))
            }
            false => Answer::Contributors(answer.series.iter().map(series).collect()),
        };
        let windows = self.windows.clone();
        Observed { time: self.time, windows, answer: found, is_partial: answer.is_partial }
    }

    /// What the evaluation sees when the metrics cannot be looked up.
    pub fn failed(&self, reason: impl Into<String>) -> Observed {
        let answer = Answer::Failed { reason: reason.into(), is_transient: true };
        Observed { time: self.time, windows: self.windows.clone(), answer, is_partial: false }
    }

    fn data(&self, series: &InsightsSeries) -> Vec<Option<Datum>> {
        let mut data = vec![None; self.windows.len()];
        for (time, value) in &series.points {
            if let Some(window) = self.windows.position(*time) {
                data[window] = Some(Datum::of(value + 0.0));
            }
        }
        data
    }
}
