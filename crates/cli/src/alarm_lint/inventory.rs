//! What is published.

use std::collections::{BTreeMap, BTreeSet};

use nepho_model::Metric;

/// What is published, as far as rules compare with it.
#[derive(Debug, Clone, Default)]
pub struct Inventory {
    /// The metrics that were listed.
    pub metrics: BTreeSet<Metric>,
    /// More of the metrics that alarms are on, as far as there is data.
    pub published: BTreeMap<Metric, Published>,
    /// The names of alarms that exist.
    pub alarms: BTreeSet<String>,
    /// The topics that alarms act on, by ARN, as far as they could be asked about.
    pub topics: BTreeMap<String, LiveTopic>,
}

/// A topic that was asked about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LiveTopic {
    /// There is none of this ARN.
    Absent,
    /// There is one.
    Present {
        /// How many subscriptions are confirmed.
        confirmed: u64,
        /// Its policy.
        policy: Option<String>,
    },
}

/// What the data of a metric is like.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Published {
    /// The units, by name.
    pub units: BTreeSet<String>,
    /// Whether there are percentiles of it, if that was asked.
    pub has_percentiles: Option<bool>,
    /// The seconds from each datapoint to the next, where they are always the same.
    pub interval_seconds: Option<i64>,
}

/// Datapoints from which on it can be told that they come at an interval.
const REGULAR_POINTS: usize = 6;

impl Published {
    /// The interval at which datapoints come that begin at so many seconds: none when it is not one, or there are too few
    /// to tell.
    pub fn interval(mut starts: Vec<i64>) -> Option<i64> {
        starts.sort_unstable();
        starts.dedup();
        let mut gaps = starts.windows(2).map(|pair| pair[1] - pair[0]);
        let first = gaps.next().filter(|_| starts.len() >= REGULAR_POINTS)?;
        gaps.all(|gap| gap == first).then_some(first)
    }
}

impl Inventory {
    /// Nothing at all.
    pub(super) const NOTHING: Inventory = Inventory {
        metrics: BTreeSet::new(),
        published: BTreeMap::new(),
        alarms: BTreeSet::new(),
        topics: BTreeMap::new(),
    };

    /// Metrics of a namespace.
    pub(super) fn of_namespace<'a>(&'a self, namespace: &'a str) -> impl Iterator<Item = &'a Metric> {
        self.metrics.iter().filter(move |metric| metric.key().namespace() == namespace)
    }

    /// Metrics of a namespace and a name.
    pub(super) fn of_name<'a>(&'a self, namespace: &'a str, name: &'a str) -> impl Iterator<Item = &'a Metric> {
        self.of_namespace(namespace).filter(move |metric| metric.key().name() == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_interval_is_always_the_same() {
        let every = |seconds: i64, count: i64| Published::interval((0..count).map(|at| at * seconds).rev().collect());
        assert_eq!((every(300, 6), every(300, 5), every(300, 0)), (Some(300), None, None));
        assert_eq!(Published::interval(vec![0, 300, 600, 900, 1200, 1800]), None);
    }
}
