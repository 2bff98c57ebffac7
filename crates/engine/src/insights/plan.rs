//! From a query and the metrics that were found to what has to be read.

use std::collections::HashMap;

use nepho_model::{Detail, MAX_AHEAD_SECONDS, Metric, MetricKey, Numbers, Read, Scope, Timestamp};

use super::gathering::Gathering;
use super::query::{InsightsQuery, Label};
use super::{MAX_INSIGHTS_AGE_SECONDS, MIN_INSIGHTS_PERIOD};
use crate::period::{Period, rounded_start};
use crate::tally::Tally;

/// The range that a query is asked over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InsightsRange {
    /// Its start, inclusive; periods begin where it is rounded to.
    pub start: Timestamp,
    /// Its end, exclusive.
    pub end: Timestamp,
    /// The length of a period; one below a minute is taken for a minute.
    pub period: Period,
    /// The time of the request.
    pub now: Timestamp,
}

/// A query, the metrics that it aggregates, and what has to be read of them.
#[derive(Debug, Clone, PartialEq)]
pub struct InsightsPlan {
    pub(super) query: InsightsQuery,
    reads: Vec<Read>,
    /// Which of the groups each read belongs to.
    pub(super) group_of: Vec<usize>,
    /// The labels of each group; `None` where a metric has no such dimension.
    pub(super) groups: Vec<Vec<Option<String>>>,
    /// Start of the first period.
    pub(super) start: Timestamp,
    /// End of the range, exclusive; the last period may go on behind it.
    pub(super) end: Timestamp,
    pub(super) period_seconds: i64,
    /// How many periods there are.
    pub(super) periods: usize,
    /// Whether more metrics match than were found.
    pub(super) is_cut: bool,
    /// Whether the range begins before what a query is about.
    pub(super) is_shortened: bool,
}

impl InsightsPlan {
    /// Plans the answer, with the metrics that [`InsightsQuery::search`] has found, at most
    /// [`MAX_INSIGHTS_METRICS`](super::MAX_INSIGHTS_METRICS) of them, and whether there are more.
    pub fn new(query: InsightsQuery, range: InsightsRange, scope: &Scope, found: Vec<Metric>, is_cut: bool) -> Self {
        let period_seconds = range.period.seconds().max(MIN_INSIGHTS_PERIOD);
        let (start, is_shortened) = first_period(range, period_seconds);
        let end = range.end.min(range.now.plus_seconds(MAX_AHEAD_SECONDS));
        let length = end.millis().saturating_sub(start.millis()).max(0);
        let periods = length.unsigned_abs().div_ceil(period_seconds.saturating_mul(1000).unsigned_abs()) as usize;
        let (groups, group_of) = groups(&query.group_by, scope, &found);
        let read = |metric| Read { metric, unit: None, start, end, period_seconds, detail: Detail::Numbers };
        let found = if periods > 0 { found } else { Vec::new() };
        let reads = found.into_iter().map(read).collect();
        InsightsPlan { query, reads, group_of, groups, start, end, period_seconds, periods, is_cut, is_shortened }
    }

    /// What has to be read.
    pub fn reads(&self) -> &[Read] {
        &self.reads
    }

    /// What has to be known of the cells that are read.
    pub fn numbers(&self) -> Numbers {
        let order = self.query.order.map_or(Numbers::default(), |order| Tally::numbers(order.function));
        Tally::numbers(self.query.function).and(order)
    }

    /// How many series there are, before those without data and those over the limit are left out.
    pub fn group_count(&self) -> usize {
        self.groups.len()
    }

    /// Takes in what was read.
    pub fn gathering(&self) -> Gathering<'_> {
        Gathering::new(self)
    }
}

/// Where the first period begins, and whether earlier ones are left out because they are too old.
fn first_period(range: InsightsRange, period_seconds: i64) -> (Timestamp, bool) {
    let start = rounded_start(range.start, range.period, range.now);
    let oldest = range.now.plus_seconds(-MAX_INSIGHTS_AGE_SECONDS);
    let too_old = oldest.seconds().saturating_sub(start.seconds());
    match too_old >= period_seconds {
        true => (Timestamp::from_seconds(oldest.seconds() - too_old % period_seconds), true),
        false => (start, false),
    }
}

/// The groups, in the order of their labels, and for each metric which of them it is in.
fn groups(labels: &[Label], scope: &Scope, metrics: &[Metric]) -> (Vec<Vec<Option<String>>>, Vec<usize>) {
    let mut known: HashMap<Vec<Option<&str>>, usize> = HashMap::new();
    let mut group_of = Vec::with_capacity(metrics.len());
    for metric in metrics {
        let key = labels.iter().map(|label| value_of(label, scope, metric.key())).collect();
        let next = known.len();
        group_of.push(*known.entry(key).or_insert(next));
    }
    let mut keys: Vec<_> = known.into_iter().collect();
    // What has no label comes last.
    keys.sort_unstable_by(|(one, _), (other, _)| {
        let order = |key: &Option<&str>| key.is_none();
        one.iter().map(|key| (order(key), *key)).cmp(other.iter().map(|key| (order(key), *key)))
    });
    let mut place = vec![0; keys.len()];
    keys.iter().enumerate().for_each(|(at, (_, number))| place[*number] = at);
    group_of.iter_mut().for_each(|group| *group = place[*group]);
    let owned = |key: Vec<Option<&str>>| key.into_iter().map(|value| value.map(str::to_owned)).collect();
    let mut groups: Vec<_> = keys.into_iter().map(|(key, _)| owned(key)).collect();
    if groups.is_empty() && labels.is_empty() {
        groups.push(Vec::new());
    }
    (groups, group_of)
}

fn value_of<'a>(label: &Label, scope: &'a Scope, key: MetricKey<'a>) -> Option<&'a str> {
    match label {
        Label::Account => Some(&scope.account),
        Label::Dimension(name) => key.dimensions().find(|(known, _)| known == name).map(|(_, value)| value),
    }
}
