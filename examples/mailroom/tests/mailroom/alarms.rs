//! The alarms are about metrics that there are.

use nepho_operational::{Clock, SystemClock};
use serde_json::{Value, json};

use crate::bridge::Server;
use crate::stage::Stage;

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
