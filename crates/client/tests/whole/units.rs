//! Units of work: documents and data that say exactly what was put, within the limits.

use std::collections::BTreeMap;

use nepho::sink::Capture;
use nepho::{Cause, Unit};
use nepho_model::Resolution;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::Value;

use crate::model::{Op, Worth, metric_name, worth};
use crate::{assert_same, balanced, builder, decoded, stepped, summed};

fn long(length: usize) -> String {
    "x".repeat(length)
}

fn metric_names() -> impl Strategy<Value = String> {
    let odd = ["", " ", "_aws", "a\nb", "a_b", "Größe 😀", "Method", "path", "\"q\\\"", "Service"].map(str::to_owned);
    let cut = [long(255), long(256), "é".repeat(256)];
    prop_oneof![
        6 => select(vec!["Latency", "Requests", "Size"]).prop_map(str::to_owned),
        1 => select([&odd[..], &cut].concat()),
    ]
}

fn dimension_names() -> impl Strategy<Value = String> {
    let odd = ["", "  ", ":x", "_x", "_aws", "Größe", "Gr__e", "Latency", "path", "a\tb"].map(str::to_owned);
    let cut = [long(250), long(251), long(300), "é".repeat(251)];
    prop_oneof![
        6 => select(vec!["Method", "Zone", "Service"]).prop_map(str::to_owned),
        1 => select([&odd[..], &cut].concat()),
    ]
}

fn dimension_values() -> impl Strategy<Value = String> {
    let odd = ["", "   ", " a ", "ä", "\t", "a\"b\\c", "~", "other", "\u{7f}"].map(str::to_owned);
    prop_oneof![
        6 => select(vec!["GET", "PUT", "a b"]).prop_map(str::to_owned),
        1 => select([&odd[..], &[long(1024), long(1025), "é".repeat(1025)]].concat()),
    ]
}

fn property_names() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => select(vec!["path", "attempt", "user"]).prop_map(str::to_owned),
        1 => select(vec!["", " ", "_aws", "Method", "Latency", "Größe\n"]).prop_map(str::to_owned),
    ]
}

fn numbers() -> impl Strategy<Value = f64> {
    prop_oneof![
        20 => (-400..400).prop_map(|quarters| f64::from(quarters) * 0.25),
        1 => select(vec![f64::NAN, f64::INFINITY, f64::NEG_INFINITY]),
    ]
}

fn op() -> impl Strategy<Value = Vec<Op>> {
    let units = || select(vec![Unit::Milliseconds, Unit::Count, Unit::None, Unit::Bytes]);
    let resolutions = || select(vec![Resolution::Minute, Resolution::Second]);
    let metric = |(name, value, unit, resolution)| Op::Metric(name, value, unit, resolution);
    let one = prop_oneof![
        8 => (metric_names(), numbers(), units(), resolutions()).prop_map(metric),
        5 => (dimension_names(), dimension_values()).prop_map(|(name, value)| Op::Dimension(name, value)),
        2 => prop::collection::vec(dimension_names(), 0..4).prop_map(Op::Set),
        2 => (property_names(), ".{0,10}").prop_map(|(name, text)| Op::Text(name, text)),
        1 => (property_names(), numbers()).prop_map(|(name, number)| Op::Number(name, number)),
        1 => (property_names(), any::<i64>()).prop_map(|(name, integer)| Op::Integer(name, integer)),
        1 => (property_names(), any::<bool>()).prop_map(|(name, is)| Op::Bool(name, is)),
    ];
    let many = |count: usize, of: fn(usize) -> Op| (0..count).map(of).collect::<Vec<_>>();
    const MINUTE: Resolution = Resolution::Minute;
    prop_oneof![
        30 => one.prop_map(|op| vec![op]),
        1 => select(vec![99, 100, 101, 250])
            .prop_map(move |count| many(count, |n| Op::Metric(format!("m{n}"), n as f64, Unit::Count, MINUTE))),
        1 => select(vec![99, 100, 101, 250])
            .prop_map(move |count| many(count, |n| Op::Metric("Latency".to_owned(), n as f64, Unit::Count, MINUTE))),
        1 => select(vec![29, 30, 31, 40])
            .prop_map(move |count| many(count, |n| Op::Dimension(format!("d{n}"), "v".to_owned()))),
        1 => select(vec![99, 100, 101]).prop_map(move |count| many(count, |n| {
            Op::Set(vec![format!("d{}", n % 29), format!("d{}", n / 29), format!("d{}", n / 4)])
        })),
    ]
}

fn ops() -> impl Strategy<Value = Vec<Op>> {
    prop::collection::vec(op(), 0..20).prop_map(|ops| ops.concat())
}

/// The members of a document that are neither metrics nor dimensions.
fn properties(text: &str, dimensions: &[String]) -> BTreeMap<String, Value> {
    let Value::Object(mut root) = serde_json::from_str(text).unwrap() else { panic!("an object") };
    let directive = root["_aws"]["CloudWatchMetrics"][0].clone();
    root.remove("_aws");
    for metric in directive["Metrics"].as_array().unwrap() {
        root.remove(metric["Name"].as_str().unwrap());
    }
    root.into_iter().filter(|(name, _)| !dimensions.contains(name)).collect()
}

fn check_counts(metrics: &nepho::Metrics, worth: &Worth, delivered: u64) {
    let accounting = balanced(metrics);
    assert_eq!(accounting.dropped(Cause::InvalidValue), worth.invalid_values);
    assert_eq!(accounting.dropped(Cause::InvalidName), worth.invalid_names);
    assert_eq!((accounting.delivered, accounting.buffered), (delivered, 0));
}

/// Fewer cases than usual: each is a client, and some are thousands of metrics.
fn config() -> ProptestConfig {
    let usual = ProptestConfig::default();
    ProptestConfig { cases: usual.cases / 4, ..usual }
}

proptest! {
    #![proptest_config(config())]

    /// Whatever is put, in whatever order: documents that a reader takes without a rejection, with exactly what was put.
    #[test]
    fn documents_are_what_was_put(units in prop::collection::vec(ops(), 1..4)) {
        let capture = Capture::documents();
        let (metrics, mut steps) = stepped(&capture);
        for ops in units {
            capture.clear();
            let before = metrics.accounting();
            {
                let mut work = metrics.unit_of_work();
                ops.iter().for_each(|op| op.apply(&mut work));
            }
            prop_assert!(steps.flush());
            let worth = worth(&ops, true);
            assert_same(decoded(&capture), worth.samples.clone());
            let after = balanced(&metrics);
            prop_assert_eq!(after.accepted - before.accepted, worth.calls);
            prop_assert_eq!(after.dropped(Cause::InvalidName) - before.dropped(Cause::InvalidName), worth.invalid_names);
            let values = after.dropped(Cause::InvalidValue) - before.dropped(Cause::InvalidValue);
            prop_assert_eq!(values, worth.invalid_values);
            for text in capture.texts() {
                prop_assert_eq!(&properties(&text, &worth.dimensions), &worth.properties, "{}", text);
            }
        }
    }

    /// And the same as data, each metric once for each set of dimensions.
    #[test]
    fn data_are_what_was_put(ops in ops()) {
        let capture = Capture::datums();
        let builder = builder().sink(capture.clone()).dimension("Service", "web");
        let (metrics, mut steps) = builder.series_max(60_000).series_per_metric_max(60_000).build_stepped();
        {
            let mut work = metrics.unit_of_work();
            ops.iter().for_each(|op| op.apply(&mut work));
        }
        prop_assert!(steps.flush());
        let worth = worth(&ops, false);
        assert_same(summed(&capture), worth.samples.clone());
        check_counts(&metrics, &worth, worth.samples.len() as u64);
    }
}

#[test]
fn the_model_knows_the_rules() {
    assert_eq!(metric_name("_aws").as_deref(), Some("_aws_"));
    assert_eq!(crate::model::dimension_name(":a\u{e4}"), "_a_");
}
