//! The server's own paths for the tools of alarms: explanations, and replays with their limits.

use http::StatusCode;
use serde_json::{Value, json};

use crate::support::{Answer, NOON, Server};

const DAY: i64 = 86_400;

/// An alarm that is evaluated every ten seconds.
fn fast() -> Value {
    json!({
        "AlarmName": "fast", "Namespace": "Shop", "MetricName": "Errors", "Statistic": "Sum", "Period": 10,
        "EvaluationPeriods": 1, "Threshold": 5, "ComparisonOperator": "GreaterThanThreshold",
        "TreatMissingData": "ignore",
    })
}

fn iso(seconds: i64) -> String {
    jiff::Timestamp::from_second(seconds).unwrap().to_string()
}

async fn replay(server: &Server, alarm: &Value, start: i64, end: i64) -> Answer {
    let asked = json!({"StartTime": iso(start), "EndTime": iso(end), "MetricAlarm": alarm});
    server.post("/alarms/replay", asked.to_string()).await
}

fn transitions(answer: &Answer) -> Vec<(String, String)> {
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    let all = answer.json()["Transitions"].as_array().unwrap().clone();
    let text = |one: &Value, member: &str| one[member].as_str().unwrap().to_owned();
    all.iter().map(|one| (text(one, "Time"), text(one, "To"))).collect()
}

async fn put(server: &Server, data: &[(i64, f64)]) {
    let datum = |(time, value): &(i64, f64)| json!({"MetricName": "Errors", "Value": value, "Timestamp": time, "StorageResolution": 1});
    let data: Vec<_> = data.iter().map(datum).collect();
    server.ask("PutMetricData", &json!({"Namespace": "Shop", "MetricData": data})).await;
}

#[tokio::test]
async fn a_replay_has_so_many_evaluations_and_no_more() {
    const MAX_EVALUATIONS: i64 = 300_000;
    let server = Server::start().await;
    let start = NOON - 12 * DAY + 5;
    let at_limit = replay(&server, &fast(), start, start + 10 * MAX_EVALUATIONS).await;
    assert_eq!(transitions(&at_limit), []);
    assert_eq!(at_limit.json()["Evaluations"], MAX_EVALUATIONS);
    let beyond = replay(&server, &fast(), start, start + 10 * (MAX_EVALUATIONS + 1)).await;
    assert_eq!(beyond.status, StatusCode::BAD_REQUEST);
    let expected = "300001 evaluations exceed the limit of 300000: ask for a shorter range";
    assert_eq!(beyond.json(), json!({"error": expected}));
}

/// What is read part by part comes to what is read at once.
#[tokio::test]
async fn parts_of_a_replay_go_on_where_the_last_ended() {
    const EVALUATIONS_AT_ONCE: i64 = 100_000;
    let server = Server::start().await;
    // The edge is where seconds are still kept.
    let boundary = NOON - 3605;
    let start = boundary - 10 * EVALUATIONS_AT_ONCE;
    // It fires in one part, and is still on in the next; then around the edge between them.
    put(&server, &[(start + 60, 9.0), (start + 70, 9.0), (start + 1000, 1.0)]).await;
    let around: Vec<_> =
        (-6..6).map(|slot| (boundary + 10 * slot, if (-3..2).contains(&slot) { 9.0 } else { 1.0 })).collect();
    put(&server, &around).await;
    let long = transitions(&replay(&server, &fast(), start, boundary + 300).await);
    let states: Vec<&str> = long.iter().map(|(_, to)| to.as_str()).collect();
    assert_eq!(states, ["ALARM", "OK", "ALARM", "OK"], "{long:?}");
    let short = transitions(&replay(&server, &fast(), boundary - 3000, boundary + 300).await);
    assert_eq!(short[short.len() - 2..], long[2..], "the same as in one part");
}

#[tokio::test]
async fn replays_that_cannot_be_made_are_refused() {
    let server = Server::start().await;
    let refused = async |body: String| {
        let answer = server.post("/alarms/replay", body).await;
        (answer.status, answer.json()["error"].as_str().unwrap().to_owned())
    };
    let asked = |change: &dyn Fn(&mut Value)| {
        let mut asked = json!({"StartTime": iso(NOON), "EndTime": iso(NOON + 600), "MetricAlarm": fast()});
        change(&mut asked);
        asked.to_string()
    };
    let cases: [(String, &str); 6] = [
        ("nothing".to_owned(), "the request is no replay: expected"),
        (asked(&|asked| asked["EndTime"] = json!("tomorrow")), "the request is no replay: "),
        (asked(&|asked| asked["Colour"] = json!("red")), "the request is no replay: unknown field `Colour`"),
        (asked(&|asked| drop(asked.as_object_mut().unwrap().remove("StartTime"))), "missing field `StartTime`"),
        (asked(&|asked| asked["MetricAlarm"]["Period"] = json!(61)), "Period must be 10, 20, 30 or a multiple of 60"),
        (asked(&|asked| asked["MetricAlarm"]["Statistic"] = json!("Mode")), "Mode"),
    ];
    for (body, expected) in cases {
        let (status, error) = refused(body.clone()).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{body}");
        assert!(error.contains(expected), "{body}: {error}");
    }
    let backwards = replay(&server, &fast(), NOON, NOON - 600).await;
    assert_eq!((transitions(&backwards), &backwards.json()["Evaluations"]), (Vec::new(), &json!(0)));
}

async fn explained(server: &Server, name: &str) -> Value {
    server.get(&format!("/alarms/explain?name={name}")).await.json()
}

#[tokio::test]
async fn what_suppresses_is_explained() {
    let server = Server::start().await;
    for (name, metric) in [("cpu", "Errors"), ("maintenance", "Maintenance")] {
        let mut alarm = fast();
        (alarm["AlarmName"], alarm["MetricName"]) = (json!(name), json!(metric));
        (alarm["EvaluationPeriods"], alarm["Period"]) = (json!(1), json!(60));
        server.ask("PutMetricAlarm", &alarm).await;
    }
    let site = json!({
        "AlarmName": "site", "AlarmRule": "ALARM(cpu)", "AlarmActions": ["arn:aws:sns:us-east-1:000000000000:ops"],
        "ActionsSuppressor": "maintenance", "ActionsSuppressorWaitPeriod": 25, "ActionsSuppressorExtensionPeriod": 35,
    });
    server.ask("PutCompositeAlarm", &site).await;
    let minute = async |errors: f64, maintenance: f64| {
        let datum = |name: &str, value: f64| json!({"MetricName": name, "Value": value});
        let data = [datum("Errors", errors), datum("Maintenance", maintenance)];
        server.ask("PutMetricData", &json!({"Namespace": "Shop", "MetricData": data})).await;
        server.advance("PT1M").await;
        explained(&server, "site").await["Suppressor"].clone()
    };
    let quiet = minute(1.0, 1.0).await;
    let expected = json!({
        "ActionsSuppressor": "maintenance", "StateValue": "OK", "ActionsSuppressorWaitPeriod": 25,
        "ActionsSuppressorExtensionPeriod": 35, "IsPending": false,
    });
    assert_eq!(quiet, expected);
    let waiting = minute(9.0, 1.0).await;
    assert_eq!((&waiting["ActionsSuppressedBy"], &waiting["IsPending"]), (&json!("WaitPeriod"), &json!(true)));
    assert_eq!(waiting["Deadline"], iso(NOON + 120 + 25));
    let suppressed = minute(9.0, 9.0).await;
    assert_eq!((&suppressed["ActionsSuppressedBy"], &suppressed["StateValue"]), (&json!("Alarm"), &json!("ALARM")));
    let reason = suppressed["ActionsSuppressedReason"].as_str().unwrap();
    assert!(reason.contains("maintenance"), "{reason}");
    let extended = minute(9.0, 1.0).await;
    assert_eq!(extended["ActionsSuppressedBy"], "ExtensionPeriod");
    assert_eq!(extended["Deadline"], iso(NOON + 240 + 35));
}

#[tokio::test]
async fn what_mutes_is_explained() {
    let server = Server::start().await;
    let topic = json!(["arn:aws:sns:us-east-1:000000000000:ops"]);
    let mut alarm = fast();
    (alarm["AlarmName"], alarm["Period"], alarm["AlarmActions"]) = (json!("cpu"), json!(60), topic.clone());
    server.ask("PutMetricAlarm", &alarm).await;
    let site = json!({"AlarmName": "site", "AlarmRule": "ALARM(cpu)", "AlarmActions": topic});
    server.ask("PutCompositeAlarm", &site).await;
    let mute = async |name: &str, from: &str, duration: &str, alarms: &[&str]| {
        let schedule = json!({"Expression": format!("at({from})"), "Duration": duration});
        let targets = json!({"AlarmNames": alarms});
        let rule = json!({"Name": name, "Rule": {"Schedule": schedule}, "MuteTargets": targets});
        server.ask("PutAlarmMuteRule", &rule).await;
    };
    mute("deploy", "2026-05-04T12:01", "PT10M", &["cpu", "site"]).await;
    assert!(explained(&server, "cpu").await.get("Muting").is_none(), "its window has not begun");
    server.advance("PT1M").await;
    let muting = |kept: Option<&str>| {
        let mut muting = json!({
            "AlarmMuteRuleName": "deploy",
            "AlarmMuteRuleArn": "arn:aws:cloudwatch:us-east-1:000000000000:alarm-mute-rule:deploy", "OtherRules": 0,
            "MuteWindowStart": "2026-05-04T12:01:00Z", "MuteWindowEnd": "2026-05-04T12:11:00Z",
            "MutedUntil": "2026-05-04T12:11:00Z",
        });
        kept.into_iter().for_each(|state| muting["KeptStateValue"] = json!(state));
        muting
    };
    assert_eq!(explained(&server, "cpu").await["Muting"], muting(None));
    put(&server, &[(NOON + 60, 9.0)]).await;
    server.advance("PT1M").await;
    let told = explained(&server, "cpu").await;
    assert_eq!((&told["After"]["StateValue"], &told["Muting"]), (&json!("ALARM"), &muting(Some("ALARM"))));
    assert_eq!(explained(&server, "site").await["Muting"], muting(Some("ALARM")));
    // Of several it is the newest, and the end is that of all.
    server.advance("PT1S").await;
    mute("also", "2026-05-04T12:02", "PT1M", &["cpu"]).await;
    let both = &explained(&server, "cpu").await["Muting"];
    let members = ["AlarmMuteRuleName", "OtherRules", "MuteWindowEnd", "MutedUntil"].map(|name| both[name].clone());
    let expected = [json!("also"), json!(1), json!("2026-05-04T12:03:00Z"), json!("2026-05-04T12:11:00Z")];
    assert_eq!(members, expected);
    // What was kept is known of the present only, and a rule of now says nothing of the time before it.
    let past = async |at: &str| {
        server.get(&format!("/alarms/explain?name=cpu&at=2026-05-04T{at}Z")).await.json()["Muting"].clone()
    };
    assert_eq!(past("12:02:00").await, muting(None));
    assert_eq!(past("12:00:30").await, Value::Null);
    server.advance("PT9M").await;
    assert!(explained(&server, "cpu").await.get("Muting").is_none(), "the window is over");
}

#[tokio::test]
async fn bounds_of_a_band_are_explained() {
    let server = Server::start().await;
    for hour in 0i64..168 {
        let value = if hour % 24 < 12 { 100.0 } else { 10.0 } + (hour % 5) as f64;
        put(&server, &[(NOON - 168 * 3600 + hour * 3600, value)]).await;
    }
    let stat = json!({"Metric": {"Namespace": "Shop", "MetricName": "Errors"}, "Period": 3600, "Stat": "Average"});
    let band = json!({
        "AlarmName": "odd", "EvaluationPeriods": 1, "ComparisonOperator": "LessThanLowerOrGreaterThanUpperThreshold",
        "ThresholdMetricId": "band", "Metrics": [
            {"Id": "m1", "MetricStat": stat, "ReturnData": true},
            {"Id": "band", "Expression": "ANOMALY_DETECTION_BAND(m1, 3)", "ReturnData": true}],
    });
    server.ask("PutMetricAlarm", &band).await;
    put(&server, &[(NOON, 400.0)]).await;
    server.advance("PT1H").await;
    let told = explained(&server, "odd").await;
    assert_eq!((&told["ThresholdMetricId"], &told["After"]["StateValue"]), (&json!("band"), &json!("ALARM")));
    let newest = &told["Periods"][0];
    let bound = |name: &str| newest[name].as_f64().unwrap();
    assert_eq!((&newest["Value"], &newest["IsBreaching"]), (&json!(400.0), &json!(true)));
    assert!(bound("LowerBound") < bound("UpperBound") && bound("UpperBound") < 400.0, "{newest}");
    // A replay is made on the same band.
    let replayed = replay(&server, &band, NOON - 3600, NOON + 3601).await;
    let fired = transitions(&replayed).into_iter().find(|(_, to)| to == "ALARM");
    assert_eq!(fired, Some((iso(NOON + 60), "ALARM".to_owned())), "{}", replayed.text());
}
