//! The part of CloudWatch Logs that carries EMF.

use http::StatusCode;
use serde_json::{Value, json};

use crate::support::{NOON, Server};

const NOON_MS: i64 = NOON * 1000;

fn event(value: i64) -> Value {
    let document = json!({
        "_aws": {
            "Timestamp": NOON_MS,
            "CloudWatchMetrics": [{"Namespace": "Shop", "Dimensions": [[]], "Metrics": [{"Name": "Orders"}]}],
        },
        "Orders": value,
    });
    json!({"timestamp": NOON_MS, "message": document.to_string()})
}

fn events(events: Value) -> Value {
    json!({"logGroupName": "/shop/web", "logStreamName": "one", "logEvents": events})
}

async fn with_stream() -> Server {
    let server = Server::start().await;
    let group = json!({"logGroupName": "/shop/web"});
    assert_eq!(server.logs("CreateLogGroup", &group).await.status, StatusCode::OK);
    let stream = json!({"logGroupName": "/shop/web", "logStreamName": "one"});
    assert_eq!(server.logs("CreateLogStream", &stream).await.status, StatusCode::OK);
    server
}

#[tokio::test]
async fn events_become_metrics() {
    let server = with_stream().await;
    let broken = json!({"timestamp": NOON_MS, "message": event(0)["message"].as_str().unwrap().replace("Shop", ":")});
    let plain = json!({"timestamp": NOON_MS, "message": "START RequestId"});
    let answer = server.logs("PutLogEvents", &events(json!([event(1), plain, broken, event(2)]))).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    let answer = answer.json();
    assert!(answer["nextSequenceToken"].is_string() && answer.get("rejectedLogEventsInfo").is_none(), "{answer}");
    assert_eq!(server.sum("Shop", "Orders", &[]).await, Some(3.0));
    let dimension = [("LogGroupName", "/shop/web")];
    assert_eq!(server.sum("AWS/Logs", "EMFValidationErrors", &dimension).await, Some(1.0));
    assert_eq!(server.sum("AWS/Logs", "EMFParsingErrors", &dimension).await, None, "plain text is no error");
    let described = server.logs("DescribeLogStreams", &json!({"logGroupName": "/shop/web"})).await.json();
    let stream = json!({
        "logStreamName": "one", "creationTime": NOON_MS, "firstEventTimestamp": NOON_MS,
        "lastEventTimestamp": NOON_MS, "lastIngestionTime": NOON_MS, "storedBytes": 0,
        "arn": "arn:aws:logs:us-east-1:000000000000:log-group:/shop/web:log-stream:one",
    });
    assert_eq!(described, json!({"logStreams": [stream]}));
}

#[tokio::test]
async fn text_that_is_said_to_be_emf_is_a_parsing_error() {
    let server = with_stream().await;
    let body = events(json!([{"timestamp": NOON_MS, "message": "no document"}]));
    let request = http::Request::post("/")
        .header("content-type", "application/x-amz-json-1.1")
        .header("x-amz-target", "Logs_20140328.PutLogEvents")
        .header("x-amzn-logs-format", "json/emf")
        .body(body.to_string().into_bytes());
    assert_eq!(server.send(request.unwrap()).await.status, StatusCode::OK, "the event itself is always taken");
    assert_eq!(server.sum("AWS/Logs", "EMFParsingErrors", &[("LogGroupName", "/shop/web")]).await, Some(1.0));
}

#[tokio::test]
async fn events_out_of_time_are_told_and_not_kept() {
    let server = with_stream().await;
    let at = |time: i64| json!({"timestamp": time, "message": event(1)["message"]});
    let (old, new) = (NOON_MS - 14 * 86_400_000 - 1, NOON_MS + 7_200_001);
    let answer = server.logs("PutLogEvents", &events(json!([at(old)]))).await.json();
    assert_eq!(answer["rejectedLogEventsInfo"], json!({"tooOldLogEventEndIndex": 1}));
    let answer = server.logs("PutLogEvents", &events(json!([at(NOON_MS), at(new), at(new)]))).await.json();
    assert_eq!(answer["rejectedLogEventsInfo"], json!({"tooNewLogEventStartIndex": 1}));
    assert_eq!(server.sum("Shop", "Orders", &[]).await, Some(1.0));
    assert_eq!(server.figure("nepho_rejected_items_total{intake=\"PutLogEvents\",cause=\"event_time\"}").await, 3.0);
}

#[tokio::test]
async fn batches_have_limits() {
    let server = with_stream().await;
    let plain = |bytes: usize| json!({"timestamp": NOON_MS, "message": "x".repeat(bytes)});
    let many = |count: usize| Value::from(vec![plain(1); count]);
    let whole_megabyte = json!([plain(1_048_576 - 26)]);
    let ahead = |ms: i64| json!({"timestamp": NOON_MS - ms, "message": "x"});
    for legal in [many(10_000), whole_megabyte, json!([ahead(86_400_000), ahead(0)])] {
        let answer = server.logs("PutLogEvents", &events(legal)).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    }
    let cases = [
        (many(0), "between 1 and 10000"),
        (many(10_001), "between 1 and 10000"),
        (json!([plain(1_048_576 - 25)]), "Upload too large: 1048577 bytes exceeds limit of 1048576"),
        (json!([ahead(86_400_001), ahead(0)]), "cannot span more than 24 hours"),
        (json!([ahead(0), ahead(1)]), "chronological order"),
        (json!([plain(0)]), "must not be empty"),
        (json!([{"message": "x"}]), "Value null at 'logEvents.1.member.timestamp'"),
    ];
    for (list, expected) in cases {
        let answer = server.logs("PutLogEvents", &events(list)).await;
        let (code, message) = answer.error();
        assert_eq!(
            (answer.status, code.as_str()),
            (StatusCode::BAD_REQUEST, "InvalidParameterException"),
            "{expected}"
        );
        assert!(message.contains(expected), "{message}");
    }
}

#[tokio::test]
async fn groups_and_streams_have_to_be_there_once() {
    let server = with_stream().await;
    let stream = |group: &str, stream: &str| json!({"logGroupName": group, "logStreamName": stream});
    let put = |group: &str, name: &str| {
        let mut input = stream(group, name);
        input["logEvents"] = json!([event(1)]);
        input
    };
    let cases = [
        ("CreateLogGroup", json!({"logGroupName": "/shop/web"}), "ResourceAlreadyExistsException"),
        ("CreateLogStream", stream("/shop/web", "one"), "ResourceAlreadyExistsException"),
        ("CreateLogStream", stream("/shop/db", "one"), "ResourceNotFoundException"),
        ("PutLogEvents", put("/shop/db", "one"), "ResourceNotFoundException"),
        ("PutLogEvents", put("/shop/web", "two"), "ResourceNotFoundException"),
        ("DescribeLogStreams", json!({"logGroupName": "/shop/db"}), "ResourceNotFoundException"),
        ("CreateLogGroup", json!({"logGroupName": "a b"}), "InvalidParameterException"),
        ("CreateLogGroup", json!({"logGroupName": "a".repeat(513)}), "InvalidParameterException"),
        ("CreateLogGroup", json!({}), "InvalidParameterException"),
        ("CreateLogGroup", json!({"logGroupName": "a", "kmsKeyId": "k"}), "InvalidParameterException"),
        ("CreateLogStream", stream("/shop/web", "a:b"), "InvalidParameterException"),
        ("DeleteLogGroup", json!({"logGroupName": "/shop/web"}), "UnknownOperationException"),
    ];
    for (operation, input, code) in cases {
        let answer = server.logs(operation, &input).await;
        assert_eq!(answer.json()["__type"], code, "{operation} {input}");
    }
    let longest = json!({"logGroupName": "a".repeat(512)});
    assert_eq!(server.logs("CreateLogGroup", &longest).await.status, StatusCode::OK);
}

#[tokio::test]
async fn groups_are_listed_in_pages() {
    let server = Server::start().await;
    for n in 0..53 {
        let group = json!({"logGroupName": format!("g{n:02}")});
        assert_eq!(server.logs("CreateLogGroup", &group).await.status, StatusCode::OK);
    }
    let names = |answer: &Value| -> Vec<String> {
        let groups = answer["logGroups"].as_array().unwrap().iter();
        groups.map(|group| group["logGroupName"].as_str().unwrap().to_owned()).collect()
    };
    let first = server.logs("DescribeLogGroups", &json!({})).await.json();
    assert_eq!(names(&first).len(), 50);
    let second = server.logs("DescribeLogGroups", &json!({"nextToken": first["nextToken"]})).await.json();
    assert_eq!((names(&second), second.get("nextToken")), (vec!["g50".into(), "g51".into(), "g52".into()], None));
    let prefixed = server.logs("DescribeLogGroups", &json!({"logGroupNamePrefix": "g1", "limit": 10})).await.json();
    assert_eq!((names(&prefixed).len(), prefixed.get("nextToken")), (10, None));
    let matching = server.logs("DescribeLogGroups", &json!({"logGroupNamePattern": "3"})).await.json();
    assert_eq!(names(&matching).len(), 14);
    let arn = "arn:aws:logs:us-east-1:000000000000:log-group:g00";
    assert_eq!(first["logGroups"][0]["arn"], format!("{arn}:*"));
    for (input, expected) in [
        (json!({"limit": 51}), "between 1 and 50"),
        (json!({"nextToken": "%"}), "nextToken"),
        (json!({"logGroupNamePattern": "g", "logGroupNamePrefix": "g"}), "mutually exclusive"),
    ] {
        let message = server.logs("DescribeLogGroups", &input).await.error().1;
        assert!(message.contains(expected), "{message}");
    }
}
