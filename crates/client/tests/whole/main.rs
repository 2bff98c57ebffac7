//! The client as an application has it, from a call to what a sink gets: every sample once, under its name, accounted
//! for.

#![expect(clippy::unwrap_used, reason = "a failed test should say where")]

mod accounts;
mod ends;
mod limits;
mod log;
mod model;
mod shared;
mod threads;
mod units;
mod watched;
mod worker;

use std::collections::BTreeMap;

use nepho::sink::Capture;
use nepho::{Accounting, Builder, Clock, ManualClock, Metrics, Steps, Timestamp};
use nepho_emf::{Decoder, Outcome};
use nepho_model::{Batch, Resolution, Unit};

const START: Timestamp = Timestamp::from_millis(1_767_225_600_000);

/// A builder on a clock that stands still, without metrics of the client's own.
fn builder() -> Builder {
    Metrics::builder("Shop").clock(Clock::Manual(ManualClock::at(START))).without_own_metrics()
}

/// A client with one default dimension, moved by the test, and what its sink gets.
fn stepped(capture: &Capture) -> (Metrics, Steps) {
    builder().sink(capture.clone()).dimension("Service", "web").build_stepped()
}

/// The account, which must balance.
#[track_caller]
fn balanced(metrics: &Metrics) -> Accounting {
    for (sink, accounting) in metrics.accounts() {
        let sum = accounting.delivered + accounting.dropped_total() + accounting.buffered;
        assert_eq!(accounting.accepted, sum, "{sink}: {accounting:?}");
    }
    metrics.accounting()
}

/// What is known of a metric: its identity in words, and its statistics.
#[derive(Debug, Clone, PartialEq)]
struct Sample {
    metric: String,
    unit: Unit,
    resolution: Resolution,
    count: f64,
    sum: f64,
    minimum: f64,
    maximum: f64,
}

/// A metric in words: namespace, name and dimensions in the order of their names.
fn metric<'a>(namespace: &str, name: &str, dimensions: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let mut dimensions: Vec<_> = dimensions.into_iter().map(|(name, value)| format!(" {name}={value}")).collect();
    dimensions.sort();
    format!("{namespace}/{name}{}", dimensions.concat())
}

/// The samples of documents, each of which must be one line of JSON that a reader takes as it is.
#[track_caller]
fn decoded(capture: &Capture) -> Vec<Sample> {
    let mut decoder = Decoder::default();
    let mut all = Vec::new();
    for text in capture.texts() {
        assert!(!text.contains(['\n', '\r']), "{text:?}");
        assert!(serde_json::from_str::<serde_json::Value>(&text).unwrap().is_object());
        let mut batch = Batch::default();
        let Outcome::Emf(extraction) = decoder.decode(text.as_bytes(), START, &mut batch) else {
            panic!("no EMF: {text}");
        };
        assert_eq!(extraction.rejections, [], "{text}");
        all.extend(batch.iter().map(|sample| Sample {
            metric: metric(sample.metric.namespace(), sample.metric.name(), sample.metric.dimensions()),
            unit: sample.unit,
            resolution: sample.resolution,
            count: sample.cell.count(),
            sum: sample.cell.sum(),
            minimum: sample.cell.min(),
            maximum: sample.cell.max(),
        }));
    }
    all
}

/// The samples of data of PutMetricData.
fn summed(capture: &Capture) -> Vec<Sample> {
    let data = capture.data();
    let samples = data.iter().map(|(namespace, datum)| {
        let dimensions = datum.metric.dimensions.iter().map(|(name, value)| (&**name, &**value));
        Sample {
            metric: metric(namespace, &datum.metric.name, dimensions),
            unit: datum.unit,
            resolution: datum.resolution,
            count: datum.statistics.count,
            sum: datum.statistics.sum,
            minimum: datum.statistics.minimum,
            maximum: datum.statistics.maximum,
        }
    });
    samples.collect()
}

/// Samples must be the same, with those of each metric put together.
#[track_caller]
fn assert_same(samples: Vec<Sample>, expected: Vec<Sample>) {
    let (samples, expected) = (merged(samples), merged(expected));
    for (metric, sample) in &samples {
        assert_eq!(Some(sample), expected.get(metric), "of {metric:?}");
    }
    for metric in expected.keys() {
        assert!(samples.contains_key(metric), "{metric:?} is missing");
    }
}

fn merged(samples: Vec<Sample>) -> BTreeMap<(String, u8, i64), Sample> {
    let mut merged: BTreeMap<_, Sample> = BTreeMap::new();
    for sample in samples {
        let key = (sample.metric.clone(), sample.unit.code(), sample.resolution.seconds());
        match merged.get_mut(&key) {
            Some(known) => {
                known.count += sample.count;
                known.sum += sample.sum;
                known.minimum = known.minimum.min(sample.minimum);
                known.maximum = known.maximum.max(sample.maximum);
            }
            None => drop(merged.insert(key, sample)),
        }
    }
    merged
}
