//! Anomaly detectors: put, trained as the clock advances, described, asked for bands, deleted.

use std::sync::atomic::Ordering;

use http::StatusCode;
use serde_json::{Value, json};

use crate::support::{ACCOUNT, NOON, Server, claiming, json_request};

const HOUR: i64 = 3600;
const DAY: i64 = 24 * HOUR;

/// Stores a value for every five minutes of so many days before noon.
async fn store(server: &Server, name: &str, days: i64, value: impl Fn(i64) -> f64) {
    let times: Vec<_> = (0..days * 288).map(|at| NOON - days * DAY + at * 300).collect();
    for chunk in times.chunks(1000) {
        let datum = |time: &i64| json!({"MetricName": name, "Timestamp": time, "Value": value(*time), "Unit": "Count"});
        let data: Vec<_> = chunk.iter().map(datum).collect();
        server.ask("PutMetricData", &json!({"Namespace": "Shop", "MetricData": data})).await;
    }
}

/// Busy by day, quiet by night, and never quite the same.
fn daily(time: i64) -> f64 {
    let noise = ((time / 300 * 7919) % 101) as f64 / 50.0 - 1.0;
    if (8..20).contains(&(time % DAY / HOUR)) { 100.0 + noise } else { 20.0 + noise }
}

fn single(name: &str) -> Value {
    json!({"SingleMetricAnomalyDetector": {"Namespace": "Shop", "MetricName": name, "Stat": "Average"}})
}

/// An expression of a metric, with these ids.
fn math(metric: &str, expression: &str) -> Value {
    json!({"MetricMathAnomalyDetector": {"MetricDataQueries": [
        {"Id": metric, "ReturnData": false, "MetricStat": {
            "Metric": {"Namespace": "Shop", "MetricName": "Load"}, "Period": 300, "Stat": "Average"}},
        {"Id": expression, "Expression": format!("{metric} * 2"), "Label": "twice"},
    ]}})
}

async fn described(server: &Server, input: Value) -> Value {
    server.ask("DescribeAnomalyDetectors", &input).await["AnomalyDetectors"].clone()
}

async fn states(server: &Server) -> Vec<String> {
    let all = described(server, json!({"AnomalyDetectorTypes": ["SINGLE_METRIC", "METRIC_MATH"]})).await;
    all.as_array().unwrap().iter().map(|one| one["StateValue"].as_str().unwrap().to_owned()).collect()
}

/// A request for the band around a metric over the day before noon.
fn band(name: &str, period: i64) -> Value {
    let stat = json!({"Metric": {"Namespace": "Shop", "MetricName": name}, "Period": period, "Stat": "Average"});
    json!({
        "StartTime": NOON - DAY, "EndTime": NOON, "ScanBy": "TimestampAscending",
        "MetricDataQueries": [
            {"Id": "m", "MetricStat": stat, "ReturnData": false},
            {"Id": "band", "Expression": "ANOMALY_DETECTION_BAND(m, 2)"},
        ],
    })
}

/// Lower and upper bound at each period.
async fn bounds(server: &Server, request: &Value) -> Vec<(f64, f64)> {
    let answer = server.ask("GetMetricData", request).await;
    let values = |at: usize| {
        let values = answer["MetricDataResults"][at]["Values"].as_array().cloned().unwrap_or_default();
        values.into_iter().map(|value| value.as_f64().unwrap()).collect::<Vec<_>>()
    };
    values(0).into_iter().zip(values(1)).collect()
}

#[tokio::test]
async fn a_detector_is_trained_as_the_clock_advances() {
    let server = Server::start().await;
    assert_eq!(server.ask("PutAnomalyDetector", &single("Load")).await, json!({}));
    let expected = json!([{
        "Namespace": "Shop", "MetricName": "Load", "Dimensions": [], "Stat": "Average",
        "Configuration": {"ExcludedTimeRanges": []},
        "StateValue": "PENDING_TRAINING",
        "SingleMetricAnomalyDetector": {
            "AccountId": ACCOUNT, "Namespace": "Shop", "MetricName": "Load", "Dimensions": [], "Stat": "Average",
        },
    }]);
    assert_eq!(described(&server, json!({})).await, expected);
    server.advance("PT1M").await;
    assert_eq!(states(&server).await, ["TRAINED_INSUFFICIENT_DATA"]);
    store(&server, "Load", 3, daily).await;
    server.advance("PT59M").await;
    assert_eq!(states(&server).await, ["TRAINED_INSUFFICIENT_DATA"]);
    server.advance("PT1M").await;
    assert_eq!(states(&server).await, ["TRAINED"]);
    server.advance("P1D").await;
    assert_eq!(states(&server).await, ["TRAINED"]);
    server.ask("DeleteAnomalyDetector", &single("Load")).await;
    assert_eq!(described(&server, json!({})).await, json!([]));
    server.advance("P1D").await;
    let again = server.call("DeleteAnomalyDetector", &single("Load")).await;
    assert_eq!((again.status, again.error().0.as_str()), (StatusCode::NOT_FOUND, "ResourceNotFoundException"));
    assert_eq!(server.get("/health").await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_band_is_around_what_is_expected_with_a_detector_or_without() {
    let server = Server::start().await;
    store(&server, "Load", 3, daily).await;
    let without = bounds(&server, &band("Load", 300)).await;
    let inside = |(at, (lower, upper)): (usize, &(f64, f64))| {
        let value = daily(NOON - DAY + at as i64 * 300);
        assert!(upper - lower < 8.0, "{at}: {lower} to {upper}");
        *lower <= value && value <= *upper
    };
    assert_eq!(without.len(), 288);
    assert!(without.iter().enumerate().map(inside).filter(|is_in| *is_in).count() >= 270);
    assert_eq!(described(&server, json!({})).await, json!([]), "asking makes no detector");
    server.ask("PutAnomalyDetector", &single("Load")).await;
    server.advance("PT1M").await;
    assert_eq!(bounds(&server, &band("Load", 300)).await, without);
    let hourly = bounds(&server, &band("Load", 3600)).await;
    assert!(hourly.len() == 24 && hourly[0].0 > 90.0 && hourly[12].1 < 30.0, "{hourly:?}");
    server.advance("P1D").await;
    assert_eq!(bounds(&server, &band("Load", 3600)).await.len(), 24, "it has learnt hours too, and learns them again");
}

#[tokio::test]
async fn a_configuration_is_kept_and_replaced() {
    let server = Server::start().await;
    // The second of three days was an outage.
    let outage = |time: i64| if (NOON - 2 * DAY..NOON - DAY).contains(&time) { 0.0 } else { daily(time) };
    store(&server, "Load", 4, outage).await;
    let mut put = single("Load");
    put["Configuration"] = json!({
        "ExcludedTimeRanges": [{"StartTime": NOON - 2 * DAY, "EndTime": NOON - DAY}],
        "MetricTimezone": "Europe/Berlin",
    });
    put["MetricCharacteristics"] = json!({"PeriodicSpikes": false});
    server.ask("PutAnomalyDetector", &put).await;
    server.advance("PT1M").await;
    let found = described(&server, json!({})).await[0].clone();
    let excluded = json!([{"StartTime": (NOON - 2 * DAY) as f64, "EndTime": (NOON - DAY) as f64}]);
    let expected = json!({"ExcludedTimeRanges": excluded, "MetricTimezone": "Europe/Berlin"});
    assert_eq!((&found["Configuration"], &found["StateValue"]), (&expected, &json!("TRAINED")));
    assert_eq!(found["MetricCharacteristics"], json!({"PeriodicSpikes": false}));
    let narrow = bounds(&server, &band("Load", 300)).await;
    server.ask("PutAnomalyDetector", &single("Load")).await;
    let found = described(&server, json!({})).await[0].clone();
    assert_eq!(found["Configuration"], json!({"ExcludedTimeRanges": []}));
    assert_eq!((&found["StateValue"], found.get("MetricCharacteristics")), (&json!("PENDING_TRAINING"), None));
    server.advance("PT1M").await;
    let wide = bounds(&server, &band("Load", 300)).await;
    assert!(wide[0].1 - wide[0].0 > 2.0 * (narrow[0].1 - narrow[0].0), "{:?} {:?}", wide[0], narrow[0]);
}

#[tokio::test]
async fn too_little_data_makes_no_band_and_says_so() {
    let server = Server::start().await;
    store(&server, "Load", 1, daily).await;
    let answer = server.ask("GetMetricData", &band("Load", 300)).await;
    let text = "There is too little data for an anomaly detection model: 288 datapoints over 24 hours; at least 24 over 48 \
                hours are needed.";
    for (at, label) in ["Load (lower)", "Load (upper)"].into_iter().enumerate() {
        let expected = json!({
            "Id": "band", "Label": label, "Timestamps": [], "Values": [], "StatusCode": "Complete",
            "Messages": [{"Code": "InsufficientData", "Value": text}],
        });
        assert_eq!(answer["MetricDataResults"][at], expected);
    }
}

#[tokio::test]
async fn a_detector_of_an_expression_is_found_whatever_its_ids() {
    let server = Server::start().await;
    store(&server, "Load", 3, daily).await;
    let mut put = math("a", "b");
    put["Configuration"] = json!({"ExcludedTimeRanges": [{"StartTime": NOON - 2 * DAY, "EndTime": NOON}]});
    server.ask("PutAnomalyDetector", &put).await;
    server.advance("PT1M").await;
    assert_eq!(described(&server, json!({})).await, json!([]), "those of metrics are told unless it is said otherwise");
    let found = described(&server, json!({"AnomalyDetectorTypes": ["METRIC_MATH"]})).await;
    let queries = json!([
        {"Id": "a", "ReturnData": false, "MetricStat": {
            "Metric": {"Namespace": "Shop", "MetricName": "Load"}, "Period": 300, "Stat": "Average"}},
        {"Id": "b", "Expression": "a * 2", "ReturnData": true},
    ]);
    assert_eq!(found[0]["MetricMathAnomalyDetector"]["MetricDataQueries"], queries);
    assert_eq!(found[0]["StateValue"], "TRAINED_INSUFFICIENT_DATA");
    let around = |expression: &str| {
        let mut request = band("Load", 300);
        request["MetricDataQueries"][1] = json!({"Id": "twice", "Expression": expression, "ReturnData": false});
        let ad = json!({"Id": "band", "Expression": "ANOMALY_DETECTION_BAND(twice)"});
        request["MetricDataQueries"].as_array_mut().unwrap().push(ad);
        request
    };
    assert_eq!(bounds(&server, &around("m*2")).await, [], "the detector has too little data");
    let doubled = bounds(&server, &around("m * 2 + 0")).await;
    assert!(doubled.len() == 288 && doubled[0].0 > 190.0, "{:?}", doubled.first());
    server.ask("DeleteAnomalyDetector", &math("x", "y")).await;
    assert_eq!(bounds(&server, &around("m*2")).await.len(), 288);
}

#[tokio::test]
async fn what_is_wrong_is_told() {
    let server = Server::start().await;
    let with = |member: &str, value: Value| {
        let mut input = single("Load");
        input[member] = value;
        input
    };
    let range = |start: i64, end: i64| json!({"StartTime": start, "EndTime": end});
    let ranges = |count: i64| (0..count).map(|at| range(at, at + 1)).collect::<Vec<_>>();
    let excluded = |ranges: Vec<Value>| with("Configuration", json!({"ExcludedTimeRanges": ranges}));
    let zone = |name: &str| with("Configuration", json!({"MetricTimezone": name}));
    let member = |name: &str, value: &str| {
        let mut input = single("Load");
        input["SingleMetricAnomalyDetector"][name] = json!(value);
        input
    };
    let stat =
        |period: i64| json!({"Metric": {"Namespace": "Shop", "MetricName": "Load"}, "Period": period, "Stat": "Sum"});
    let of = |queries: Value| json!({"MetricMathAnomalyDetector": {"MetricDataQueries": queries}});
    let query = |id: &str, text: &str| json!({"Id": id, "Expression": text});
    let metric = |id: &str, period: i64| json!({"Id": id, "MetricStat": stat(period), "ReturnData": false});
    let cases = [
        (
            json!({}),
            "MissingParameter",
            "The parameter Namespace is required.\nThe parameter MetricName is required.\nThe parameter Stat is required.",
        ),
        (json!({"Namespace": "Shop", "MetricName": "Load"}), "MissingParameter", "The parameter Stat is required."),
        (
            json!({"SingleMetricAnomalyDetector": {"Namespace": "Shop"}}),
            "MissingParameter",
            "The parameter SingleMetricAnomalyDetector.MetricName is required.\nThe parameter SingleMetricAnomalyDetector.Stat is required.",
        ),
        (
            json!({"MetricMathAnomalyDetector": {}}),
            "MissingParameter",
            "The parameter MetricMathAnomalyDetector.MetricDataQueries is required.",
        ),
        (
            with("Namespace", json!("Shop")),
            "InvalidParameterCombination",
            "The parameters SingleMetricAnomalyDetector and Namespace are mutually exclusive and you have specified both.",
        ),
        (
            with("MetricMathAnomalyDetector", json!({})),
            "InvalidParameterCombination",
            "The parameters SingleMetricAnomalyDetector and MetricMathAnomalyDetector are mutually exclusive and you have specified both.",
        ),
        (
            member("Stat", "Median"),
            "InvalidParameterValue",
            "The value Median for parameter SingleMetricAnomalyDetector.Stat is not a valid statistic.",
        ),
        (
            member("Namespace", ":x"),
            "InvalidParameterValue",
            "The value :x for parameter SingleMetricAnomalyDetector.Namespace is invalid.",
        ),
        (
            member("AccountId", "123456789012"),
            "InvalidParameterValue",
            "The value 123456789012 for parameter SingleMetricAnomalyDetector.AccountId is invalid: no accounts are linked to 000000000000.",
        ),
        (
            excluded(ranges(11)),
            "InvalidParameterValue",
            "The collection Configuration.ExcludedTimeRanges must not have a size greater than 10.",
        ),
        (
            excluded(vec![range(5, 5)]),
            "InvalidParameterValue",
            "The parameter Configuration.ExcludedTimeRanges.member.1.EndTime must be greater than Configuration.ExcludedTimeRanges.member.1.StartTime.",
        ),
        (
            excluded(vec![json!({"EndTime": 5})]),
            "MissingParameter",
            "The parameter Configuration.ExcludedTimeRanges.member.1.StartTime is required.",
        ),
        (
            zone("Europe/Atlantis"),
            "InvalidParameterValue",
            "The value Europe/Atlantis for parameter Configuration.MetricTimezone is invalid: it is not in the tz database of this server.",
        ),
        (
            zone(&"x".repeat(51)),
            "InvalidParameterValue",
            "The parameter Configuration.MetricTimezone must be shorter than 51 characters.",
        ),
        (
            with("Configuration", json!({"AdaptationSpeed": "FAST"})),
            "InvalidParameterValue",
            "The value FAST for parameter Configuration.AdaptationSpeed is invalid: a speed cannot be chosen here.",
        ),
        (
            of(json!([metric("a", 60), {"Id": "b", "Expression": "a * 2", "ReturnData": false}])),
            "InvalidParameterValue",
            "Exactly one element of the metrics list should return data.",
        ),
        (
            of(json!([metric("a", 60), query("b", "SUM(METRICS())")])),
            "InvalidParameterValue",
            "Error in expression 'b': there is no anomaly detection of expressions with METRICS",
        ),
        (
            of(json!([metric("a", 7200), query("b", "a * 2")])),
            "InvalidParameterValue",
            "Error in expression 'b': its period of 7200 seconds is longer than the limit of 3600 for expressions",
        ),
        (
            of(json!([metric("a", 60), query("b", "a +")])),
            "InvalidParameterValue",
            "Error in expression 'b': unexpected end at character 4: expected an operand",
        ),
        (
            of(Value::from_iter((0..11).map(|at| metric(&format!("m{at}"), 60)))),
            "InvalidParameterValue",
            "The collection MetricMathAnomalyDetector.MetricDataQueries must not have a size greater than 10.",
        ),
    ];
    for (input, code, message) in cases {
        let answer = server.call("PutAnomalyDetector", &input).await;
        let (found, text) = answer.error();
        assert_eq!(found, code, "{input}: {text}");
        assert!(
            text == message
                || code == "InvalidParameterValue" && text.starts_with("Error in expression 'b': unexpected"),
            "{input}: {text}"
        );
    }
    for input in
        [excluded(ranges(10)), zone("Europe/Berlin"), zone("UTC"), of(json!([metric("a", 60), query("b", "a * 2")]))]
    {
        assert_eq!(server.ask("PutAnomalyDetector", &input).await, json!({}), "{input}");
    }
}

#[tokio::test]
async fn bands_that_have_no_model_are_refused() {
    let server = Server::start().await;
    let mut request = band("Load", 300);
    let around = |text: &str| format!("Error in expression 'band': ANOMALY_DETECTION_BAND cannot be around m: {text}");
    request["MetricDataQueries"][0] = json!({"Id": "m", "Expression": "SUM(SEARCH('{Shop}', 'Sum', 60))"});
    let said = server.call("GetMetricData", &request).await.error();
    let text = around("there is no anomaly detection of expressions with SEARCH");
    assert_eq!(said, ("ValidationError".to_owned(), text));
    let said = server.call("GetMetricData", &band("Load", 30)).await.error();
    assert_eq!(said.1, around("its period of 30 seconds is shorter than the limit of 60"));
}

#[tokio::test]
async fn an_account_has_500_detectors_in_a_region() {
    let server = Server::start().await;
    for number in 0..500 {
        server.ask("PutAnomalyDetector", &single(&format!("M{number:03}"))).await;
    }
    let refused = server.call("PutAnomalyDetector", &single("more")).await;
    let text = "The account 000000000000 has the limit of 500 anomaly detectors in us-east-1 already.";
    assert_eq!(refused.error(), ("LimitExceededException".to_owned(), text.to_owned()));
    server.ask("PutAnomalyDetector", &single("M007")).await;
    let elsewhere = claiming(json_request("PutAnomalyDetector", &single("more")), "123456789012", "eu-west-1");
    assert_eq!(server.send(elsewhere).await.status, StatusCode::OK);
    // All of them, by pages.
    let mut input = json!({"MaxResults": 99});
    let mut names = Vec::new();
    loop {
        let page = server.ask("DescribeAnomalyDetectors", &input).await;
        let detectors = page["AnomalyDetectors"].as_array().unwrap();
        names.extend(detectors.iter().map(|one| one["MetricName"].as_str().unwrap().to_owned()));
        match page.get("NextToken") {
            Some(token) => input["NextToken"] = token.clone(),
            None => break,
        }
    }
    assert_eq!(names, (0..500).map(|number| format!("M{number:03}")).collect::<Vec<_>>());
    let first = server.ask("DescribeAnomalyDetectors", &json!({})).await;
    assert_eq!(first["AnomalyDetectors"].as_array().unwrap().len(), 100);
    server.ask("DeleteAnomalyDetector", &single("M000")).await;
    server.ask("PutAnomalyDetector", &single("more")).await;
}

#[tokio::test]
async fn detectors_are_found_by_metric_and_type() {
    let server = Server::start().await;
    let flat = |namespace: &str, name: &str, queue: &str| {
        let dimensions = json!([{"Name": "Queue", "Value": queue}, {"Name": "Az", "Value": "a"}]);
        json!({"Namespace": namespace, "MetricName": name, "Dimensions": dimensions, "Stat": "p99"})
    };
    for input in [flat("Shop", "Depth", "x"), flat("Shop", "Age", "x"), flat("Bank", "Depth", "y"), math("a", "b")] {
        server.ask("PutAnomalyDetector", &input).await;
    }
    let queue = |value: &str| json!([{"Name": "Queue", "Value": value}]);
    let both = json!(["METRIC_MATH", "SINGLE_METRIC"]);
    let cases = [
        (json!({}), 3),
        (json!({"Namespace": "Shop"}), 2),
        (json!({"MetricName": "Depth"}), 2),
        (json!({"MetricName": "Depth", "Namespace": "Bank"}), 1),
        (json!({"Dimensions": queue("x")}), 2),
        (json!({"Dimensions": queue("z")}), 0),
        (json!({"AnomalyDetectorTypes": both}), 4),
        (json!({"AnomalyDetectorTypes": ["METRIC_MATH"]}), 1),
        (json!({"AnomalyDetectorTypes": []}), 3),
    ];
    for (input, count) in cases {
        let found = described(&server, input.clone()).await;
        assert_eq!(found.as_array().unwrap().len(), count, "{input}");
    }
    let cases = [
        (json!({"MaxResults": 0}), "InvalidParameterValue", "The parameter MaxResults must be between 1 and 100."),
        (json!({"MaxResults": 101}), "InvalidParameterValue", "The parameter MaxResults must be between 1 and 100."),
        (json!({"NextToken": "?"}), "InvalidNextToken", "Request parameter NextToken is invalid"),
        (
            json!({"AnomalyDetectorTypes": ["LOGS"]}),
            "InvalidParameterValue",
            "The parameter AnomalyDetectorTypes.member.1 must be a value in the set [ SINGLE_METRIC, METRIC_MATH ].",
        ),
        (
            json!({"AnomalyDetectorTypes": ["METRIC_MATH"], "Namespace": "Shop"}),
            "InvalidParameterCombination",
            "The parameters Namespace, MetricName and Dimensions are those of a metric and cannot be used with the type METRIC_MATH.",
        ),
        (
            json!({"Dimensions": [{"Name": "Queue"}]}),
            "MissingParameter",
            "The parameter Dimensions.member.1.Value is required.",
        ),
    ];
    for (input, code, message) in cases {
        let said = server.call("DescribeAnomalyDetectors", &input).await.error();
        assert_eq!(said, (code.to_owned(), message.to_owned()), "{input}");
    }
    assert_eq!(described(&server, json!({"MaxResults": 100})).await.as_array().unwrap().len(), 3);
}

#[tokio::test]
async fn what_cannot_be_read_is_tried_again() {
    let server = Server::start().await;
    store(&server, "Load", 3, daily).await;
    server.ask("PutAnomalyDetector", &single("Load")).await;
    server.store.fails_read.store(true, Ordering::Relaxed);
    server.advance("PT1M").await;
    assert_eq!(states(&server).await, ["PENDING_TRAINING"]);
    let health = server.get("/health").await;
    assert!(health.text().contains("could not be trained"), "{}", health.text());
    server.store.fails_read.store(false, Ordering::Relaxed);
    server.advance("PT59M").await;
    assert_eq!(states(&server).await, ["PENDING_TRAINING"]);
    server.advance("PT2M").await;
    assert_eq!(states(&server).await, ["TRAINED"]);
}

#[tokio::test]
async fn an_alarm_on_a_band_brings_its_detector() {
    let server = Server::start().await;
    store(&server, "Load", 3, daily).await;
    let stat = json!({"Metric": {"Namespace": "Shop", "MetricName": "Load"}, "Period": 60, "Stat": "Average"});
    let alarm = json!({
        "AlarmName": "load", "EvaluationPeriods": 1, "ThresholdMetricId": "band", "TreatMissingData": "ignore",
        "ComparisonOperator": "LessThanLowerOrGreaterThanUpperThreshold",
        "Metrics": [
            {"Id": "m", "MetricStat": stat, "ReturnData": true},
            {"Id": "band", "Expression": "ANOMALY_DETECTION_BAND(m, 3)", "ReturnData": true},
        ],
    });
    server.ask("PutMetricAlarm", &alarm).await;
    assert_eq!(states(&server).await, ["PENDING_TRAINING"]);
    let put = async |value: f64| {
        server
            .ask("PutMetricData", &json!({"Namespace": "Shop", "MetricData": [{"MetricName": "Load", "Value": value}]}))
            .await;
        server.advance("PT1M").await;
        let answer = server.ask("DescribeAlarms", &json!({"AlarmNames": ["load"]})).await;
        answer["MetricAlarms"][0]["StateValue"].as_str().unwrap().to_owned()
    };
    assert_eq!(put(100.0).await, "OK");
    assert_eq!(states(&server).await, ["TRAINED"]);
    assert_eq!(put(400.0).await, "ALARM");
    assert_eq!(put(101.0).await, "OK");
    assert_eq!(put(3.0).await, "ALARM");
    // Somebody deletes it: it comes again, and is trained a minute later.
    server.ask("DeleteAnomalyDetector", &single("Load")).await;
    assert_eq!(put(100.0).await, "ALARM", "there is nothing to compare with");
    assert_eq!(states(&server).await, ["PENDING_TRAINING"]);
    assert_eq!(put(100.0).await, "OK");
    let math = json!([
        {"Id": "m", "MetricStat": stat, "ReturnData": false},
        {"Id": "twice", "Expression": "m * 2"},
        {"Id": "band", "Expression": "ANOMALY_DETECTION_BAND(twice)"},
    ]);
    let mut alarm = alarm;
    (alarm["AlarmName"], alarm["Metrics"]) = (json!("twice"), math);
    server.ask("PutMetricAlarm", &alarm).await;
    let found = described(&server, json!({"AnomalyDetectorTypes": ["METRIC_MATH"]})).await;
    let queries = &found[0]["MetricMathAnomalyDetector"]["MetricDataQueries"];
    assert_eq!((&queries[0]["Expression"], &queries[0]["ReturnData"]), (&json!("q1 * 2"), &json!(true)));
    assert_eq!((&queries[1]["MetricStat"]["Period"], &queries[1]["ReturnData"]), (&json!(60), &json!(false)));
    assert_eq!(put(100.0).await, "OK");
    let found = described(&server, json!({"AnomalyDetectorTypes": ["METRIC_MATH"]})).await;
    assert_eq!(found[0]["StateValue"], "TRAINED");
    assert_eq!(server.get("/health").await.status, StatusCode::OK);
}
