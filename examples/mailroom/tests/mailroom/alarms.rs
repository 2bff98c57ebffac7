//! The alarms are about metrics that there are, and ring.

use std::time::Duration;

use mailroom::intake::deliver;
use nepho_model::Timestamp;
use nepho_operational::{Clock as _, Recorder, SystemClock};
use nepho_server::Clock;
use serde_json::{Value, json};

use crate::bridge::Server;
use crate::stage::{MAILS, Stage};

/// What is given to PutMetricAlarm.
const ALARMS: [&str; 3] = [
    include_str!("../../alarms/queue-depth.json"),
    include_str!("../../alarms/error-rate.json"),
    include_str!("../../alarms/processing-time.json"),
];

/// The queries that an alarm is evaluated with.
fn queries(alarm: &Value) -> Vec<Value> {
    if let Some(queries) = alarm["Metrics"].as_array() {
        return queries.clone();
    }
    let statistic = if alarm["Statistic"].is_null() { &alarm["ExtendedStatistic"] } else { &alarm["Statistic"] };
    let metric = json!({
        "Namespace": alarm["Namespace"], "MetricName": alarm["MetricName"], "Dimensions": alarm["Dimensions"],
    });
    let stat = json!({"Metric": metric, "Period": alarm["Period"], "Stat": statistic});
    vec![json!({"Id": "value", "MetricStat": stat})]
}

#[tokio::test(flavor = "multi_thread")]
async fn every_alarm_has_data_after_some_mail() {
    let mut stage = Stage::open().await;
    stage.play().await;
    let server = Server::start(&stage.database).await;
    let now = SystemClock.now().as_second();
    for text in ALARMS {
        let alarm: Value = serde_json::from_str(text).unwrap();
        let input = json!({"MetricDataQueries": queries(&alarm), "StartTime": now - 1200, "EndTime": now + 600});
        let answer = server.ask("GetMetricData", &input).await;
        let values = answer["MetricDataResults"][0]["Values"].as_array().unwrap();
        let values: Vec<f64> = values.iter().map(|value| value.as_f64().unwrap()).collect();
        match alarm["AlarmName"].as_str().unwrap() {
            "mailroom-queue-depth" => assert_eq!(values.iter().copied().fold(0.0, f64::max), 5.0),
            "mailroom-error-rate" => {
                // Three failures beside four that were sorted, unless the ten minutes ended in between.
                let expected = 100.0 * 3.0 / 7.0;
                assert!(values.len() > 1 || (values[0] - expected).abs() < 1e-9, "{values:?}");
            }
            _ => assert!(values.iter().all(|millis| (0.0..500.0).contains(millis)) && !values.is_empty(), "{values:?}"),
        }
    }
}

/// Each alarm with its state.
async fn states(server: &Server) -> Vec<String> {
    let answer = server.ask("DescribeAlarms", &json!({})).await;
    let alarms = answer["MetricAlarms"].as_array().unwrap();
    let line =
        |alarm: &Value| format!("{} {}", alarm["AlarmName"].as_str().unwrap(), alarm["StateValue"].as_str().unwrap());
    let mut lines: Vec<String> = alarms.iter().map(line).collect();
    lines.sort();
    lines
}

#[tokio::test(flavor = "multi_thread")]
async fn the_alarms_ring_on_a_full_queue_on_failures_and_on_slowness() {
    let mut stage = Stage::open().await;
    // More mail than the threshold, a tenth of which nobody can answer.
    for number in 0..110 {
        let mail = if number % 10 == 0 { MAILS[4].1 } else { MAILS[number % 4].1 };
        deliver(&stage.inbox(), &format!("{number:04}"), mail.as_bytes()).unwrap();
    }
    stage.mailroom.drain().await.unwrap();
    let slow = Duration::from_millis(900);
    for _ in 0..100 {
        let recorder = Recorder::default();
        recorder.processing_time(&mut stage.connection, "process_email", "classify", slow).await.unwrap();
    }
    // Ten minutes earlier the same happened.
    let earlier = "INSERT INTO operational_metrics (metric_type, metric_value, labels, recorded_at)
        SELECT metric_type, metric_value, labels, recorded_at - interval '10 minutes' FROM operational_metrics";
    sqlx::raw_sql(earlier).execute(&mut stage.connection).await.unwrap();
    let now = Timestamp::from_millis(SystemClock.now().as_millisecond());
    let server = Server::at(&stage.database, Clock::manual(now)).await;
    for text in ALARMS {
        server.ask("PutMetricAlarm", &serde_json::from_str(text).unwrap()).await;
    }
    server.advance("PT1M").await;
    let names = ["mailroom-error-rate", "mailroom-processing-time", "mailroom-queue-depth"];
    let all = |state: &str| names.map(|name| format!("{name} {state}"));
    assert_eq!(states(&server).await, all("ALARM"));
    server.advance("PT45M").await;
    let expected = ["mailroom-error-rate OK", "mailroom-processing-time OK", "mailroom-queue-depth ALARM"];
    assert_eq!(states(&server).await, expected, "nothing happens any more, and nobody counts what waits");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_queue_that_stands_still_rings_above_its_limit() {
    for (waiting, expected) in [(100, "mailroom-queue-depth OK"), (101, "mailroom-queue-depth ALARM")] {
        let mut stage = Stage::open().await;
        let mail =
            "INSERT INTO incoming_emails (file, raw) SELECT number::text, '' FROM generate_series(1, $1) AS number";
        sqlx::query(mail).bind(waiting).execute(&mut stage.connection).await.unwrap();
        stage.mailroom.record_depths().await.unwrap();
        let now = Timestamp::from_millis(SystemClock.now().as_millisecond());
        let server = Server::at(&stage.database, Clock::manual(now)).await;
        server.ask("PutMetricAlarm", &serde_json::from_str(ALARMS[0]).unwrap()).await;
        server.advance("PT1M").await;
        assert_eq!(states(&server).await, [expected]);
    }
}
