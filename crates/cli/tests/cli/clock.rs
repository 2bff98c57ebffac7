//! A clock that is moved by hand goes on from where it stood, however the server ended.

use serde_json::{Value, json};

use crate::http::Connection;
use crate::server::Server;

fn now(server: &Server) -> String {
    let answer = Connection::open(server.address()).unwrap().get("/clock").unwrap();
    let reading: Value = serde_json::from_slice(&answer.body).unwrap();
    reading["now"].as_str().unwrap().to_owned()
}

fn post(server: &Server, body: &str) {
    let answer = Connection::open(server.address()).unwrap().post("/clock", &[], body.as_bytes()).unwrap();
    assert_eq!(answer.status, 200, "{}", answer.text());
}

/// The transitions in the history of the alarm, the oldest first.
fn history(server: &Server) -> Vec<(i64, String)> {
    let input = json!({"AlarmName": "silent", "HistoryItemType": "StateUpdate", "ScanBy": "TimestampAscending"});
    let answer = Connection::open(server.address()).unwrap().call("DescribeAlarmHistory", &input).unwrap();
    let answer: Value = serde_json::from_slice(&answer.body).unwrap();
    let item = |item: &Value| {
        (item["Timestamp"].as_f64().unwrap() as i64, item["HistorySummary"].as_str().unwrap().to_owned())
    };
    answer["AlarmHistoryItems"].as_array().unwrap().iter().map(item).collect()
}

#[test]
fn a_manual_clock_goes_on_from_where_it_stood() {
    // A server that was killed once began again at the machine's time, months away from its alarms.
    let data = tempfile::tempdir().unwrap();
    let start = || Server::start(data.path(), &["--clock", "manual"]);
    let server = start();
    server.set_clock("2026-05-04T12:00:00Z");
    let alarm = json!({
        "AlarmName": "silent", "Namespace": "Shop", "MetricName": "Errors", "Statistic": "Sum", "Period": 60,
        "EvaluationPeriods": 3, "Threshold": 5, "ComparisonOperator": "GreaterThanThreshold",
        "TreatMissingData": "breaching",
    });
    let put = Connection::open(server.address()).unwrap().call("PutMetricAlarm", &alarm).unwrap();
    assert_eq!(put.status, 200, "{}", put.text());
    server.kill();

    let server = start();
    assert_eq!(now(&server), "2026-05-04T12:00:00Z", "a jump is kept");
    post(&server, r#"{"advance": "PT90S"}"#);
    let told = history(&server);
    assert_eq!(told.len(), 1, "{told:?}");
    server.kill();

    let server = start();
    assert_eq!(now(&server), "2026-05-04T12:01:30Z", "so is what was moved through");
    post(&server, r#"{"advance": "PT10M"}"#);
    assert_eq!(history(&server), told, "nothing is repeated");
    server.kill();
    assert_eq!(now(&start()), "2026-05-04T12:11:30Z");
}
