//! Alarms: what they become as the clock moves on, what is told about them, what is refused.

use std::sync::atomic::Ordering;

use http::StatusCode;
use nepho_server::Config;
use serde_json::{Value, json};

use crate::support::{NOON, Server};

const TOPIC: &str = "arn:aws:sns:us-east-1:000000000000:ops";

fn changed(mut value: Value, changes: &Value) -> Value {
    for (name, change) in changes.as_object().unwrap() {
        value[name] = change.clone();
    }
    value
}

/// An alarm on more than 5 errors a minute, with changes.
fn alarm(name: &str, changes: Value) -> Value {
    let alarm = json!({
        "AlarmName": name, "Namespace": "Shop", "MetricName": "Errors", "Statistic": "Sum", "Period": 60,
        "EvaluationPeriods": 1, "Threshold": 5, "ComparisonOperator": "GreaterThanThreshold",
    });
    changed(alarm, &changes)
}

async fn put_alarm(server: &Server, name: &str, changes: Value) {
    server.ask("PutMetricAlarm", &alarm(name, changes)).await;
}

async fn put_composite(server: &Server, name: &str, rule: &str, changes: Value) {
    let alarm = changed(json!({"AlarmName": name, "AlarmRule": rule}), &changes);
    server.ask("PutCompositeAlarm", &alarm).await;
}

/// Puts so many errors into the minute that the clock is in, and moves the clock to its end.
async fn minute(server: &Server, errors: &[(&str, f64)]) {
    let data: Vec<_> = errors.iter().map(|(name, value)| json!({"MetricName": name, "Value": value})).collect();
    if !data.is_empty() {
        server.ask("PutMetricData", &json!({"Namespace": "Shop", "MetricData": data})).await;
    }
    server.advance("PT1M").await;
}

/// `name=STATE` of all alarms, by name.
async fn states(server: &Server) -> String {
    let answer = server.ask("DescribeAlarms", &json!({"AlarmTypes": ["MetricAlarm", "CompositeAlarm"]})).await;
    let of = |kind: &str| answer[kind].as_array().unwrap().clone();
    let mut states: Vec<_> = [of("MetricAlarms"), of("CompositeAlarms")]
        .concat()
        .iter()
        .map(|alarm| format!("{}={}", alarm["AlarmName"].as_str().unwrap(), alarm["StateValue"].as_str().unwrap()))
        .collect();
    states.sort_unstable();
    states.join(" ")
}

/// The summaries of an alarm's history, the oldest first.
async fn history(server: &Server, alarm: &str) -> Vec<String> {
    let input = json!({"AlarmName": alarm, "ScanBy": "TimestampAscending"});
    let answer = server.ask("DescribeAlarmHistory", &input).await;
    let items = answer["AlarmHistoryItems"].as_array().unwrap().clone();
    items.iter().map(|item| item["HistorySummary"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn an_alarm_follows_its_metric() {
    let server = Server::start().await;
    let actions =
        json!({"AlarmActions": [TOPIC], "OKActions": [TOPIC], "EvaluationPeriods": 2, "DatapointsToAlarm": 2});
    put_alarm(&server, "high", actions).await;
    let mut seen = vec![states(&server).await];
    for errors in [1.0, 9.0, 9.0, 2.0] {
        minute(&server, &[("Errors", errors)]).await;
        seen.push(states(&server).await);
    }
    assert_eq!(seen, ["high=INSUFFICIENT_DATA", "high=OK", "high=OK", "high=ALARM", "high=OK"]);
    let alarms = server.ask("DescribeAlarms", &json!({"AlarmNames": ["high", "none"]})).await;
    let alarm = &alarms["MetricAlarms"][0];
    assert_eq!(
        alarm["StateReason"],
        "Threshold Crossed: 1 out of the last 2 datapoints [2.0 (04/05/26 12:03:00)] was not greater than the threshold \
         (5.0) (minimum 1 datapoint for ALARM -> OK transition)."
    );
    assert_eq!(alarm["StateUpdatedTimestamp"], json!((NOON + 240) as f64));
    assert!(alarm.get("TreatMissingData").is_none() && alarm.get("Unit").is_none(), "{alarm}");
    let failed = format!("Failed to execute action {TOPIC}. Received error: \"Topic does not exist\"");
    let expected = [
        "Alarm \"high\" created",
        "Alarm updated from INSUFFICIENT_DATA to OK",
        &failed,
        "Alarm updated from OK to ALARM",
        &failed,
        "Alarm updated from ALARM to OK",
        &failed,
    ];
    assert_eq!(history(&server, "high").await, expected);
}

#[tokio::test]
async fn missing_data_alarms_because_the_clock_moves() {
    let server = Server::start().await;
    put_alarm(&server, "silent", json!({"TreatMissingData": "breaching", "EvaluationPeriods": 3})).await;
    minute(&server, &[("Errors", 1.0)]).await;
    assert_eq!(states(&server).await, "silent=OK");
    server.advance("PT4M").await;
    assert_eq!(states(&server).await, "silent=OK", "the one datapoint is still in the range");
    server.advance("PT1M").await;
    assert_eq!(states(&server).await, "silent=ALARM");
    let alarms = server.ask("DescribeAlarms", &json!({})).await;
    let reason = "Threshold Crossed: no datapoints were received for 3 periods and 3 missing datapoints were treated as \
                  [Breaching].";
    assert_eq!(alarms["MetricAlarms"][0]["StateReason"], reason);
}

#[tokio::test]
async fn alarms_on_seconds_are_evaluated_every_ten() {
    let server = Server::start().await;
    put_alarm(&server, "fast", json!({"Period": 10})).await;
    let datum = json!({"MetricName": "Errors", "Value": 9, "StorageResolution": 1});
    server.ask("PutMetricData", &json!({"Namespace": "Shop", "MetricData": [datum]})).await;
    server.advance("PT9S").await;
    assert_eq!(states(&server).await, "fast=INSUFFICIENT_DATA");
    server.advance("PT1S").await;
    assert_eq!(states(&server).await, "fast=ALARM");
}

#[tokio::test]
async fn an_evaluation_waits_for_what_arrives_late() {
    // An evaluation at the full minute missed what was sent a second later, and took it for missing.
    let waiting = |config: &mut Config| config.evaluation_delay_seconds = Some(5);
    let mut server = Server::with(waiting).await;
    put_alarm(&server, "high", json!({})).await;
    server.advance("PT1M3S").await;
    assert_eq!(states(&server).await, "high=INSUFFICIENT_DATA");
    let datum = json!({"MetricName": "Errors", "Value": 9, "Timestamp": NOON + 59});
    server.ask("PutMetricData", &json!({"Namespace": "Shop", "MetricData": [datum]})).await;
    let set = json!({"AlarmName": "high", "StateValue": "OK", "StateReason": "by hand"});
    server.ask("SetAlarmState", &set).await;
    server.advance("PT1S").await;
    assert_eq!(states(&server).await, "high=OK", "by hand, not by an evaluation");
    // Nothing is skipped by a start between the minute and its evaluation, and nothing repeated by one after it.
    server = server.again_with(NOON + 64, waiting).await;
    server.advance("PT1S").await;
    assert_eq!(states(&server).await, "high=ALARM");
    server = server.again_with(NOON + 65, waiting).await;
    server.advance("PT59S").await;
    let alarms = server.ask("DescribeAlarms", &json!({})).await;
    let alarm = &alarms["MetricAlarms"][0];
    assert_eq!(alarm["StateUpdatedTimestamp"], json!((NOON + 65) as f64), "when it was evaluated");
    let reason = alarm["StateReason"].as_str().unwrap();
    assert!(reason.contains("[9.0 (04/05/26 12:00:00)]"), "what it is about: {reason}");
    let expected =
        ["Alarm \"high\" created", "Alarm updated from INSUFFICIENT_DATA to OK", "Alarm updated from OK to ALARM"];
    assert_eq!(history(&server, "high").await, expected);
    let explained = server.get("/alarms/explain?name=high&at=2026-05-04T12:01:00Z").await.json();
    let (before, after) = (&explained["Before"]["StateValue"], &explained["After"]["StateValue"]);
    assert_eq!((before, after), (&json!("OK"), &json!("ALARM")), "{explained}");
}

#[tokio::test]
async fn expressions_and_queries_alarm_too() {
    let server = Server::start().await;
    let stat = |name: &str| json!({"Metric": {"Namespace": "Shop", "MetricName": name}, "Period": 60, "Stat": "Sum"});
    let metrics = json!([
        {"Id": "rate", "Expression": "100 * errors / orders"},
        {"Id": "errors", "MetricStat": stat("Errors"), "ReturnData": false},
        {"Id": "orders", "MetricStat": stat("Orders"), "ReturnData": false},
    ]);
    let of_list = |name: &str, metrics: Value| {
        json!({"AlarmName": name, "Metrics": metrics, "EvaluationPeriods": 1, "Threshold": 5,
               "ComparisonOperator": "GreaterThanThreshold"})
    };
    server.ask("PutMetricAlarm", &of_list("rate", metrics.clone())).await;
    let query = "SELECT SUM(Load) FROM Shop GROUP BY Host";
    let query = json!([{"Id": "q", "Expression": query, "Period": 60}]);
    server.ask("PutMetricAlarm", &changed(of_list("hosts", query), &json!({"AlarmActions": [TOPIC]}))).await;
    for (host, load) in [("a", 9), ("b", 1), ("c", 8)] {
        let datum = json!({"MetricName": "Load", "Value": load, "Dimensions": [{"Name": "Host", "Value": host}]});
        server.ask("PutMetricData", &json!({"Namespace": "Shop", "MetricData": [datum]})).await;
    }
    minute(&server, &[("Errors", 1.0), ("Orders", 10.0)]).await;
    assert_eq!(states(&server).await, "hosts=ALARM rate=ALARM");
    let alarms = server.ask("DescribeAlarms", &json!({})).await;
    assert_eq!(alarms["MetricAlarms"][0]["StateReason"], "2 out of 3 time series evaluated to ALARM");
    assert_eq!(alarms["MetricAlarms"][1]["Metrics"], changed_elements(metrics));
    let contributors = server.ask("DescribeAlarmContributors", &json!({"AlarmName": "hosts"})).await;
    let mut hosts: Vec<_> = contributors["AlarmContributors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["ContributorAttributes"]["Host"].as_str().unwrap().to_owned())
        .collect();
    hosts.sort_unstable();
    assert_eq!(hosts, ["a", "c"]);
    let items = history(&server, "hosts").await;
    assert_eq!(items.iter().filter(|item| item.contains("contributor")).count(), 2, "{items:?}");
    assert_eq!(items.iter().filter(|item| item.contains(TOPIC)).count(), 2, "one for each host: {items:?}");
}

#[tokio::test]
async fn an_alarm_on_a_band_learns_what_to_expect() {
    let server = Server::start().await;
    // A week of a day and a night, by the hour.
    for hour in 0..168 {
        let value = if hour % 24 < 12 { 100.0 } else { 10.0 } + f64::from(hour % 5);
        let datum =
            json!({"MetricName": "Load", "Value": value, "Timestamp": NOON - 168 * 3600 + i64::from(hour) * 3600});
        server.ask("PutMetricData", &json!({"Namespace": "Shop", "MetricData": [datum]})).await;
    }
    let stat = json!({"Metric": {"Namespace": "Shop", "MetricName": "Load"}, "Period": 3600, "Stat": "Average"});
    let band = json!({
        "AlarmName": "odd", "EvaluationPeriods": 1, "ComparisonOperator": "LessThanLowerOrGreaterThanUpperThreshold",
        "ThresholdMetricId": "band", "TreatMissingData": "ignore", "Metrics": [
            {"Id": "m1", "MetricStat": stat, "ReturnData": true},
            {"Id": "band", "Expression": "ANOMALY_DETECTION_BAND(m1, 3)", "ReturnData": true}],
    });
    server.ask("PutMetricAlarm", &band).await;
    let detectors = server.ask("DescribeAnomalyDetectors", &json!({"Namespace": "Shop"})).await;
    assert_eq!(detectors["AnomalyDetectors"].as_array().unwrap().len(), 1, "it brings its detector: {detectors}");
    let hour = async |value: f64| {
        let datum = json!({"MetricName": "Load", "Value": value});
        server.ask("PutMetricData", &json!({"Namespace": "Shop", "MetricData": [datum]})).await;
        server.advance("PT1H").await;
        states(&server).await
    };
    assert_eq!(hour(102.0).await, "odd=OK");
    assert_eq!(hour(400.0).await, "odd=ALARM");
    let alarms = server.ask("DescribeAlarms", &json!({})).await;
    let reason = alarms["MetricAlarms"][0]["StateReason"].as_str().unwrap();
    assert!(reason.starts_with("Thresholds Crossed: 1 datapoint [400.0"), "{reason}");
    assert_eq!(hour(103.0).await, "odd=OK");
}

/// ReturnData is told when it was not said.
fn changed_elements(mut metrics: Value) -> Value {
    metrics[0]["ReturnData"] = json!(true);
    for at in [1, 2] {
        metrics[at]["MetricStat"]["Metric"]["Dimensions"] = json!([]);
    }
    metrics
}

#[tokio::test]
async fn composite_alarms_follow_their_children_through_each_other() {
    let server = Server::start().await;
    put_alarm(&server, "cpu", json!({})).await;
    put_alarm(&server, "disk", json!({"MetricName": "Full"})).await;
    put_composite(&server, "host", "ALARM(cpu) OR ALARM(disk)", json!({})).await;
    put_composite(&server, "site", "ALARM(host) AND NOT OK(disk)", json!({})).await;
    assert_eq!(states(&server).await, "cpu=INSUFFICIENT_DATA disk=INSUFFICIENT_DATA host=OK site=OK");
    minute(&server, &[("Errors", 9.0), ("Full", 1.0)]).await;
    assert_eq!(states(&server).await, "cpu=ALARM disk=OK host=ALARM site=OK");
    minute(&server, &[("Errors", 1.0), ("Full", 9.0)]).await;
    assert_eq!(states(&server).await, "cpu=OK disk=ALARM host=ALARM site=ALARM");
    let children = server.ask("DescribeAlarms", &json!({"ChildrenOfAlarmName": "site"})).await;
    let names = |alarms: &Value| -> Vec<String> {
        alarms.as_array().unwrap().iter().map(|alarm| alarm["AlarmName"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(
        (names(&children["MetricAlarms"]), names(&children["CompositeAlarms"])),
        (vec!["disk".to_owned()], vec!["host".to_owned()])
    );
    let parents = server.ask("DescribeAlarms", &json!({"ParentsOfAlarmName": "disk"})).await;
    assert_eq!(names(&parents["CompositeAlarms"]), ["host", "site"]);
    // By hand it stays what it was set to, until a child changes.
    let by_hand = json!({"AlarmName": "site", "StateValue": "OK", "StateReason": "by hand"});
    server.ask("SetAlarmState", &by_hand).await;
    minute(&server, &[("Errors", 1.0), ("Full", 9.0)]).await;
    assert!(states(&server).await.ends_with("site=OK"));
    minute(&server, &[("Errors", 9.0), ("Full", 9.0)]).await;
    assert!(states(&server).await.ends_with("site=OK"), "host stays in ALARM, and cpu is no child of it");
    minute(&server, &[("Errors", 1.0), ("Full", 1.0)]).await;
    minute(&server, &[("Errors", 1.0), ("Full", 9.0)]).await;
    assert!(states(&server).await.ends_with("site=ALARM"));
}

#[tokio::test]
async fn a_suppressor_keeps_actions_back_to_the_second() {
    let server = Server::start().await;
    put_alarm(&server, "cpu", json!({})).await;
    put_alarm(&server, "maintenance", json!({"MetricName": "Maintenance"})).await;
    let suppressed = json!({
        "AlarmActions": [TOPIC], "OKActions": [TOPIC], "ActionsSuppressor": "maintenance",
        "ActionsSuppressorWaitPeriod": 25, "ActionsSuppressorExtensionPeriod": 35,
    });
    minute(&server, &[("Errors", 1.0), ("Maintenance", 1.0)]).await;
    put_composite(&server, "site", "ALARM(cpu)", suppressed).await;
    server.advance("PT30S").await;
    server.advance("PT30S").await;
    let actions = |items: Vec<String>| items.iter().filter(|item| item.contains(TOPIC)).count();
    let before = actions(history(&server, "site").await);
    let suppressed_by = async |server: &Server| {
        let alarms = server.ask("DescribeAlarms", &json!({"AlarmTypes": ["CompositeAlarm"]})).await;
        alarms["CompositeAlarms"][0]["ActionsSuppressedBy"].as_str().unwrap_or_default().to_owned()
    };
    minute(&server, &[("Errors", 9.0), ("Maintenance", 1.0)]).await;
    assert_eq!(suppressed_by(&server).await, "WaitPeriod");
    server.advance("PT24S").await;
    assert_eq!(actions(history(&server, "site").await), before);
    server.advance("PT1S").await;
    assert_eq!((actions(history(&server, "site").await), suppressed_by(&server).await), (before + 1, String::new()));
    server.advance("PT35S").await;
    minute(&server, &[("Errors", 9.0), ("Maintenance", 9.0)]).await;
    assert_eq!(suppressed_by(&server).await, "Alarm");
    minute(&server, &[("Errors", 1.0), ("Maintenance", 9.0)]).await;
    assert!(states(&server).await.ends_with("site=OK"));
    minute(&server, &[("Errors", 1.0), ("Maintenance", 1.0)]).await;
    assert_eq!(
        (actions(history(&server, "site").await), suppressed_by(&server).await),
        (before + 1, "ExtensionPeriod".to_owned())
    );
    server.advance("PT35S").await;
    assert_eq!((actions(history(&server, "site").await), suppressed_by(&server).await), (before + 2, String::new()));
}

async fn put_mute(server: &Server, name: &str, schedule: Value, alarms: &[&str]) {
    let rule = json!({"Name": name, "Rule": {"Schedule": schedule}, "MuteTargets": {"AlarmNames": alarms}});
    server.ask("PutAlarmMuteRule", &rule).await;
}

#[tokio::test]
async fn a_mute_rule_keeps_actions_until_its_window_ends() {
    let server = Server::start().await;
    let actions = json!({"AlarmActions": [TOPIC], "OKActions": [TOPIC], "TreatMissingData": "ignore"});
    put_alarm(&server, "stays", actions.clone()).await;
    put_alarm(&server, "recovers", changed(actions, &json!({"MetricName": "Other"}))).await;
    minute(&server, &[("Errors", 1.0), ("Other", 1.0)]).await;
    let at = json!({"Expression": "at(2026-05-04T12:02)", "Duration": "PT5M"});
    put_mute(&server, "deploy", at, &["stays", "recovers"]).await;
    let rule = async |server: &Server| server.ask("GetAlarmMuteRule", &json!({"AlarmMuteRuleName": "deploy"})).await;
    assert_eq!(rule(&server).await["Status"], "SCHEDULED");
    minute(&server, &[("Errors", 1.0), ("Other", 1.0)]).await;
    minute(&server, &[("Errors", 9.0), ("Other", 9.0)]).await;
    let shown = rule(&server).await;
    assert_eq!((&shown["Status"], &shown["MuteType"]), (&json!("ACTIVE"), &json!("ONE_TIME")));
    assert_eq!(states(&server).await, "recovers=ALARM stays=ALARM", "the alarms go on");
    let muted = "Actions muted by alarm mute rule deploy";
    assert_eq!(history(&server, "stays").await.last().unwrap(), muted);
    minute(&server, &[("Errors", 9.0), ("Other", 1.0)]).await;
    // A restart in the window forgets nothing.
    let server = server.again(NOON + 240).await;
    server.advance("PT2M59S").await;
    assert_eq!(history(&server, "stays").await.last().unwrap(), muted);
    server.advance("PT1S").await;
    assert_eq!(rule(&server).await["Status"], "EXPIRED");
    let failed = format!("Failed to execute action {TOPIC}. Received error: \"Topic does not exist\"");
    assert_eq!(history(&server, "stays").await.last().unwrap(), &failed, "it is still in ALARM");
    let input = json!({"AlarmName": "stays", "HistoryItemType": "Action", "MaxRecords": 1});
    let items = server.ask("DescribeAlarmHistory", &input).await;
    let data: Value = serde_json::from_str(items["AlarmHistoryItems"][0]["HistoryData"].as_str().unwrap()).unwrap();
    let published: Value = serde_json::from_str(data["publishedMessage"].as_str().unwrap()).unwrap();
    let message: Value = serde_json::from_str(published["default"].as_str().unwrap()).unwrap();
    assert_eq!(message["ActionExecutedAfterMuteWindow"], json!(true));
    assert_eq!((&message["OldStateValue"], &message["NewStateValue"]), (&json!("OK"), &json!("ALARM")));
    let items = history(&server, "recovers").await;
    assert_eq!(items.iter().filter(|item| *item == muted).count(), 2, "into ALARM and back: {items:?}");
    assert_eq!(items.last().unwrap(), &failed, "it is still in the OK that it went into while it was muted");
}

#[tokio::test]
async fn contributors_are_told_one_by_one_when_a_window_ends() {
    let server = Server::start().await;
    let query = json!([{"Id": "q", "Expression": "SELECT SUM(Load) FROM Shop GROUP BY Host", "Period": 60}]);
    let alarm = json!({"AlarmName": "hosts", "Metrics": query, "EvaluationPeriods": 1, "Threshold": 5,
        "ComparisonOperator": "GreaterThanThreshold", "AlarmActions": [TOPIC], "OKActions": [TOPIC]});
    server.ask("PutMetricAlarm", &alarm).await;
    let loads = async |server: &Server, loads: [i64; 3]| {
        for (host, load) in ["a", "b", "c"].into_iter().zip(loads) {
            let datum = json!({"MetricName": "Load", "Value": load, "Dimensions": [{"Name": "Host", "Value": host}]});
            server.ask("PutMetricData", &json!({"Namespace": "Shop", "MetricData": [datum]})).await;
        }
        minute(server, &[]).await;
    };
    let told = async |server: &Server| {
        let asked =
            json!({"AlarmName": "hosts", "HistoryItemType": "AlarmContributorAction", "ScanBy": "TimestampAscending"});
        let items = server.ask("DescribeAlarmHistory", &asked).await["AlarmHistoryItems"].as_array().unwrap().clone();
        let host = |item: Value| item["AlarmContributorAttributes"]["Host"].as_str().unwrap_or("nobody").to_owned();
        items.into_iter().map(host).collect::<Vec<_>>()
    };
    loads(&server, [9, 1, 9]).await;
    let mut first = told(&server).await;
    first.sort_unstable();
    assert_eq!(first, ["a", "c"]);
    put_mute(&server, "deploy", json!({"Expression": "at(2026-05-04T12:02)", "Duration": "PT3M"}), &["hosts"]).await;
    loads(&server, [9, 1, 9]).await;
    // Within the window a recovers, b goes into ALARM and stays there, and c recovers and is back.
    loads(&server, [1, 9, 1]).await;
    loads(&server, [1, 9, 9]).await;
    assert_eq!(told(&server).await.len(), 2);
    let server = server.again(NOON + 240).await;
    loads(&server, [1, 9, 9]).await;
    let mut then = told(&server).await[2..].to_vec();
    then.sort_unstable();
    assert_eq!(then, ["a", "b", "c"]);
    let actions = json!({"AlarmName": "hosts", "HistoryItemType": "Action"});
    let actions = server.ask("DescribeAlarmHistory", &actions).await;
    let ran = |item: &&Value| item["HistorySummary"].as_str().unwrap().contains(TOPIC);
    let items = actions["AlarmHistoryItems"].as_array().unwrap();
    assert_eq!(items.iter().filter(ran).count(), 0, "nothing about the alarm as a whole");
}

#[tokio::test]
async fn deleting_a_mute_rule_unmutes_at_once() {
    let server = Server::start().await;
    put_alarm(&server, "a", json!({"AlarmActions": [TOPIC]})).await;
    put_alarm(&server, "b", json!({"AlarmActions": [TOPIC]})).await;
    minute(&server, &[("Errors", 1.0)]).await;
    let daily = json!({"Expression": "cron(0 12 * * *)", "Duration": "PT2H", "Timezone": "UTC"});
    put_mute(&server, "noon", daily.clone(), &["a", "b"]).await;
    put_mute(&server, "also", daily.clone(), &["b"]).await;
    minute(&server, &[("Errors", 9.0)]).await;
    let ran = async |alarm: &str| history(&server, alarm).await.iter().filter(|item| item.contains(TOPIC)).count();
    assert_eq!((ran("a").await, ran("b").await), (0, 0));
    assert!(history(&server, "b").await.last().unwrap().ends_with("and 1 other"));
    let listed = server.ask("ListAlarmMuteRules", &json!({"AlarmName": "b", "MaxRecords": 1})).await;
    assert_eq!(listed["AlarmMuteRuleSummaries"].as_array().unwrap().len(), 1);
    let next = json!({"AlarmName": "b", "MaxRecords": 1, "NextToken": listed["NextToken"]});
    let listed = server.ask("ListAlarmMuteRules", &next).await;
    assert!(listed.get("NextToken").is_none(), "{listed}");
    server.ask("DeleteAlarmMuteRule", &json!({"AlarmMuteRuleName": "noon"})).await;
    assert_eq!((ran("a").await, ran("b").await), (1, 0), "b is muted by another rule");
    put_mute(&server, "also", daily, &["a"]).await;
    assert_eq!((ran("a").await, ran("b").await), (1, 1));
    let unknown = json!({"Name": "x", "Rule": {"Schedule": {"Expression": "at(2026-05-05T12:00)", "Duration": "PT1M"}},
                         "MuteTargets": {"AlarmNames": ["none"]}});
    assert_eq!(server.call("PutAlarmMuteRule", &unknown).await.error().0, "ValidationError");
    let none = server.call("GetAlarmMuteRule", &json!({"AlarmMuteRuleName": "none"})).await;
    assert_eq!((none.status, none.error().0.as_str()), (StatusCode::NOT_FOUND, "ResourceNotFoundException"));
}

#[tokio::test]
async fn a_restart_neither_repeats_nor_skips_a_transition() {
    let mut server = Server::start().await;
    put_alarm(&server, "high", json!({"AlarmActions": [TOPIC]})).await;
    put_composite(&server, "site", "ALARM(high)", json!({"AlarmActions": [TOPIC]})).await;
    let mut now = NOON;
    for (round, errors) in [1.0, 9.0, 9.0, 1.0, 9.0].into_iter().enumerate() {
        minute(&server, &[("Errors", errors)]).await;
        now += 60;
        let described = server.ask("DescribeAlarms", &json!({"AlarmTypes": ["MetricAlarm", "CompositeAlarm"]})).await;
        server = server.again(now).await;
        let again = server.ask("DescribeAlarms", &json!({"AlarmTypes": ["MetricAlarm", "CompositeAlarm"]})).await;
        assert_eq!(again, described, "round {round}");
    }
    let failed = format!("Failed to execute action {TOPIC}. Received error: \"Topic does not exist\"");
    let expected = [
        "Alarm \"high\" created",
        "Alarm updated from INSUFFICIENT_DATA to OK",
        "Alarm updated from OK to ALARM",
        &failed,
        "Alarm updated from ALARM to OK",
        "Alarm updated from OK to ALARM",
        &failed,
    ];
    assert_eq!(history(&server, "high").await, expected);
    assert_eq!(history(&server, "site").await.len(), 7);
}

#[tokio::test]
async fn what_cannot_be_written_has_not_happened() {
    let server = Server::start().await;
    put_alarm(&server, "high", json!({})).await;
    minute(&server, &[("Errors", 1.0)]).await;
    server.records.fail_commit.store(true, Ordering::SeqCst);
    minute(&server, &[("Errors", 9.0)]).await;
    assert_eq!(states(&server).await, "high=OK");
    let refused = server.call("PutMetricAlarm", &alarm("other", json!({}))).await;
    assert_eq!(
        (refused.status, refused.error().0.as_str()),
        (StatusCode::INTERNAL_SERVER_ERROR, "InternalServiceError")
    );
    assert_eq!(states(&server).await, "high=OK");
    server.records.fail_commit.store(false, Ordering::SeqCst);
    minute(&server, &[("Errors", 9.0)]).await;
    assert_eq!(states(&server).await, "high=ALARM", "the transition is made up for");
    let updates = history(&server, "high").await;
    assert_eq!(updates.iter().filter(|item| item.contains("OK to ALARM")).count(), 1);
}

#[tokio::test]
async fn alarms_are_replaced_whole_and_keep_their_state() {
    let server = Server::start().await;
    let tags =
        json!({"Tags": [{"Key": "Team", "Value": "web"}], "TreatMissingData": "ignore", "AlarmDescription": "d"});
    put_alarm(&server, "high", tags).await;
    minute(&server, &[("Errors", 9.0)]).await;
    put_alarm(&server, "high", json!({"Threshold": 100, "Tags": [{"Key": "Team", "Value": "other"}]})).await;
    let alarms = server.ask("DescribeAlarms", &json!({})).await;
    let alarm = &alarms["MetricAlarms"][0];
    assert_eq!((&alarm["StateValue"], &alarm["Threshold"]), (&json!("ALARM"), &json!(100.0)));
    assert!(alarm.get("TreatMissingData").is_none() && alarm.get("AlarmDescription").is_none(), "{alarm}");
    let arn = json!({"ResourceARN": alarm["AlarmArn"]});
    let tags = server.ask("ListTagsForResource", &arn).await;
    assert_eq!(tags["Tags"], json!([{"Key": "Team", "Value": "web"}]), "tags are for new alarms");
    minute(&server, &[("Errors", 9.0)]).await;
    assert_eq!(states(&server).await, "high=OK");
    server.ask("DeleteAlarms", &json!({"AlarmNames": ["high"]})).await;
    assert_eq!(server.ask("ListTagsForResource", &arn).await["Tags"], json!([]));
    let items = history(&server, "high").await;
    assert_eq!(items.last().map(String::as_str), Some("Alarm \"high\" deleted"), "history outlives the alarm");
}

#[tokio::test]
async fn actions_are_switched_off_and_on() {
    let server = Server::start().await;
    put_alarm(&server, "high", json!({"AlarmActions": [TOPIC]})).await;
    minute(&server, &[("Errors", 1.0)]).await;
    server.ask("DisableAlarmActions", &json!({"AlarmNames": ["high", "none"]})).await;
    minute(&server, &[("Errors", 9.0)]).await;
    assert_eq!(server.ask("DescribeAlarms", &json!({})).await["MetricAlarms"][0]["ActionsEnabled"], json!(false));
    server.ask("EnableAlarmActions", &json!({"AlarmNames": ["high"]})).await;
    minute(&server, &[("Errors", 9.0)]).await;
    let items = history(&server, "high").await;
    assert!(!items.iter().any(|item| item.contains(TOPIC)), "nothing is made up for: {items:?}");
    let server = server.again(NOON + 180).await;
    assert_eq!(server.ask("DescribeAlarms", &json!({})).await["MetricAlarms"][0]["ActionsEnabled"], json!(true));
}

#[tokio::test]
async fn deletion_takes_all_or_nothing() {
    let server = Server::start().await;
    put_alarm(&server, "a", json!({})).await;
    put_alarm(&server, "b", json!({})).await;
    put_composite(&server, "c", "ALARM(a)", json!({})).await;
    let refused = async |names: Value| server.call("DeleteAlarms", &json!({"AlarmNames": names})).await;
    let answer = refused(json!(["b", "none"])).await;
    assert_eq!(
        (answer.status, answer.error()),
        (StatusCode::NOT_FOUND, ("ResourceNotFound".to_owned(), String::new()))
    );
    let answer = refused(json!(["a", "b"])).await;
    assert_eq!(answer.error().0, "ValidationError");
    assert_eq!(states(&server).await, "a=INSUFFICIENT_DATA b=INSUFFICIENT_DATA c=OK");
    server.ask("DeleteAlarms", &json!({"AlarmNames": ["a", "c"]})).await;
    assert_eq!(states(&server).await, "b=INSUFFICIENT_DATA");
}

#[tokio::test]
async fn alarms_in_a_cycle_stand_still_until_it_is_broken() {
    let server = Server::start().await;
    put_alarm(&server, "m", json!({})).await;
    put_composite(&server, "a", "ALARM(m)", json!({})).await;
    put_composite(&server, "b", "ALARM(a)", json!({})).await;
    put_composite(&server, "a", "ALARM(b) OR ALARM(m)", json!({})).await;
    minute(&server, &[("Errors", 9.0)]).await;
    assert_eq!(states(&server).await, "a=OK b=OK m=ALARM");
    assert_eq!(server.call("DeleteAlarms", &json!({"AlarmNames": ["a"]})).await.error().0, "ValidationError");
    put_composite(&server, "a", "FALSE", json!({})).await;
    server.ask("DeleteAlarms", &json!({"AlarmNames": ["b"]})).await;
    put_composite(&server, "a", "ALARM(m)", json!({})).await;
    assert_eq!(states(&server).await, "a=ALARM m=ALARM");
}

#[tokio::test]
async fn descriptions_come_filtered_and_in_pages() {
    let server = Server::start().await;
    for number in 0..7 {
        put_alarm(&server, &format!("web-{number}"), json!({"AlarmActions": [format!("{TOPIC}-{}", number % 2)]}))
            .await;
    }
    put_alarm(&server, "db", json!({"MetricName": "Other", "Dimensions": [{"Name": "Host", "Value": "a"}]})).await;
    put_composite(&server, "web-site", "ALARM(db)", json!({})).await;
    let names = async |input: Value| -> (Vec<String>, Option<Value>) {
        let answer = server.ask("DescribeAlarms", &input).await;
        let of = |kind: &str| answer[kind].as_array().unwrap().clone();
        let all = [of("MetricAlarms"), of("CompositeAlarms")].concat();
        let name = |alarm: &Value| alarm["AlarmName"].as_str().unwrap().to_owned();
        (all.iter().map(name).collect(), answer.get("NextToken").cloned())
    };
    let (found, _) = names(json!({"AlarmNamePrefix": "web-", "ActionPrefix": format!("{TOPIC}-1")})).await;
    assert_eq!(found, ["web-1", "web-3", "web-5"]);
    assert_eq!(names(json!({"StateValue": "ALARM"})).await.0, Vec::<String>::new());
    assert_eq!(names(json!({"AlarmTypes": ["CompositeAlarm"]})).await.0, ["web-site"]);
    let (mut all, mut token) = names(json!({"MaxRecords": 3})).await;
    let mut pages = 1;
    while let Some(next) = token {
        let (more, after) = names(json!({"MaxRecords": 3, "NextToken": next})).await;
        all.extend(more);
        token = after;
        pages += 1;
    }
    assert_eq!((pages, all.len(), all[0].as_str()), (3, 8, "db"));
    let of_metric = json!({"Namespace": "Shop", "MetricName": "Other", "Dimensions": [{"Name": "Host", "Value": "a"}]});
    let found = server.ask("DescribeAlarmsForMetric", &of_metric).await;
    assert_eq!(found["MetricAlarms"].as_array().unwrap().len(), 1);
    let narrower = changed(of_metric, &json!({"Statistic": "Average"}));
    assert_eq!(server.ask("DescribeAlarmsForMetric", &narrower).await["MetricAlarms"], json!([]));
}

#[tokio::test]
async fn histories_come_filtered_and_in_pages_for_thirty_days() {
    let server = Server::start().await;
    put_alarm(&server, "a", json!({})).await;
    put_alarm(&server, "a/b", json!({"MetricName": "Other"})).await;
    for errors in [1.0, 9.0, 1.0, 9.0] {
        minute(&server, &[("Errors", errors)]).await;
    }
    let read = async |input: Value| server.ask("DescribeAlarmHistory", &input).await;
    let count = |answer: &Value| answer["AlarmHistoryItems"].as_array().unwrap().len();
    assert_eq!(count(&read(json!({"AlarmName": "a"})).await), 5, "an alarm whose name begins alike is another");
    assert_eq!(count(&read(json!({"AlarmName": "a/b"})).await), 1);
    assert_eq!(count(&read(json!({"HistoryItemType": "StateUpdate"})).await), 4);
    let range = json!({"StartDate": NOON + 120, "EndDate": NOON + 180});
    assert_eq!(count(&read(range.clone()).await), 2);
    assert_eq!(count(&read(changed(range, &json!({"ScanBy": "TimestampAscending"}))).await), 2);
    for scan in ["TimestampAscending", "TimestampDescending"] {
        let (mut seen, mut token, mut pages) = (Vec::new(), Value::Null, 0);
        loop {
            let mut input = json!({"MaxRecords": 2, "ScanBy": scan});
            if !token.is_null() {
                input["NextToken"] = token.clone();
            }
            let answer = read(input).await;
            seen.extend(answer["AlarmHistoryItems"].as_array().unwrap().clone());
            pages += 1;
            token = answer.get("NextToken").cloned().unwrap_or_default();
            if token.is_null() {
                break;
            }
        }
        assert_eq!((seen.len(), pages), (6, 3), "{scan}");
        let times: Vec<_> = seen.iter().map(|item| item["Timestamp"].as_f64().unwrap()).collect();
        let is_sorted = if scan == "TimestampAscending" { times.is_sorted() } else { times.iter().rev().is_sorted() };
        assert!(is_sorted, "{times:?}");
    }
    let later = server.post("/clock", json!({"now": "2026-06-03T12:01:00Z"}).to_string()).await;
    assert_eq!(later.status, StatusCode::OK);
    server.advance("PT1H").await;
    let left = read(json!({"AlarmName": "a"})).await;
    assert!(count(&left) >= 1 && count(&left) < 5, "{left}");
    assert_eq!(count(&read(json!({"AlarmName": "a/b", "EndDate": NOON + 3600})).await), 0);
}

#[tokio::test]
async fn what_is_wrong_is_told_in_the_words_of_aws() {
    let server = Server::start().await;
    let cases = [
        (
            "PutMetricAlarm",
            alarm("a", json!({"Period": 61})),
            "ValidationError",
            "Period must be 10, 20, 30 or a multiple of 60",
        ),
        (
            "PutMetricAlarm",
            alarm("a", json!({"TreatMissingData": "sometimes"})),
            "ValidationError",
            "The value sometimes is not supported for TreatMissingData parameter. Supported values are [breaching, \
             notBreaching, ignore, missing].",
        ),
        (
            "PutMetricAlarm",
            alarm("a", json!({"AlarmActions": vec![TOPIC; 6]})),
            "InvalidParameterValue",
            "The collection AlarmActions must not have a size greater than 5.",
        ),
        (
            "PutMetricAlarm",
            alarm("a", json!({"ActionConfiguration": {}})),
            "ValidationError",
            "ActionConfiguration is not available here: notifications carry no tags.",
        ),
        (
            "PutMetricAlarm",
            alarm("a", json!({"EvaluationWindow": {"SlidingWindow": {}, "WallClockWindow": {"Timezone": "UTC"}}})),
            "ValidationError",
            "Exactly one of SlidingWindow and WallClockWindow should be set in EvaluationWindow: both are set.",
        ),
        (
            "PutMetricAlarm",
            alarm("a", json!({"EvaluationWindow": {}})),
            "ValidationError",
            "Exactly one of SlidingWindow and WallClockWindow should be set in EvaluationWindow: none is set.",
        ),
        (
            "PutCompositeAlarm",
            json!({"AlarmName": "c", "AlarmRule": "ALARM(x)"}),
            "ValidationError",
            "Could not save the composite alarm as alarms [x] in the alarm rule do not exist",
        ),
        (
            "SetAlarmState",
            json!({"AlarmName": "a", "StateValue": "INVALID", "StateReason": "r"}),
            "ValidationError",
            "1 validation error detected: Value 'INVALID' at 'stateValue' failed to satisfy constraint: Member must \
             satisfy enum value set: [INSUFFICIENT_DATA, ALARM, OK]",
        ),
        ("SetAlarmState", json!({"AlarmName": "a", "StateValue": "OK", "StateReason": "r"}), "ResourceNotFound", ""),
        (
            "SetAlarmState",
            json!({"AlarmName": "a", "StateValue": "OK", "StateReason": "r", "StateReasonData": "{"}),
            "InvalidFormat",
            "StateReasonData was not valid JSON",
        ),
        (
            "DescribeAlarms",
            json!({"AlarmNames": ["a"], "AlarmNamePrefix": "a"}),
            "InvalidParameterCombination",
            "AlarmNamePrefix and AlarmNames.member are mutually exclusive",
        ),
        (
            "DescribeAlarms",
            json!({"MaxRecords": 101}),
            "ValidationError",
            "1 validation error detected: Value '101' at 'maxRecords' failed to satisfy constraint: Member must have value \
             less than or equal to 100",
        ),
    ];
    for (operation, input, code, message) in cases {
        let answer = server.call(operation, &input).await;
        assert_eq!(answer.error(), (code.to_owned(), message.to_owned()), "{operation} {input}");
    }
    put_alarm(&server, "m", json!({})).await;
    put_composite(&server, "c", "ALARM(m)", json!({})).await;
    let taken = server.call("PutMetricAlarm", &alarm("c", json!({}))).await;
    assert_eq!(taken.error().1, "The name c is that of a composite alarm in this account and Region.");
    assert_eq!(states(&server).await, "c=OK m=INSUFFICIENT_DATA");
}
