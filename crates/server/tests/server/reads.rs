//! GetMetricStatistics, GetMetricData and ListMetrics.

use std::sync::atomic::Ordering;

use http::StatusCode;
use serde_json::{Value, json};

use crate::support::{ACCOUNT, NOON, Server};

async fn put(server: &Server, datums: Value) {
    server.ask("PutMetricData", &json!({"Namespace": "Shop", "MetricData": datums})).await;
}

fn changed(mut input: Value, changes: &Value) -> Value {
    for (member, value) in changes.as_object().unwrap() {
        match value {
            Value::Null => input.as_object_mut().unwrap().remove(member),
            value => input.as_object_mut().unwrap().insert(member.clone(), value.clone()),
        };
    }
    input
}

#[tokio::test]
async fn get_metric_statistics_answers_by_period_and_unit() {
    let server = Server::start().await;
    put(
        &server,
        json!([
            {"MetricName": "Latency", "Values": [10, 20, 30], "Unit": "Milliseconds"},
            {"MetricName": "Latency", "Value": 1, "Unit": "Seconds"},
            {"MetricName": "Latency", "Value": 50, "Unit": "Milliseconds", "Timestamp": NOON - 60},
        ]),
    )
    .await;
    let read = json!({
        "Namespace": "Shop", "MetricName": "Latency", "StartTime": NOON - 60, "EndTime": NOON + 60, "Period": 60,
        "Statistics": ["Sum", "Average"], "ExtendedStatistics": ["p50"],
    });
    let answer = server.ask("GetMetricStatistics", &read).await;
    let point = |time: i64, unit: &str, sum: f64, average: f64, p50: f64| {
        json!({"Timestamp": time as f64, "Unit": unit, "Sum": sum, "Average": average,
               "ExtendedStatistics": {"p50": p50}})
    };
    let expected = json!([
        point(NOON - 60, "Milliseconds", 50.0, 50.0, 50.0),
        point(NOON, "Milliseconds", 60.0, 20.0, 20.0),
        point(NOON, "Seconds", 1.0, 1.0, 1.0),
    ]);
    assert_eq!(answer, json!({"Label": "Latency", "Datapoints": expected}));
    let unit = changed(read.clone(), &json!({"Unit": "Seconds"}));
    assert_eq!(server.ask("GetMetricStatistics", &unit).await["Datapoints"].as_array().unwrap().len(), 1);
    let unknown = changed(read, &json!({"MetricName": "Latenci"}));
    assert_eq!(server.ask("GetMetricStatistics", &unknown).await, json!({"Label": "Latenci", "Datapoints": []}));
}

#[tokio::test]
async fn get_metric_statistics_refuses_in_the_words_of_aws() {
    let server = Server::start().await;
    let read = json!({
        "Namespace": "Shop", "MetricName": "Latency", "StartTime": NOON, "EndTime": NOON + 60, "Period": 60,
        "Statistics": ["Sum"],
    });
    const COMBINATION: &str = "InvalidParameterCombination";
    const VALUE: &str = "InvalidParameterValue";
    const MISSING: &str = "MissingParameter";
    let cases = [
        (json!({"Namespace": null}), MISSING, "The parameter Namespace is required."),
        (json!({"MetricName": null}), MISSING, "The parameter MetricName is required."),
        (json!({"StartTime": null}), MISSING, "The parameter StartTime is required."),
        (json!({"EndTime": null}), MISSING, "The parameter EndTime is required."),
        (json!({"Period": null}), MISSING, "The parameter Period is required."),
        (json!({"Period": 0}), VALUE, "The parameter Period must be greater than 0."),
        (json!({"Period": 61}), VALUE, "The parameter Period must be 1, 5, 10, 20, 30 or a multiple of 60."),
        (json!({"EndTime": NOON}), VALUE, "The parameter StartTime must be less than the parameter EndTime."),
        (
            json!({"EndTime": NOON + 86_400, "Period": 1}),
            COMBINATION,
            "You have requested up to 86400 datapoints, which exceeds the limit of 1440. You may reduce the \
             datapoints requested by increasing Period, or decreasing the time range.",
        ),
        (json!({"Statistics": null}), COMBINATION, "Must specify either Statistics or ExtendedStatistics"),
        (
            json!({"Namespace": null, "Period": null, "Statistics": null}),
            MISSING,
            "The parameter Namespace is required.\nThe parameter Period is required.",
        ),
        (
            json!({"Statistics": ["Sum", "p99"]}),
            VALUE,
            "The parameter Statistics.member.2 must be a value in the set [ Minimum, Maximum, Average, SampleCount, \
             Sum ].",
        ),
        (
            json!({"ExtendedStatistics": ["Sum"]}),
            VALUE,
            "The value Sum for parameter ExtendedStatistic is not supported.",
        ),
        (
            json!({"ExtendedStatistics": vec!["p1"; 11]}),
            VALUE,
            "The collection ExtendedStatistics must not have a size greater than 10.",
        ),
        (json!({"Dimensions": [{"Name": "a"}]}), MISSING, "The parameter Dimensions.member.1.Value is required."),
    ];
    for (changes, code, message) in cases {
        let answer = server.call("GetMetricStatistics", &changed(read.clone(), &changes)).await;
        assert_eq!(answer.error(), (code.to_owned(), message.to_owned()), "{changes}");
    }
    let at_the_limit = changed(read, &json!({"EndTime": NOON + 1440, "Period": 1}));
    server.ask("GetMetricStatistics", &at_the_limit).await;
}

fn query(id: &str, name: &str, stat: &str) -> Value {
    json!({"Id": id, "MetricStat": {"Metric": {"Namespace": "Shop", "MetricName": name}, "Period": 60, "Stat": stat}})
}

fn data(queries: Value) -> Value {
    json!({"MetricDataQueries": queries, "StartTime": NOON - 180, "EndTime": NOON + 60})
}

#[tokio::test]
async fn get_metric_data_answers_each_query() {
    let server = Server::start().await;
    put(
        &server,
        json!([
            {"MetricName": "Orders", "Value": 1, "Timestamp": NOON - 120},
            {"MetricName": "Orders", "Value": 2, "Timestamp": NOON},
            {"MetricName": "Errors", "Value": 5, "Unit": "Count"},
            {"MetricName": "Errors", "Value": 6, "Unit": "Seconds"},
        ]),
    )
    .await;
    let mut hidden = query("hidden", "Errors", "Sum");
    hidden["ReturnData"] = json!(false);
    let queries =
        json!([query("a", "Orders", "Sum"), query("b", "Errors", "Maximum"), query("c", "None", "Sum"), hidden]);
    let answer = server.ask("GetMetricData", &data(queries.clone())).await;
    let results = answer["MetricDataResults"].as_array().unwrap();
    assert_eq!(results.len(), 3);
    assert_eq!(
        results[0],
        json!({"Id": "a", "Label": "Orders Sum", "StatusCode": "Complete",
               "Timestamps": [NOON as f64, (NOON - 120) as f64], "Values": [2.0, 1.0]})
    );
    assert_eq!(results[1]["Values"], json!([5.0]));
    assert_eq!(
        results[1]["Messages"],
        json!([{"Code": "MultipleUnits", "Value": "Multiple units returned: '[Count, Seconds]'"}])
    );
    assert_eq!((&results[2]["Values"], &results[2]["StatusCode"]), (&json!([]), &json!("Complete")));
    let ascending = changed(data(json!([query("a", "Orders", "Sum")])), &json!({"ScanBy": "TimestampAscending"}));
    let answer = server.ask("GetMetricData", &ascending).await;
    assert_eq!(answer["MetricDataResults"][0]["Values"], json!([1.0, 2.0]));
}

#[tokio::test]
async fn get_metric_data_computes_expressions() {
    let server = Server::start().await;
    put(
        &server,
        json!([
            {"MetricName": "Orders", "Value": 8, "Timestamp": NOON - 120},
            {"MetricName": "Orders", "Value": 4, "Timestamp": NOON},
            {"MetricName": "Errors", "Value": 2, "Timestamp": NOON},
        ]),
    )
    .await;
    let hidden = |id: &str, name: &str| changed(query(id, name, "Sum"), &json!({"ReturnData": false}));
    let queries = json!([
        {"Id": "rate", "Expression": "100 * errors / orders", "Label": "error rate (most ${MAX})"},
        {"Id": "all", "Expression": "SORT(METRICS(), SUM, DESC)"},
        {"Id": "ten", "Expression": "FILL(orders, REPETE)"},
        hidden("errors", "Errors"),
        hidden("orders", "Orders"),
    ]);
    let refused = server.call("GetMetricData", &data(queries.clone())).await;
    let said = "Error in expression 'ten': Id 'REPETE' not found at character 14, did you mean 'REPEAT'?";
    assert_eq!(refused.error(), ("ValidationError".to_owned(), said.to_owned()));
    let mut queries = queries;
    queries[2] = json!({"Id": "ten", "Expression": "SLICE(METRICS(), 2) ", "Period": 60});
    let answer = server.ask("GetMetricData", &data(queries)).await;
    let times = json!([NOON as f64, (NOON - 120) as f64]);
    assert_eq!(
        answer["MetricDataResults"],
        json!([
            {"Id": "rate", "Label": "error rate (most 50)", "StatusCode": "Complete", "Timestamps": times,
             "Values": [50.0, 0.0]},
            {"Id": "all", "Label": "Orders", "StatusCode": "Complete", "Timestamps": times, "Values": [4.0, 8.0]},
            {"Id": "all", "Label": "Errors", "StatusCode": "Complete", "Timestamps": [NOON as f64], "Values": [2.0]},
        ])
    );
}

#[tokio::test]
async fn get_metric_data_searches() {
    let server = Server::start().await;
    let datum = |host: &str, value: f64, time: i64| {
        let dimensions = json!([{"Name": "Host", "Value": host}]);
        json!({"MetricName": "Errors", "Value": value, "Timestamp": time, "Dimensions": dimensions})
    };
    put(&server, json!([datum("b", 2.0, NOON), datum("a", 1.0, NOON), datum("a", 5.0, NOON - 60)])).await;
    let search = "SEARCH('{Shop,Host} Errors', 'Sum', 60)";
    let queries = json!([
        {"Id": "each", "Expression": search, "Label": "errors of ${PROP('Dim.Host')}"},
        {"Id": "all", "Expression": format!("SUM({search})")},
        {"Id": "none", "Expression": "SEARCH('Returns', 'Sum')"},
    ]);
    let answer = server.ask("GetMetricData", &data(queries)).await;
    let results = answer["MetricDataResults"].as_array().unwrap();
    let found: Vec<_> = results.iter().map(|one| json!([one["Id"], one["Label"], one["Values"]])).collect();
    let expected = [
        json!(["each", "errors of a", [1.0, 5.0]]),
        json!(["each", "errors of b", [2.0]]),
        json!(["all", "all", [3.0, 5.0]]),
    ];
    assert_eq!(found, expected);
    let later = server.post("/clock", json!({"now": "2026-05-20T12:00:00Z"}).to_string()).await;
    assert_eq!(later.status, 200);
    let late = json!([{"Id": "each", "Expression": search}]);
    let answer = server.ask("GetMetricData", &data(late)).await;
    assert_eq!(answer["MetricDataResults"], json!([]), "nothing has reported for two weeks");
}

/// So many that several threads read, each with a part of the sum.
#[tokio::test]
async fn get_metric_data_adds_up_many_metrics() {
    let server = Server::start().await;
    let datum = |host: i64| {
        let dimensions = json!([{"Name": "Host", "Value": format!("h{host}")}]);
        json!({"MetricName": "Errors", "Value": host, "Timestamp": NOON - 60 * (host % 2), "Dimensions": dimensions})
    };
    put(&server, (0..50).map(datum).collect()).await;
    let search = |statistic: &str| format!("SEARCH('{{Shop,Host}} Errors', '{statistic}', 60)");
    let queries = json!([
        {"Id": "sum", "Expression": format!("SUM({})", search("Sum"))},
        {"Id": "max", "Expression": format!("MAX({})", search("Maximum"))},
    ]);
    let two_weeks = changed(data(queries), &json!({"StartTime": NOON - 14 * 86_400}));
    let answer = server.ask("GetMetricData", &two_weeks).await;
    let values: Vec<_> = (0..2).map(|at| answer["MetricDataResults"][at]["Values"].clone()).collect();
    assert_eq!(values, [json!([600.0, 625.0]), json!([48.0, 49.0])]);
}

#[tokio::test]
async fn get_metric_data_comes_in_pages() {
    let server = Server::start().await;
    put(
        &server,
        json!([
            {"MetricName": "Orders", "Value": 1, "Timestamp": NOON - 120},
            {"MetricName": "Orders", "Value": 2, "Timestamp": NOON - 60},
            {"MetricName": "Orders", "Value": 3, "Timestamp": NOON},
        ]),
    )
    .await;
    let mut input = changed(data(json!([query("a", "Orders", "Sum")])), &json!({"MaxDatapoints": 2}));
    let first = server.ask("GetMetricData", &input).await;
    assert_eq!(first["MetricDataResults"][0]["Values"], json!([3.0, 2.0]));
    assert_eq!(first["MetricDataResults"][0]["StatusCode"], json!("PartialData"));
    input["NextToken"] = first["NextToken"].clone();
    let second = server.ask("GetMetricData", &input).await;
    assert_eq!(second["MetricDataResults"][0]["Values"], json!([1.0]));
    assert_eq!(second["MetricDataResults"][0]["StatusCode"], json!("Complete"));
    assert_eq!(second["NextToken"], Value::Null);
    input["NextToken"] = json!("nonsense");
    assert_eq!(server.call("GetMetricData", &input).await.error().0, "InvalidNextToken");
}

#[tokio::test]
async fn get_metric_data_refuses_in_the_words_of_aws() {
    let server = Server::start().await;
    let with = |changes: Value| data(json!([changed(query("a", "Orders", "Sum"), &changes)]));
    let stat = |changes: Value| {
        with(json!({"MetricStat": changed(query("a", "Orders", "Sum")["MetricStat"].clone(), &changes)}))
    };
    let path = "MetricDataQueries.member.1";
    let cases = [
        (data(json!([])), "The parameter MetricDataQueries is required.".to_owned()),
        (with(json!({"MetricStat": null})), format!("The parameter {path}.MetricStat is required.\n")),
        (
            with(json!({"MetricStat": null, "Expression": "m1 * 2"})),
            "Error in expression 'a': Id 'm1' not found at character 1".to_owned(),
        ),
        (
            with(json!({"Expression": "m1 * 2"})),
            format!(
                "The parameters {path}.MetricStat and {path}.Expression are mutually exclusive and you have \
                     specified both."
            ),
        ),
        (
            with(json!({"Period": 300})),
            format!(
                "The parameter {path}.Period is that of an expression and must not differ from \
                 {path}.MetricStat.Period."
            ),
        ),
        (with(json!({"Id": null})), format!("The parameter {path}.Id is required.")),
        (
            stat(json!({"Stat": "None"})),
            format!("The value None for parameter {path}.MetricStat.Stat is not a valid statistic."),
        ),
        (stat(json!({"Stat": null})), format!("The parameter {path}.MetricStat.Stat is required.")),
        (stat(json!({"Period": null})), format!("The parameter {path}.MetricStat.Period is required.")),
        (stat(json!({"Metric": null})), format!("The parameter {path}.MetricStat.Metric is required.")),
        (
            stat(json!({"Metric": {"Namespace": "Shop"}})),
            format!("The parameter {path}.MetricStat.Metric.MetricName is required."),
        ),
        (
            data(json!([query("a", "Orders", "x"), query("b", "Orders", "y")])),
            format!(
                "The value x for parameter {path}.MetricStat.Stat is not a valid statistic.\nThe value y for \
                     parameter MetricDataQueries.member.2.MetricStat.Stat is not a valid statistic."
            ),
        ),
        (
            changed(with(json!({})), &json!({"EndTime": NOON - 181})),
            "The parameter EndTime must be greater than StartTime.".to_owned(),
        ),
        (
            changed(with(json!({})), &json!({"EndTime": NOON - 180})),
            "The parameter StartTime must not equal parameter EndTime.".to_owned(),
        ),
        (changed(with(json!({})), &json!({"StartTime": null})), "The parameter StartTime is required.".to_owned()),
        (
            changed(with(json!({})), &json!({"ScanBy": "Up"})),
            "The parameter ScanBy must be a value in the set [ TimestampDescending, TimestampAscending ].".to_owned(),
        ),
        (
            with(json!({"AccountId": "123456789012"})),
            format!(
                "The value 123456789012 for parameter {path}.AccountId is invalid: no accounts are linked to \
                     {ACCOUNT}."
            ),
        ),
    ];
    for (input, message) in cases {
        let answer = server.call("GetMetricData", &input).await;
        assert_eq!(answer.error(), ("ValidationError".to_owned(), message), "{input}");
        assert_eq!(answer.json()["__type"], "com.amazon.coral.validate#ValidationException");
    }
    server.ask("GetMetricData", &with(json!({"Period": 60}))).await;
    let queries = |count: usize| data((0..count).map(|n| query(&format!("q{n}"), "Orders", "Sum")).collect());
    server.ask("GetMetricData", &queries(500)).await;
    let message = server.call("GetMetricData", &queries(501)).await.error().1;
    assert_eq!(message, "The collection MetricDataQueries must not have a size greater than 500.");
}

#[tokio::test]
async fn list_metrics_filters() {
    let server = Server::start().await;
    let dimensions = |pairs: &[(&str, &str)]| -> Value {
        pairs.iter().map(|(name, value)| json!({"Name": name, "Value": value})).collect()
    };
    put(
        &server,
        json!([
            {"MetricName": "Orders", "Value": 1},
            {"MetricName": "Orders", "Value": 1, "Dimensions": dimensions(&[("Stage", "live"), ("Host", "a")])},
            {"MetricName": "Errors", "Value": 1, "Dimensions": dimensions(&[("Stage", "test")])},
            {"MetricName": "Stale", "Value": 1, "Timestamp": NOON - 4 * 3600},
            {"MetricName": "Forgotten", "Value": 1, "Timestamp": NOON - 14 * 86_400},
        ]),
    )
    .await;
    server
        .ask("PutMetricData", &json!({"Namespace": "Bank", "MetricData": [{"MetricName": "Orders", "Value": 1}]}))
        .await;
    server.advance("PT1M").await;
    let cases = [
        (json!({"Namespace": "Shop"}), 4),
        (json!({"Namespace": "Sho"}), 0),
        (json!({"MetricName": "Orders"}), 3),
        (json!({"Namespace": "Shop", "MetricName": "Orders"}), 2),
        (json!({"Dimensions": [{"Name": "Stage"}]}), 2),
        (json!({"Dimensions": [{"Name": "Stage", "Value": "live"}]}), 1),
        (json!({"Dimensions": [{"Name": "Stage"}, {"Name": "Host"}]}), 1),
        (json!({"Dimensions": [{"Name": "Host", "Value": "b"}]}), 0),
        (json!({"Namespace": "Shop", "RecentlyActive": "PT3H"}), 3),
    ];
    for (input, expected) in cases {
        let answer = server.ask("ListMetrics", &input).await;
        assert_eq!(answer["Metrics"].as_array().unwrap().len(), expected, "{input}");
    }
    let linked = json!({"Namespace": "Bank", "IncludeLinkedAccounts": true, "OwningAccount": ACCOUNT});
    let expected = json!({
        "Metrics": [{"Namespace": "Bank", "MetricName": "Orders", "Dimensions": []}], "OwningAccounts": [ACCOUNT],
    });
    assert_eq!(server.ask("ListMetrics", &linked).await, expected);
}

#[tokio::test]
async fn list_metrics_comes_in_pages_of_500() {
    let server = Server::start().await;
    for part in 0..2 {
        let datum = |n: usize| json!({"MetricName": format!("M{:04}", part * 501 + n), "Value": 1});
        put(&server, (0..501 - part).map(datum).collect()).await;
    }
    let mut input = json!({"Namespace": "Shop"});
    let mut names = Vec::new();
    let mut sizes = Vec::new();
    loop {
        let page = server.ask("ListMetrics", &input).await;
        let metrics = page["Metrics"].as_array().unwrap();
        sizes.push(metrics.len());
        names.extend(metrics.iter().map(|metric| metric["MetricName"].as_str().unwrap().to_owned()));
        let Some(token) = page.get("NextToken") else { break };
        // A token is of no use with another filter.
        let other = server.call("ListMetrics", &json!({"NextToken": token})).await;
        let expected = ("InvalidParameterValue".to_owned(), "Request parameter NextToken is invalid".to_owned());
        assert_eq!(other.error(), expected);
        input["NextToken"] = token.clone();
    }
    assert_eq!(sizes, [500, 500, 1]);
    names.sort();
    names.dedup();
    assert_eq!(names.len(), 1001);
}

#[tokio::test]
async fn list_metrics_refuses_in_the_words_of_aws() {
    let server = Server::start().await;
    let dimensions = |count: usize| json!({"Dimensions": vec![json!({"Name": "a"}); count]});
    server.ask("ListMetrics", &dimensions(10)).await;
    let cases = [
        (json!({"NextToken": "nonsense"}), "Request parameter NextToken is invalid"),
        (json!({"Namespace": ""}), "The parameter Namespace must be longer than 0 characters."),
        (json!({"Namespace": "n".repeat(256)}), "The parameter Namespace must be shorter than 256 characters."),
        (json!({"MetricName": ""}), "The parameter MetricName must be longer than 0 characters."),
        (
            json!({"Dimensions": [{"Name": ""}]}),
            "The parameter Dimensions.member.1.Name must be longer than 0 characters.",
        ),
        (json!({"RecentlyActive": "PT4H"}), "The parameter RecentlyActive must be a value in the set [ PT3H ]."),
        (dimensions(11), "The collection Dimensions must not have a size greater than 10."),
        (
            json!({"OwningAccount": "123456789012"}),
            "The value 123456789012 for parameter OwningAccount is invalid: no accounts are linked to 000000000000.",
        ),
    ];
    for (input, message) in cases {
        let answer = server.call("ListMetrics", &input).await;
        assert_eq!(answer.error(), ("InvalidParameterValue".to_owned(), message.to_owned()), "{input}");
    }
}

#[tokio::test]
async fn a_store_that_cannot_be_read_is_the_servers_fault() {
    let server = Server::start().await;
    put(&server, json!([{"MetricName": "Orders", "Value": 1}])).await;
    server.store.fails_read.store(true, Ordering::Relaxed);
    let read = json!({
        "Namespace": "Shop", "MetricName": "Orders", "StartTime": NOON, "EndTime": NOON + 60, "Period": 60,
        "Statistics": ["Sum"],
    });
    for (operation, input) in [("GetMetricStatistics", read), ("ListMetrics", json!({}))] {
        let answer = server.call(operation, &input).await;
        let (code, message) = answer.error();
        assert_eq!((answer.status, code.as_str()), (StatusCode::INTERNAL_SERVER_ERROR, "InternalServiceError"));
        assert!(message.starts_with("The store has failed: could not write /store/journal: "), "{message}");
    }
    // Here each query fails alone.
    let answer = server.ask("GetMetricData", &data(json!([query("a", "Orders", "Sum")]))).await;
    let result = &answer["MetricDataResults"][0];
    assert_eq!((&result["StatusCode"], &result["Values"]), (&json!("InternalError"), &json!([])));
    let message = result["Messages"][0]["Value"].as_str().unwrap();
    assert!(message.starts_with("The store has failed: could not write /store/journal: "), "{message}");
}
