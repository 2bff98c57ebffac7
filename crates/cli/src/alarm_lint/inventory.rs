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
}

/// What the data of a metric is like.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Published {
    /// The units, by name.
    pub units: BTreeSet<String>,
    /// Whether there are percentiles of it, if that was asked.
    pub has_percentiles: Option<bool>,
}

impl Inventory {
    /// Nothing at all.
    pub(super) const NOTHING: Inventory =
        Inventory { metrics: BTreeSet::new(), published: BTreeMap::new(), alarms: BTreeSet::new() };

    /// Metrics of a namespace.
    pub(super) fn of_namespace<'a>(&'a self, namespace: &'a str) -> impl Iterator<Item = &'a Metric> {
        self.metrics.iter().filter(move |metric| metric.key().namespace() == namespace)
    }

    /// Metrics of a namespace and a name.
    pub(super) fn of_name<'a>(&'a self, namespace: &'a str, name: &'a str) -> impl Iterator<Item = &'a Metric> {
        self.of_namespace(namespace).filter(move |metric| metric.key().name() == name)
    }
}
