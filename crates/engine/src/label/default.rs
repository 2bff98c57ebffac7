//! Default labels: the metric name, and whatever else tells the metrics of the request apart.

use std::collections::{BTreeMap, HashSet};

use crate::query::MetricStat;

/// The default label of each metric, which depends on the other metrics of the request: the metric name; in front of
/// it the values of the dimensions that are not the same for all, and before those the namespace if that differs;
/// after it the statistic, then the period, each if it differs.
pub fn default_labels(metrics: &[&MetricStat]) -> Vec<String> {
    let namespaces_differ = differ(metrics.iter().map(|stat| stat.metric.key().namespace()));
    let statistics_differ = differ(metrics.iter().map(|stat| stat.statistic.as_str()));
    let periods_differ = differ(metrics.iter().map(|stat| stat.period));
    let common = common_dimensions(metrics);
    let label = |stat: &&MetricStat| {
        let key = stat.metric.key();
        let mut words: Vec<String> = Vec::new();
        if namespaces_differ {
            words.push(key.namespace().to_owned());
        }
        words.extend(key.dimensions().filter(|pair| !common.contains(pair)).map(|(_, value)| value.to_owned()));
        words.push(key.name().to_owned());
        if statistics_differ {
            words.push(stat.statistic.to_string());
        }
        if periods_differ {
            words.push(stat.period.seconds().to_string());
        }
        words.join(" ")
    };
    metrics.iter().map(label).collect()
}

fn differ<T: PartialEq>(mut values: impl Iterator<Item = T>) -> bool {
    let first = values.next();
    values.any(|value| Some(value) != first)
}

/// The dimensions that every metric has with the same value.
fn common_dimensions<'a>(metrics: &[&'a MetricStat]) -> HashSet<(&'a str, &'a str)> {
    let mut counts: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for pair in metrics.iter().flat_map(|stat| stat.metric.key().dimensions()) {
        *counts.entry(pair).or_default() += 1;
    }
    counts.into_iter().filter(|(_, count)| *count == metrics.len()).map(|(pair, _)| pair).collect()
}
