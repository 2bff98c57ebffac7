//! PutMetricData: which datums are taken, and in what words the others are refused.

use std::sync::atomic::Ordering;

use http::StatusCode;
use serde_json::{Value, json};

use crate::support::{NOON, Server, claiming, json_request};

/// A request with these datums.
fn input(datums: Value) -> Value {
    json!({"Namespace": "Shop", "MetricData": datums})
}

async fn check(server: &Server, input: &Value, code: &str, message: &str) {
    let answer = server.call("PutMetricData", input).await;
    let shown: String = input.to_string().chars().take(300).collect();
    assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{shown}: {}", answer.text());
    assert_eq!(answer.error(), (code.to_owned(), message.to_owned()), "{shown}");
}

#[tokio::test]
async fn what_is_wrong_is_said_in_the_words_of_aws() {
    let server = Server::start().await;
    let long = "x".repeat(256);
    let mutually_exclusive = |other: &str| {
        format!(
            "The parameters MetricData.member.1.Value and MetricData.member.1.{other} are mutually exclusive and you \
             have specified both."
        )
    };
    let (with_values, with_statistics) = (mutually_exclusive("Values"), mutually_exclusive("StatisticValues"));
    let set = json!({"SampleCount": 2, "Sum": 5, "Minimum": 1, "Maximum": 4});
    let datum = |changes: Value| {
        let mut datum = json!({"MetricName": "Orders", "Value": 1});
        for (member, value) in changes.as_object().unwrap() {
            match value {
                Value::Null => datum.as_object_mut().unwrap().remove(member),
                value => datum.as_object_mut().unwrap().insert(member.clone(), value.clone()),
            };
        }
        input(json!([datum]))
    };
    let statistics = |changes: Value| {
        let mut set = set.clone();
        for (member, value) in changes.as_object().unwrap() {
            match value {
                Value::Null => set.as_object_mut().unwrap().remove(member),
                value => set.as_object_mut().unwrap().insert(member.clone(), value.clone()),
            };
        }
        datum(json!({"Value": null, "StatisticValues": set}))
    };
    let dimension = |name: Value, value: Value| datum(json!({"Dimensions": [{"Name": name, "Value": value}]}));
    const COMBINATION: &str = "InvalidParameterCombination";
    const VALUE: &str = "InvalidParameterValue";
    const MISSING: &str = "MissingParameter";
    let cases: Vec<(Value, &str, &str)> = vec![
        (json!({"MetricData": [{"MetricName": "a", "Value": 1}]}), MISSING, "The parameter Namespace is required."),
        (json!({"Namespace": "Shop"}), MISSING, "The parameter MetricData is required."),
        (input(json!([])), MISSING, "The parameter MetricData is required."),
        (json!({}), MISSING, "The parameter Namespace is required.\nThe parameter MetricData is required."),
        (
            json!({"Namespace": "AWS/EC2", "MetricData": [{"MetricName": "a", "Value": 1}]}),
            VALUE,
            "The value AWS/ for parameter Namespace is invalid.",
        ),
        (
            json!({"Namespace": ":a", "MetricData": [{"MetricName": "a", "Value": 1}]}),
            VALUE,
            "The value :a for parameter Namespace is invalid.",
        ),
        (
            json!({"Namespace": long, "MetricData": [{"MetricName": "a", "Value": 1}]}),
            VALUE,
            "The parameter Namespace must be shorter than 256 characters.",
        ),
        (datum(json!({"MetricName": null})), MISSING, "The parameter MetricData.member.1.MetricName is required."),
        (
            datum(json!({"MetricName": ""})),
            VALUE,
            "The parameter MetricData.member.1.MetricName must be longer than 0 characters.",
        ),
        (
            datum(json!({"MetricName": long})),
            VALUE,
            "The parameter MetricData.member.1.MetricName must be shorter than 256 characters.",
        ),
        (datum(json!({"Values": [1]})), COMBINATION, &with_values),
        (datum(json!({"StatisticValues": set})), COMBINATION, &with_statistics),
        (
            datum(json!({"Value": null, "Values": [1, 2], "Counts": [1]})),
            VALUE,
            "The parameters MetricData.member.1.Values and MetricData.member.1.Counts must be of the same size.",
        ),
        (
            datum(json!({"Counts": [1]})),
            VALUE,
            "The parameters MetricData.member.1.Values and MetricData.member.1.Counts must be of the same size.",
        ),
        (
            datum(json!({"Value": null})),
            MISSING,
            "At least one of the parameters MetricData.member.1.Value or MetricData.member.1.StatisticValues must be \
             specified.",
        ),
        (datum(json!({"Value": "NaN"})), VALUE, "The value NaN for parameter MetricData.member.1.Value is invalid."),
        (datum(json!({"Value": "Infinity"})), VALUE, "The value ∞ for parameter MetricData.member.1.Value is invalid."),
        (
            datum(json!({"Value": "-Infinity"})),
            VALUE,
            "The value -∞ for parameter MetricData.member.1.Value is invalid.",
        ),
        (datum(json!({"Value": 1e300})), VALUE, "The value 1E300 for parameter MetricData.member.1.Value is invalid."),
        (
            datum(json!({"Value": null, "Values": [1, "NaN"]})),
            VALUE,
            "The value NaN for parameter MetricData.member.1.Values.member.2 is invalid.",
        ),
        (
            datum(json!({"Value": null, "Values": [1, 2], "Counts": [1, 0]})),
            VALUE,
            "The parameter MetricData.member.1.Counts.member.2 must be greater than 0.",
        ),
        (
            statistics(json!({"Minimum": 5})),
            VALUE,
            "The parameter MetricData.member.1.StatisticValues.Maximum must be greater than \
             MetricData.member.1.StatisticValues.Minimum.",
        ),
        (
            statistics(json!({"SampleCount": 0})),
            VALUE,
            "The parameter MetricData.member.1.StatisticValues.SampleCount must be greater than 0.",
        ),
        (
            statistics(json!({"Sum": null})),
            MISSING,
            "The parameter MetricData.member.1.StatisticValues.Sum is required.",
        ),
        (
            statistics(json!({"Sum": "NaN"})),
            VALUE,
            "The value NaN for parameter MetricData.member.1.StatisticValues.Sum is invalid.",
        ),
        (
            datum(json!({"StorageResolution": 5})),
            VALUE,
            "The parameter MetricData.member.1.StorageResolution must be a value in the set [ 1, 60 ].",
        ),
        (
            datum(json!({"Timestamp": NOON - 14 * 86_400 - 1})),
            VALUE,
            "The parameter MetricData.member.1.Timestamp must specify a time within the past two weeks.",
        ),
        (
            datum(json!({"Timestamp": NOON + 7201})),
            VALUE,
            "The parameter MetricData.member.1.Timestamp must specify a time no more than two hours in the future.",
        ),
        (
            dimension(json!("a"), json!(null)),
            MISSING,
            "The parameter MetricData.member.1.Dimensions.member.1.Value is required.",
        ),
        (
            dimension(json!(":a"), json!("b")),
            VALUE,
            "The value :a for parameter MetricData.member.1.Dimensions.member.1.Name is invalid.",
        ),
        (
            dimension(json!("a"), json!("naïve")),
            VALUE,
            "The parameter MetricData.member.1.Dimensions.member.1.Value contains non-ASCII characters.",
        ),
        (
            dimension(json!("a"), json!("x".repeat(1025))),
            VALUE,
            "The parameter MetricData.member.1.Dimensions.member.1.Value must be shorter than 1025 characters.",
        ),
        (
            datum(json!({"Dimensions": [{"Name": "a", "Value": "1"}, {"Name": "a", "Value": "2"}]})),
            VALUE,
            "The parameter MetricData.member.1.Dimensions has the name a more than once.",
        ),
        (
            input(json!([{"MetricName": "a", "Value": "NaN"}, {"MetricName": "b", "Value": 1}, {"MetricName": "c"}])),
            VALUE,
            "The value NaN for parameter MetricData.member.1.Value is invalid.\nAt least one of the parameters \
             MetricData.member.3.Value or MetricData.member.3.StatisticValues must be specified.",
        ),
    ];
    for (input, code, message) in &cases {
        check(&server, input, code, message).await;
    }
    let units = server.call("PutMetricData", &datum(json!({"Unit": "Parsecs"}))).await.error().1;
    assert!(units.starts_with("The parameter MetricData.member.1.Unit must be a value in the set [ Seconds, "));
    // Nothing of a refused request is stored, and everything is accounted for.
    assert_eq!(server.figure("nepho_metrics").await, 0.0);
    let received = server.figure("nepho_received_items_total{intake=\"PutMetricData\"}").await;
    let rejected = server.get("/metrics").await.text();
    let rejected =
        rejected.lines().filter(|line| line.starts_with("nepho_rejected_items_total{intake=\"PutMetricData\""));
    let rejected: f64 = rejected.map(|line| line.rsplit(' ').next().unwrap().parse::<f64>().unwrap()).sum();
    assert!(received > 30.0 && received == rejected, "{received} {rejected}");
}

#[tokio::test]
async fn every_form_of_a_datum_is_taken() {
    let server = Server::start().await;
    let set = json!({"SampleCount": 10, "Sum": 100, "Minimum": 1, "Maximum": 40});
    let cases = [
        (json!({"Value": 2.5}), [1.0, 2.5, 2.5, 2.5]),
        (json!({"Value": -1e-3}), [1.0, -1e-3, -1e-3, -1e-3]),
        (json!({"Value": 0, "Timestamp": NOON - 14 * 86_400}), [0.0; 4]),
        (json!({"Value": 1, "Timestamp": NOON + 7200}), [0.0; 4]),
        (json!({"Values": [1, 2, 30]}), [3.0, 33.0, 1.0, 30.0]),
        (json!({"Values": [1, 30], "Counts": [2.5, 1]}), [3.5, 32.5, 1.0, 30.0]),
        (json!({"StatisticValues": set}), [10.0, 100.0, 1.0, 40.0]),
        (json!({"StatisticValues": set, "Values": [2, 30], "Counts": [6, 4]}), [10.0, 100.0, 1.0, 40.0]),
        (json!({"Value": 7, "Values": [], "StorageResolution": 1, "Unit": "Count/Second"}), [1.0, 7.0, 7.0, 7.0]),
    ];
    for (position, (datum, [count, sum, min, max])) in cases.into_iter().enumerate() {
        let name = format!("Metric{position}");
        let mut datum = datum;
        datum["MetricName"] = json!(name);
        server.ask("PutMetricData", &input(json!([datum]))).await;
        let read = json!({
            "Namespace": "Shop", "MetricName": name, "StartTime": NOON, "EndTime": NOON + 60, "Period": 60,
            "Statistics": ["SampleCount", "Sum", "Minimum", "Maximum"],
        });
        let datapoints = server.ask("GetMetricStatistics", &read).await["Datapoints"].clone();
        if datum.get("Timestamp").is_some() {
            assert_eq!(datapoints, json!([]), "{datum}");
            continue;
        }
        let found = ["SampleCount", "Sum", "Minimum", "Maximum"].map(|name| datapoints[0][name].as_f64().unwrap());
        assert_eq!(found, [count, sum, min, max], "{datum}");
    }
}

#[tokio::test]
async fn limits_hold_at_the_limit_and_one_past_it() {
    let server = Server::start().await;
    let datums = |count: usize| {
        let datum = |n: usize| json!({"MetricName": format!("M{n}"), "Value": n});
        input((0..count).map(datum).collect())
    };
    let values = |count: usize| {
        let values: Vec<_> = (0..count).collect();
        input(json!([{"MetricName": "M", "Values": values}]))
    };
    let repeated = input(json!([{"MetricName": "M", "Values": vec![7; 500]}]));
    let dimensions = |count: usize| {
        let dimension = |n: usize| json!({"Name": format!("D{n}"), "Value": "v"});
        let dimensions: Vec<_> = (0..count).map(dimension).collect();
        input(json!([{"MetricName": "M", "Value": 1, "Dimensions": dimensions}]))
    };
    for legal in [datums(1000), values(150), repeated, dimensions(30)] {
        server.ask("PutMetricData", &legal).await;
    }
    let collection =
        |name: &str, limit: usize| format!("The collection {name} must not have a size greater than {limit}.");
    check(&server, &datums(1001), "InvalidParameterValue", &collection("MetricData", 1000)).await;
    check(&server, &values(151), "InvalidParameterValue", &collection("MetricData.member.1.Values", 150)).await;
    check(&server, &dimensions(31), "InvalidParameterValue", &collection("Dimensions", 30)).await;
}

#[tokio::test]
async fn an_invalid_entity_refuses_the_request_only_when_it_is_to() {
    let server = Server::start().await;
    let input = |keys: Value, is_strict: bool| {
        json!({
            "Namespace": "Shop", "StrictEntityValidation": is_strict,
            "EntityMetricData": [
                {"Entity": {"KeyAttributes": keys}, "MetricData": [{"MetricName": "Orders", "Value": 1}]},
            ],
        })
    };
    let good = json!({"Type": "Service", "Name": "shop", "Environment": "live"});
    let bad = json!({"Type": "Shop", "Name": "shop"});
    for (keys, failure) in [(&good, ""), (&bad, "InvalidTypeValue")] {
        let answer = server.call("PutMetricData", &input(keys.clone(), false)).await;
        assert_eq!((answer.status, answer.header("x-amzn-failure-message")), (StatusCode::OK, failure));
    }
    server.ask("PutMetricData", &input(good, true)).await;
    assert_eq!(server.sum("Shop", "Orders", &[]).await, Some(3.0));
    let message = "The parameter EntityMetricData.member.1.Entity is invalid: InvalidTypeValue.";
    check(&server, &input(bad, true), "InvalidParameterValue", message).await;
    let entity = json!({"MetricData": [{"MetricName": "Orders"}]});
    let input = json!({"Namespace": "Shop", "EntityMetricData": [entity, entity]});
    let at_least = "At least one of the parameters EntityMetricData.member.1.MetricData.member.1.Value or";
    let answer = server.call("PutMetricData", &input).await.error().1;
    assert!(answer.starts_with(at_least), "{answer}");
    let input = json!({"Namespace": "Shop", "EntityMetricData": [entity, entity, entity]});
    let message = "The collection EntityMetricData must not have a size greater than 2.";
    check(&server, &input, "InvalidParameterValue", message).await;
}

#[tokio::test]
async fn one_scope_never_sees_another() {
    let server = Server::start().await;
    let put = input(json!([{"MetricName": "Orders", "Value": 1}]));
    let put = || json_request("PutMetricData", &put);
    for (key, region, times) in
        [("111111111111", "eu-west-1", 1), ("111111111111", "us-east-1", 2), ("AKIA", "us-east-1", 3)]
    {
        for _ in 0..times {
            assert_eq!(server.send(claiming(put(), key, region)).await.status, StatusCode::OK);
        }
    }
    let read = json!({
        "Namespace": "Shop", "MetricName": "Orders", "Statistics": ["Sum"], "Period": 60,
        "StartTime": NOON, "EndTime": NOON + 60,
    });
    let cases = [
        ("111111111111", "eu-west-1", json!(1.0)),
        ("111111111111", "us-east-1", json!(2.0)),
        ("000000000000", "us-east-1", json!(3.0)),
        ("222222222222", "us-east-1", json!(null)),
    ];
    for (key, region, expected) in cases {
        let answer = server.send(claiming(json_request("GetMetricStatistics", &read), key, region)).await;
        assert_eq!(answer.json()["Datapoints"][0]["Sum"], expected, "{key} {region}");
    }
    // Without any scope it is the default one's.
    assert_eq!(server.sum("Shop", "Orders", &[]).await, Some(3.0));
    let nowhere = server.send(claiming(put(), "AKIA", "US/EAST")).await;
    assert_eq!(nowhere.error().1, "Credential should be scoped to a valid region.");
}

#[tokio::test]
async fn what_cannot_be_stored_is_refused_and_counted() {
    let server = Server::start().await;
    server.store.fails_append.store(true, Ordering::Relaxed);
    let put = input(json!([{"MetricName": "Orders", "Value": 1}, {"MetricName": "Errors", "Value": 1}]));
    let answer = server.call("PutMetricData", &put).await;
    assert_eq!(answer.status, StatusCode::INTERNAL_SERVER_ERROR);
    let (code, message) = answer.error();
    assert_eq!(code, "InternalServiceError");
    assert!(!message.contains("journal"), "the cause is for the log: {message}");
    assert_eq!(server.figure("nepho_stored_items_total{intake=\"PutMetricData\"}").await, 0.0);
    let rejected = "nepho_rejected_items_total{intake=\"PutMetricData\",cause=\"store\"}";
    assert_eq!(server.figure(rejected).await, 2.0);
    let health = server.get("/health").await;
    assert_eq!(health.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(health.text().contains("/store/journal"), "{}", health.text());
}
