//! One table of cases, three codecs: the same request gives the same answer.

use http::{Request, StatusCode};
use nepho_protocol::codec::cbor;
use serde_json::{Map, Value, json};

use crate::support::{Answer, NOON, Server, json_request};

/// A CloudWatch client in one protocol.
#[derive(Debug, Clone, Copy)]
enum Wire {
    Json,
    Cbor,
    Query,
}

impl Wire {
    const ALL: [Wire; 3] = [Wire::Json, Wire::Cbor, Wire::Query];

    fn request(self, operation: &str, input: &Value) -> Request<Vec<u8>> {
        match self {
            Wire::Json => json_request(operation, input),
            Wire::Cbor => Request::post(format!("/service/GraniteServiceVersion20100801/operation/{operation}"))
                .header("smithy-protocol", "rpc-v2-cbor")
                .header("content-type", "application/cbor")
                .header("x-amzn-query-mode", "true")
                .body(cbor::to_vec(input).unwrap())
                .unwrap(),
            Wire::Query => {
                let mut form = vec![format!("Action={operation}"), "Version=2010-08-01".to_owned()];
                flatten("", input, &mut form);
                Request::post("/")
                    .header("content-type", "application/x-www-form-urlencoded; charset=utf-8")
                    .body(form.join("&").into_bytes())
                    .unwrap()
            }
        }
    }

    /// The answer as JSON: the output, or `[status, code, message]` of an error.
    fn answer(self, operation: &str, answer: &Answer) -> Value {
        let status = answer.status.as_u16();
        let is_error = answer.status != StatusCode::OK;
        match self {
            Wire::Json | Wire::Cbor if is_error => {
                let body: Value = match self {
                    Wire::Json => answer.json(),
                    _ => cbor::from_slice(&answer.body).unwrap(),
                };
                let code = answer.header("x-amzn-query-error").split(';').next().unwrap();
                json!([status, code, body["message"]])
            }
            Wire::Json | Wire::Cbor if answer.body.is_empty() => json!({}),
            Wire::Json => answer.json(),
            Wire::Cbor => cbor::from_slice(&answer.body).unwrap(),
            Wire::Query => {
                let root = xml::parse(&answer.text());
                assert_eq!(
                    root["RequestId"].as_str().or(root["ResponseMetadata"]["RequestId"].as_str()).unwrap(),
                    answer.header("x-amzn-requestid")
                );
                match is_error {
                    true => json!([status, root["Error"]["Code"], root["Error"]["Message"]]),
                    false => root.get(format!("{operation}Result")).cloned().unwrap_or_else(|| json!({})),
                }
            }
        }
    }
}

/// The form of an input: `MetricData.member.1.MetricName=Orders`.
fn flatten(path: &str, value: &Value, form: &mut Vec<String>) {
    let below = |part: &str| if path.is_empty() { part.to_owned() } else { format!("{path}.{part}") };
    match value {
        Value::Object(members) => members.iter().for_each(|(name, value)| flatten(&below(name), value, form)),
        Value::Array(items) if items.is_empty() => form.push(format!("{path}=")),
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(n, item)| flatten(&below(&format!("member.{}", n + 1)), item, form));
        }
        Value::String(text) => {
            form.push(format!("{path}={}", text.replace('%', "%25").replace('&', "%26").replace('+', "%2B")));
        }
        other => form.push(format!("{path}={other}")),
    }
}

/// XML as JSON whose leaves are all texts; a list is what has `member`s.
mod xml {
    use super::{Map, Value};

    pub(super) fn parse(text: &str) -> Value {
        let mut rest = text;
        if let Some(end) = rest.strip_prefix("<?xml").and_then(|rest| rest.find("?>")) {
            rest = &rest["<?xml".len() + end + 2..];
        }
        element(&mut rest.trim_start()).1
    }

    /// Reads one element: its name and contents.
    fn element(rest: &mut &str) -> (String, Value) {
        let end = rest.find('>').unwrap();
        let tag = rest[1..end].to_owned();
        let name = tag.trim_end_matches('/').split_whitespace().next().unwrap().to_owned();
        *rest = &rest[end + 1..];
        if tag.ends_with('/') {
            return (name, Value::String(String::new()));
        }
        let mut children = Vec::new();
        while rest.starts_with('<') && !rest.starts_with("</") {
            children.push(element(rest));
        }
        let text = rest[..rest.find("</").unwrap()].to_owned();
        *rest = &rest[rest.find('>').unwrap() + 1..];
        if children.is_empty() {
            let plain = text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&apos;", "'");
            return (name, Value::String(plain.replace("&#10;", "\n").replace("&#xA;", "\n").replace("&amp;", "&")));
        }
        if children.iter().all(|(name, _)| name == "member") {
            return (name, children.into_iter().map(|(_, value)| value).collect());
        }
        (name, Value::Object(children.into_iter().collect::<Map<_, _>>()))
    }
}

/// What XML says and what is expected, when types are only texts.
fn same_in_texts(found: &Value, expected: &Value) -> bool {
    match (found, expected) {
        (Value::Object(found), Value::Object(expected)) => {
            found.len() == expected.len()
                && expected.iter().all(|(name, value)| found.get(name).is_some_and(|found| same_in_texts(found, value)))
        }
        (Value::Array(found), Value::Array(expected)) => {
            found.len() == expected.len() && found.iter().zip(expected).all(|(a, b)| same_in_texts(a, b))
        }
        (Value::String(found), Value::Array(expected)) => found.is_empty() && expected.is_empty(),
        (Value::String(found), Value::Object(expected)) => found.is_empty() && expected.is_empty(),
        (Value::String(found), Value::Number(number)) => {
            let number = number.as_f64().unwrap();
            let as_time = found.parse::<jiff::Timestamp>().map(|time| time.as_millisecond() as f64 / 1000.0);
            found.parse() == Ok(number) || as_time.is_ok_and(|time| time == number)
        }
        (found, expected) => found == expected,
    }
}

async fn check(server: &Server, operation: &str, input: &Value, expected: &Value) {
    for wire in Wire::ALL {
        let answer = server.send(wire.request(operation, input)).await;
        let content_type = match wire {
            Wire::Json => "application/x-amz-json-1.0",
            Wire::Cbor if answer.body.is_empty() => "",
            Wire::Cbor => "application/cbor",
            Wire::Query => "text/xml",
        };
        assert_eq!(answer.header("content-type"), content_type, "{wire:?} {operation}");
        let mut found = wire.answer(operation, &answer);
        if let Value::Object(members) = &mut found {
            members.remove("NextToken");
        }
        let is_same = match (wire, expected) {
            // The status is a number in all of them.
            (Wire::Query, Value::Array(error)) => found.as_array().is_some_and(|found| found == error),
            (Wire::Query, expected) => same_in_texts(&found, expected),
            // CBOR may write a whole double as an integer.
            (Wire::Cbor, expected) => same_in_numbers(&found, expected),
            (Wire::Json, expected) => found == *expected,
        };
        assert!(is_same, "{wire:?} {operation} {input}\n   found {found}\nexpected {expected}");
    }
}

fn same_in_numbers(found: &Value, expected: &Value) -> bool {
    match (found, expected) {
        (Value::Object(found), Value::Object(expected)) => {
            found.len() == expected.len()
                && expected
                    .iter()
                    .all(|(name, value)| found.get(name).is_some_and(|found| same_in_numbers(found, value)))
        }
        (Value::Array(found), Value::Array(expected)) => {
            found.len() == expected.len() && found.iter().zip(expected).all(|(a, b)| same_in_numbers(a, b))
        }
        (Value::Number(found), Value::Number(expected)) => found.as_f64() == expected.as_f64(),
        (found, expected) => found == expected,
    }
}

#[tokio::test]
async fn the_same_request_gives_the_same_answer() {
    let server = Server::start().await;
    let dimensions = json!([{"Name": "Service", "Value": "web & more"}]);
    let metric = json!({"Namespace": "Shop", "MetricName": "Latency", "Dimensions": dimensions});
    let put = json!({"Namespace": "Shop", "MetricData": [
        {"MetricName": "Latency", "Dimensions": dimensions, "Values": [10, 20.5], "Counts": [1, 3], "Unit": "Milliseconds",
         "Timestamp": NOON as f64},
        {"MetricName": "Latency", "Dimensions": dimensions, "Value": 0.25, "Unit": "Milliseconds",
         "Timestamp": NOON as f64 + 60.5, "StorageResolution": 1},
        {"MetricName": "Summed", "StatisticValues": {"SampleCount": 2, "Sum": 5, "Minimum": 1, "Maximum": 4}},
    ]});
    let range = json!({"StartTime": NOON as f64, "EndTime": NOON as f64 + 120.0});
    let with = |mut input: Value, more: &Value| {
        input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        input
    };
    let statistics = with(
        with(metric.clone(), &range),
        &json!({"Period": 60, "Statistics": ["SampleCount", "Sum", "Average", "Minimum", "Maximum"]}),
    );
    let query = json!([{"Id": "m1", "MetricStat": {"Metric": metric, "Period": 60, "Stat": "Sum"}, "Label": "orders"}]);
    let data = with(json!({"MetricDataQueries": query, "ScanBy": "TimestampAscending"}), &range);
    // Each protocol puts the same once.
    check(&server, "PutMetricData", &put, &json!({})).await;
    let point = |time: f64, count: f64, sum: f64, min: f64, max: f64| {
        json!({"Timestamp": time, "SampleCount": count, "Sum": sum, "Average": sum / count, "Minimum": min,
               "Maximum": max, "Unit": "Milliseconds"})
    };
    let noon = NOON as f64;
    let datapoints = json!([point(noon, 12.0, 214.5, 10.0, 20.5), point(noon + 60.0, 3.0, 0.75, 0.25, 0.25)]);
    let cases = [
        ("GetMetricStatistics", statistics, json!({"Label": "Latency", "Datapoints": datapoints})),
        (
            "GetMetricData",
            data,
            json!({"Messages": [], "MetricDataResults": [
                {"Id": "m1", "Label": "orders", "StatusCode": "Complete", "Timestamps": [noon, noon + 60.0],
                 "Values": [214.5, 0.75]},
            ]}),
        ),
        ("ListMetrics", json!({"MetricName": "Latency"}), json!({"Metrics": [metric]})),
        ("ListMetrics", json!({"MetricName": "None"}), json!({"Metrics": []})),
        (
            "TagResource",
            json!({"ResourceARN": "arn:aws:cloudwatch:us-east-1:000000000000:alarm:a",
                   "Tags": [{"Key": "k", "Value": "v"}]}),
            json!({}),
        ),
        (
            "ListTagsForResource",
            json!({"ResourceARN": "arn:aws:cloudwatch:us-east-1:000000000000:alarm:a"}),
            json!({"Tags": [{"Key": "k", "Value": "v"}]}),
        ),
        (
            "PutMetricData",
            json!({"Namespace": "Shop", "MetricData": [{"MetricName": "a", "Value": 1, "Values": [1]}]}),
            json!([
                400,
                "InvalidParameterCombination",
                "The parameters MetricData.member.1.Value and \
                   MetricData.member.1.Values are mutually exclusive and you have specified both."
            ]),
        ),
        (
            "PutMetricData",
            json!({"Namespace": "Shop", "MetricData": [{"MetricName": "a", "Value": "NaN"}, {"MetricName": "b"}]}),
            json!([
                400,
                "InvalidParameterValue",
                "The value NaN for parameter MetricData.member.1.Value is \
                   invalid.\nAt least one of the parameters MetricData.member.2.Value or \
                   MetricData.member.2.StatisticValues must be specified."
            ]),
        ),
        (
            "GetMetricData",
            json!({"MetricDataQueries": [{"Id": "e", "Expression": "1"}], "StartTime": noon, "EndTime": noon + 60.0}),
            json!([
                400,
                "ValidationError",
                "Error in expression 'e': the result is a scalar: expected a time series or an array of \
                   time series, which TIME_SERIES(...) makes of a scalar"
            ]),
        ),
        (
            "ListTagsForResource",
            json!({"ResourceARN": "arn:aws:cloudwatch:eu-west-1:000000000000:alarm:a"}),
            json!([
                404,
                "ResourceNotFoundException",
                "The resource \
                   arn:aws:cloudwatch:eu-west-1:000000000000:alarm:a is not in 000000000000/us-east-1."
            ]),
        ),
    ];
    for (operation, input, expected) in &cases {
        check(&server, operation, input, expected).await;
    }
}
