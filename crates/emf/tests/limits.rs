//! Every limit, at it and one past it.

mod reference;

use std::collections::BTreeMap;

use nepho_emf::{
    Cause, Decoder, MAX_DEPTH, MAX_DOCUMENT_BYTES, MAX_KEY_BYTES, MAX_METRICS, MAX_SAMPLES, MAX_VALUES, Outcome,
};
use nepho_model::{
    Batch, MAX_DIMENSION_NAME, MAX_DIMENSION_VALUE, MAX_DIMENSIONS, MAX_METRIC_NAME, MAX_NAMESPACE, Timestamp,
};
use serde_json::{Map, Value, json};

const NOW: Timestamp = Timestamp::from_millis(1_767_225_600_000);

/// The number of samples and the causes, on which decoder and reference agree.
fn decoded(document: &str) -> (usize, BTreeMap<Cause, u64>) {
    let (mut decoder, mut batch) = (Decoder::default(), Batch::default());
    let decoded = reference::Decoded::of(&decoder.decode(document.as_bytes(), NOW, &mut batch), &batch);
    assert!(decoded == reference::decode(document.as_bytes(), NOW), "the reference differs");
    (decoded.samples.len(), decoded.causes)
}

#[track_caller]
fn check(document: &str, samples: usize, cause: Option<(Cause, u64)>) {
    assert_eq!(decoded(document), (samples, cause.into_iter().collect()));
}

/// A document with these directives and further members.
fn document(directives: &Value, members: Map<String, Value>) -> String {
    let mut root = members;
    root.insert("_aws".to_owned(), json!({"Timestamp": NOW.millis(), "CloudWatchMetrics": directives}));
    Value::Object(root).to_string()
}

fn directive(namespace: &str, dimensions: &Value, metrics: &[String]) -> Value {
    let metrics: Vec<_> = metrics.iter().map(|name| json!({"Name": name})).collect();
    json!({"Namespace": namespace, "Dimensions": dimensions, "Metrics": metrics})
}

fn names(prefix: &str, count: usize) -> Vec<String> {
    (0..count).map(|n| format!("{prefix}{n}")).collect()
}

fn members<'a>(names: impl IntoIterator<Item = &'a String>, value: &Value) -> Map<String, Value> {
    names.into_iter().map(|name| (name.clone(), value.clone())).collect()
}

/// One metric with this namespace, name, dimension and value.
fn one(namespace: &str, name: &str, dimension: (&str, &str), value: &Value) -> String {
    let directive = directive(namespace, &json!([[dimension.0]]), &[name.to_owned()]);
    let members = [(dimension.0.to_owned(), json!(dimension.1)), (name.to_owned(), value.clone())];
    document(&json!([directive]), members.into_iter().collect())
}

#[test]
fn bytes_of_a_document() {
    let document = one("Shop", "Orders", ("Service", "web"), &json!(1));
    let padded = |length: usize| document.clone() + &" ".repeat(length - document.len());
    check(&padded(MAX_DOCUMENT_BYTES), 1, None);
    check(&padded(MAX_DOCUMENT_BYTES + 1), 0, Some((Cause::DocumentTooLarge, 1)));
}

#[test]
fn depth() {
    let document = one("Shop", "Orders", ("Service", "web"), &json!(1));
    // The root is one level itself.
    let nested = |depth: usize| {
        let value = "[".repeat(depth - 1) + &"]".repeat(depth - 1);
        document.replacen('{', &format!("{{\"x\":{value},"), 1)
    };
    check(&nested(MAX_DEPTH), 1, None);
    check(&nested(MAX_DEPTH + 1), 0, Some((Cause::TooDeep, 1)));
    check(&nested(200_000), 0, Some((Cause::TooDeep, 1)));
    check(&"{\"a\":".repeat(100_000), 0, Some((Cause::TooDeep, 1)));
    // Inside `_aws`, with and without a template that is known.
    let inside = |depth: usize| {
        document.replacen(
            "\"Timestamp\"",
            &format!("\"x\":{}{},\"Timestamp\"", "[".repeat(depth - 2), "]".repeat(depth - 2)),
            1,
        )
    };
    check(&inside(MAX_DEPTH), 1, None);
    check(&inside(MAX_DEPTH + 1), 0, Some((Cause::TooDeep, 1)));
}

#[test]
fn metrics_of_a_directive() {
    let with = |count: usize| {
        let names = names("m", count);
        document(&json!([directive("Shop", &json!([[]]), &names)]), members(&names, &json!(1)))
    };
    check(&with(MAX_METRICS), MAX_METRICS, None);
    check(&with(MAX_METRICS + 1), 0, Some((Cause::TooManyMetrics, 1)));
}

#[test]
fn values_of_a_metric() {
    let with = |count: usize| one("Shop", "Orders", ("Service", "web"), &json!(vec![1; count]));
    check(&with(MAX_VALUES), 1, None);
    check(&with(MAX_VALUES + 1), 0, Some((Cause::TooManyValues, 1)));
    let with = |count: usize| {
        let distribution = json!({"Values": vec![1; count], "Counts": vec![2; count]});
        one("Shop", "Orders", ("Service", "web"), &distribution)
    };
    check(&with(MAX_VALUES), 1, None);
    check(&with(MAX_VALUES + 1), 0, Some((Cause::TooManyValues, 1)));
}

#[test]
fn dimensions_of_a_set() {
    let with = |count: usize| {
        let keys = names("d", count);
        let mut members = members(&keys, &json!("v"));
        members.insert("Orders".to_owned(), json!(1));
        document(&json!([directive("Shop", &json!([keys]), &["Orders".to_owned()])]), members)
    };
    check(&with(MAX_DIMENSIONS), 1, None);
    check(&with(MAX_DIMENSIONS + 1), 0, Some((Cause::TooManyDimensions, 1)));
}

/// The schema of the format lets namespaces and names have 1024 characters; the API does not.
#[test]
fn lengths_of_names() {
    let (fits, orders, web) = ("x".repeat(255), "Orders", ("Service", "web"));
    assert_eq!([MAX_NAMESPACE, MAX_METRIC_NAME, MAX_DIMENSION_NAME], [fits.len(); 3]);
    let long = "x".repeat(256);
    let value = "v".repeat(MAX_DIMENSION_VALUE + 1);
    check(&one(&fits, orders, web, &json!(1)), 1, None);
    check(&one(&long, orders, web, &json!(1)), 0, Some((Cause::Namespace, 1)));
    check(&one("Shop", &fits, web, &json!(1)), 1, None);
    check(&one("Shop", &long, web, &json!(1)), 0, Some((Cause::MetricName, 1)));
    check(&one("Shop", orders, (&fits, "web"), &json!(1)), 1, None);
    check(&one("Shop", orders, (&long, "web"), &json!(1)), 0, Some((Cause::DimensionName, 1)));
    check(&one("Shop", orders, ("Service", &value[1..]), &json!(1)), 1, None);
    check(&one("Shop", orders, ("Service", &value), &json!(1)), 0, Some((Cause::DimensionValue, 1)));
}

/// Dimension sets are not limited in number, so that a short document could ask for millions of samples.
#[test]
fn samples_of_a_document() {
    let metrics = names("m", MAX_METRICS);
    let keys = names("d", 7);
    // 2^7 subsets of 7 keys; 100 of them, with 100 metrics each, are the limit.
    let subset =
        |bits: usize| (0..7).filter(|bit| bits >> bit & 1 == 1).map(|bit| keys[bit].clone()).collect::<Vec<_>>();
    let sets: Vec<_> = (0..MAX_SAMPLES / MAX_METRICS).map(subset).collect();
    let full = directive("Shop", &json!(sets), &metrics);
    let one_more = directive("Other", &json!([[]]), &metrics[..1]);
    let members: Map<_, _> = members(&metrics, &json!(1)).into_iter().chain(members(&keys, &json!("v"))).collect();
    check(&document(&json!([full]), members.clone()), MAX_SAMPLES, None);
    check(&document(&json!([full, one_more]), members.clone()), MAX_SAMPLES, Some((Cause::TooManySamples, 1)));
    check(&document(&json!([one_more, full]), members), 1, Some((Cause::TooManySamples, 1)));
}

/// Thirty long dimension values, once in the document, stand in every key.
#[test]
fn key_bytes_of_a_document() {
    let metrics = names("m", MAX_METRICS);
    let keys = names("d", MAX_DIMENSIONS);
    let mut all = members(&keys, &json!("v".repeat(MAX_DIMENSION_VALUE)));
    all.extend(members(&metrics, &json!(1)));
    let directives =
        |count: usize| document(&json!(vec![directive("Shop", &json!([keys]), &metrics); count]), all.clone());
    let key_bytes = MAX_DIMENSIONS * (MAX_DIMENSION_VALUE + 2) + keys.concat().len();
    let fitting = MAX_KEY_BYTES / (MAX_METRICS * (key_bytes + "Shop".len() + 1) + metrics.concat().len());
    assert!(fitting < MAX_SAMPLES / MAX_METRICS);
    check(&directives(fitting), fitting * MAX_METRICS, None);
    check(&directives(fitting + 1), fitting * MAX_METRICS, Some((Cause::TooManySamples, 1)));
}

/// Long members that are asked for again and again are read once; it would take minutes otherwise.
#[test]
fn long_members_that_many_ask_for() {
    let metrics: Vec<_> = nepho_model::UNITS.iter().map(|(_, unit)| json!({"Name": "a", "Unit": unit})).collect();
    let directives = vec![json!({"Namespace": "Shop", "Dimensions": [[]], "Metrics": metrics}); 300];
    let asked = (300 * metrics.len()) as u64;
    let spaced = " ".repeat(500_000);
    let cases = [
        (format!("[1,{spaced}2]"), None),
        (format!("0.{}", "1".repeat(500_000)), None),
        (format!("{{\"Values\":[1,2],{spaced}\"Counts\":[1,2]}}"), None),
        (format!("[{}1]", "1,".repeat(250_000)), Some(Cause::TooManyValues)),
        (format!("{{\"Values\":[{}1]}}", "1,".repeat(250_000)), Some(Cause::TooManyValues)),
        (format!("\"{spaced}\""), Some(Cause::MetricNotNumeric)),
    ];
    for (member, cause) in cases {
        let document = document(&json!(directives), Map::new()).replacen('{', &format!("{{\"a\":{member},"), 1);
        let (mut decoder, mut batch) = (Decoder::default(), Batch::default());
        let decoded = reference::Decoded::of(&decoder.decode(document.as_bytes(), NOW, &mut batch), &batch);
        let expected: BTreeMap<_, _> = cause.map(|cause| (cause, asked)).into_iter().collect();
        assert_eq!((decoded.samples.len() as u64, decoded.causes), (if cause.is_none() { asked } else { 0 }, expected));
    }
}

/// The same for dimensions.
#[test]
fn long_dimension_values_that_many_ask_for() {
    let sets: Vec<_> = (0..5000).map(|n| json!(["long", format!("other{n}")])).collect();
    let directives = json!([directive("Shop", &json!(sets), &["a".to_owned()])]);
    for value in ["v".repeat(500_000), "\u{7f}".repeat(400_000), "\"".repeat(200_000)] {
        let document = document(&directives, members([&"long".to_owned()], &json!(value)));
        let (mut decoder, mut batch) = (Decoder::default(), Batch::default());
        let decoded = reference::Decoded::of(&decoder.decode(document.as_bytes(), NOW, &mut batch), &batch);
        assert_eq!(decoded.causes, [(Cause::DimensionValue, 5000)].into());
    }
}

/// More templates than the cache keeps, in turn, with one decoder.
#[test]
fn templates_that_are_forgotten() {
    let (mut decoder, mut batch) = (Decoder::default(), Batch::default());
    for round in 0..2 {
        for n in 0..3000 {
            let name = format!("Orders{n}{}", "x".repeat(200));
            let document = one("Shop", &name, ("Service", "web"), &json!(round));
            batch.clear();
            decoder.decode(document.as_bytes(), NOW, &mut batch);
            let sample = batch.iter().next().unwrap();
            assert_eq!((sample.metric.name(), sample.cell.sum()), (name.as_str(), f64::from(round)));
        }
    }
}

/// A detail quotes little of a document, however long its parts are.
#[test]
fn details_are_short() {
    let long = "ä".repeat(100_000);
    let documents = [
        one(&long, "Orders", ("Service", "web"), &json!(1)),
        one("Shop", &long, ("Service", "web"), &json!(1)),
        one("Shop", "Orders", (&long, "web"), &json!(1)),
        one("Shop", "Orders", ("Service", &long), &json!(1)),
        one("Shop", "Orders", ("Service", "web"), &json!(long)),
        one("Shop", "Orders", ("Service", "web"), &json!({"Values": long})),
        document(&json!(long), Map::new()),
        document(&json!([long, {"Namespace": "Shop", "Metrics": long}]), Map::new()),
    ];
    for document in documents {
        let (mut decoder, mut batch) = (Decoder::default(), Batch::default());
        let Outcome::Emf(extraction) = decoder.decode(document.as_bytes(), NOW, &mut batch) else { panic!("no EMF") };
        assert!(!extraction.rejections.is_empty());
        for rejection in extraction.rejections {
            assert!(rejection.detail.len() < 1000, "{} bytes", rejection.detail.len());
        }
    }
}
