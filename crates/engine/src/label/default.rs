//! Default labels: the metric name, and whatever else tells the queries of the request apart.

use std::collections::{BTreeMap, HashSet};

use crate::query::MetricQuery;

/// The default label of each query, which depends on the other queries of the request: the metric name; in front of
/// it the values of the dimensions that are not the same for all, and before those the namespace if that differs;
/// after it the statistic, then the period, each if it differs.
pub fn default_labels(queries: &[MetricQuery]) -> Vec<String> {
    let namespaces_differ = differ(queries.iter().map(|query| query.metric.key().namespace()));
    let statistics_differ = differ(queries.iter().map(|query| query.statistic.as_str()));
    let periods_differ = differ(queries.iter().map(|query| query.period));
    let common = common_dimensions(queries);
    let label = |query: &MetricQuery| {
        let key = query.metric.key();
        let mut words: Vec<String> = Vec::new();
        if namespaces_differ {
            words.push(key.namespace().to_owned());
        }
        words.extend(key.dimensions().filter(|pair| !common.contains(pair)).map(|(_, value)| value.to_owned()));
        words.push(key.name().to_owned());
        if statistics_differ {
            words.push(query.statistic.to_string());
        }
        if periods_differ {
            words.push(query.period.seconds().to_string());
        }
        words.join(" ")
    };
    queries.iter().map(label).collect()
}

fn differ<T: PartialEq>(mut values: impl Iterator<Item = T>) -> bool {
    let first = values.next();
    values.any(|value| Some(value) != first)
}

/// The dimensions that every query has with the same value.
fn common_dimensions(queries: &[MetricQuery]) -> HashSet<(&str, &str)> {
    let mut counts: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for pair in queries.iter().flat_map(|query| query.metric.key().dimensions()) {
        *counts.entry(pair).or_default() += 1;
    }
    counts.into_iter().filter(|(_, count)| *count == queries.len()).map(|(pair, _)| pair).collect()
}
