//! A datum a line, in AWS's words. What `nepho tail --json` prints is read as well.

use std::io::BufRead;

use serde::Deserialize;
use serde_json::Value;

use super::{Defaults, Entry, FORMS, InputError, Numbered, Parts};
use crate::datum::{Amount, Statistics};
use crate::dimension::Dimension;

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "PascalCase")]
struct Line {
    namespace: Option<String>,
    metric_name: String,
    #[serde(default)]
    dimensions: Dimensions,
    timestamp: Option<Value>,
    unit: Option<String>,
    storage_resolution: Option<i32>,
    value: Option<f64>,
    #[serde(default)]
    values: Vec<f64>,
    #[serde(default)]
    counts: Vec<f64>,
    statistic_values: Option<StatisticValues>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "PascalCase")]
struct StatisticValues {
    sample_count: f64,
    sum: f64,
    minimum: f64,
    maximum: f64,
}

/// What the server says in its stream when samples came faster than they were read.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Dropped {
    dropped: u64,
}

/// AWS's list of names and values, or the same as an object.
#[derive(Deserialize)]
#[serde(untagged, expecting = "Dimensions are {\"Service\":\"web\"} or [{\"Name\":\"Service\",\"Value\":\"web\"}]")]
enum Dimensions {
    Map(std::collections::BTreeMap<String, String>),
    List(Vec<NameAndValue>),
}

impl Default for Dimensions {
    fn default() -> Self {
        Dimensions::List(Vec::new())
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "PascalCase")]
struct NameAndValue {
    name: String,
    value: String,
}

pub(super) fn read(
    mut input: impl BufRead,
    defaults: &Defaults,
    mut sink: impl FnMut(Entry) -> bool,
) -> Result<(), InputError> {
    let mut text = String::new();
    for line in 1.. {
        text.clear();
        let read = input.read_line(&mut text).map_err(|error| InputError::Read(format!("line {line}: {error}")))?;
        if read == 0 {
            break;
        }
        if text.trim().is_empty() {
            continue;
        }
        if !sink(entry(line, &text, defaults)?) {
            break;
        }
    }
    Ok(())
}

fn entry(line: u64, text: &str, defaults: &Defaults) -> Result<Entry, InputError> {
    if let Ok(Dropped { dropped }) = serde_json::from_str(text) {
        return Ok(Entry::Dropped(dropped));
    }
    let datum = parts(text).and_then(|parts| parts.datum(defaults)).map_err(|error| InputError::at(line, error))?;
    Ok(Entry::Datum(Numbered { line, datum }))
}

fn parts(text: &str) -> Result<Parts, String> {
    let line: Line = serde_json::from_str(text).map_err(|error| format!("{error}\n{FORMS}"))?;
    // The server's stream has both; PutMetricData takes one of them, and the values say more.
    let statistics = line.statistic_values.filter(|_| line.values.is_empty());
    let of =
        |set: StatisticValues| Statistics { count: set.sample_count, sum: set.sum, min: set.minimum, max: set.maximum };
    Ok(Parts {
        namespace: line.namespace,
        name: line.metric_name,
        dimensions: match line.dimensions {
            Dimensions::Map(map) => map.into_iter().map(|(name, value)| Dimension { name, value }).collect(),
            Dimensions::List(list) => {
                list.into_iter().map(|one| Dimension { name: one.name, value: one.value }).collect()
            }
        },
        unit: line.unit,
        time: line.timestamp.map(|time| match time {
            Value::String(text) => text,
            other => other.to_string(),
        }),
        resolution: line.storage_resolution,
        amount: Amount { value: line.value, values: line.values, counts: line.counts, statistics: statistics.map(of) },
    })
}
