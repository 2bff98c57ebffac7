//! Alarms explained, and tried on the past, against a server whose clock is moved by hand.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use crate::http::Connection;
use crate::server::{Server, nepho};

const NOON: &str = "2026-05-04T12:00:00Z";
/// The same in seconds.
const NOON_SECONDS: i64 = 1_777_896_000;
/// The alarm with contributors.
pub(crate) const HOSTS: &str = "Hosts";
/// How long the data is.
const MINUTES: i64 = 90;

fn call(connection: &mut Connection, operation: &str, input: &Value) -> Value {
    let answer = connection.call(operation, input).unwrap();
    assert_eq!(answer.status, 200, "{operation}: {}", answer.text());
    if answer.body.is_empty() { Value::Null } else { serde_json::from_slice(&answer.body).unwrap() }
}

fn alarms() -> Vec<Value> {
    let latency = |name: &str, more: &Value| {
        let mut alarm = json!({
            "AlarmName": name, "Namespace": "Shop", "MetricName": "Latency", "Statistic": "Average", "Period": 60,
            "EvaluationPeriods": 3, "DatapointsToAlarm": 2, "Threshold": 100.0,
            "ComparisonOperator": "GreaterThanThreshold",
        });
        alarm.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        alarm
    };
    let stat = |id: &str, name: &str| {
        let metric = json!({"Namespace": "Shop", "MetricName": name});
        json!({"Id": id, "ReturnData": false, "MetricStat": {"Metric": metric, "Period": 60, "Stat": "Sum"}})
    };
    let ratio = json!({"Id": "ratio", "Expression": "100 * errors / latency", "ReturnData": true});
    vec![
        latency("Missing", &json!({})),
        latency("Breaching", &json!({"TreatMissingData": "breaching"})),
        latency("Ignored", &json!({"TreatMissingData": "ignore", "DatapointsToAlarm": 3})),
        latency("Long", &json!({"Period": 300, "EvaluationPeriods": 1, "DatapointsToAlarm": 1, "Threshold": 60.0})),
        json!({
            "AlarmName": "Tail", "Namespace": "Shop", "MetricName": "Latency", "ExtendedStatistic": "p90", "Period": 120,
            "EvaluationPeriods": 1, "Threshold": 150.0, "ComparisonOperator": "GreaterThanOrEqualToThreshold",
            "TreatMissingData": "notBreaching",
        }),
        json!({
            "AlarmName": "Ratio", "Metrics": [stat("errors", "Errors"), stat("latency", "Latency"), ratio],
            "EvaluationPeriods": 2, "Threshold": 5.0, "ComparisonOperator": "GreaterThanThreshold",
        }),
        json!({
            "AlarmName": HOSTS, "EvaluationPeriods": 2, "Threshold": 70.0,
            "ComparisonOperator": "GreaterThanThreshold",
            "Metrics": [{
                "Id": "q1", "Period": 60, "ReturnData": true,
                "Expression": "SELECT AVG(Load) FROM SCHEMA(Shop, Host) GROUP BY Host",
            }],
        }),
    ]
}

fn composites() -> Vec<Value> {
    vec![
        json!({"AlarmName": "Site", "AlarmRule": "ALARM(Missing) OR (ALARM(Tail) AND NOT OK(Ratio))"}),
        json!({"AlarmName": "Whole", "AlarmRule": "ALARM(Site) AND ALARM(Long)"}),
    ]
}

/// A server that lives through the data with the alarms, and the file that they are in.
pub(crate) fn lived(data: &Path) -> (Server, std::path::PathBuf) {
    let server = Server::start(&data.join("data"), &["--clock", "manual"]);
    server.set_clock(NOON);
    let mut connection = Connection::open(server.address()).unwrap();
    for alarm in alarms() {
        call(&mut connection, "PutMetricAlarm", &alarm);
    }
    for alarm in composites() {
        call(&mut connection, "PutCompositeAlarm", &alarm);
    }
    // A generator of numbers that look like chance, and are the same every time.
    let mut state: u64 = 42;
    let mut chance = move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as f64 / f64::from(1u32 << 31)
    };
    for minute in 0..MINUTES {
        let time = NOON_SECONDS + 60 * minute;
        let is_bad = (minute / 15) % 2 == 1;
        let mut data = Vec::new();
        // Some minutes, and one quarter of an hour, are missing.
        if chance() > 0.15 && !(60..75).contains(&minute) {
            let middle = if is_bad { 120.0 } else { 50.0 };
            let values: Vec<f64> = (0..4).map(|_| (middle + 100.0 * chance()).floor() - 40.0).collect();
            data.push(json!({"MetricName": "Latency", "Timestamp": time, "Values": values}));
        }
        let errors = (chance() * if is_bad { 40.0 } else { 10.0 }).floor();
        data.push(json!({"MetricName": "Errors", "Timestamp": time, "Value": errors}));
        for host in ["a", "b"] {
            let dimensions = json!([{"Name": "Host", "Value": host}]);
            let load = (100.0 * chance()).floor();
            data.push(json!({"MetricName": "Load", "Dimensions": dimensions, "Timestamp": time, "Value": load}));
        }
        call(&mut connection, "PutMetricData", &json!({"Namespace": "Shop", "MetricData": data}));
        let answer = connection.post("/clock", &[], br#"{"advance": "PT1M"}"#).unwrap();
        assert_eq!(answer.status, 200, "{}", answer.text());
    }
    let file = data.join("alarms.json");
    let all: Vec<_> = alarms().into_iter().chain(composites()).collect();
    std::fs::write(&file, Value::Array(all).to_string()).unwrap();
    (server, file)
}

fn run(server: &Server, line: &[&str]) -> (String, String, Option<i32>) {
    let output = nepho().args(line).env("NEPHO_ENDPOINT", server.url()).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (text(output.stdout), text(output.stderr), output.status.code())
}

/// The transitions in an alarm's history, the oldest first.
fn history(connection: &mut Connection, name: &str) -> Vec<(i64, String, String, String)> {
    let input = json!({
        "AlarmName": name, "HistoryItemType": "StateUpdate", "ScanBy": "TimestampAscending", "MaxRecords": 100,
    });
    let answer = call(connection, "DescribeAlarmHistory", &input);
    assert!(answer.get("NextToken").is_none_or(Value::is_null), "one page is enough");
    let items = answer["AlarmHistoryItems"].as_array().unwrap().iter();
    let transition = |item: &Value| {
        let data: Value = serde_json::from_str(item["HistoryData"].as_str().unwrap()).unwrap();
        let state = |which: &str| data[which]["stateValue"].as_str().unwrap().to_owned();
        let reason = data["newState"]["stateReason"].as_str().unwrap().to_owned();
        (item["Timestamp"].as_f64().unwrap() as i64, state("oldState"), state("newState"), reason)
    };
    items.map(transition).filter(|(_, from, to, _)| from != to).collect()
}

#[test]
fn a_backtest_comes_to_what_was_lived_through() {
    let data = tempfile::tempdir().unwrap();
    let (server, file) = lived(data.path());
    let file = file.to_str().unwrap();
    let to = (NOON_SECONDS + 60 * MINUTES + 1).to_string();
    let (out, said, code) = run(&server, &["alarm", "backtest", file, "--from", NOON, "--to", &to, "--json"]);
    assert_eq!(code, Some(0), "{said}");
    let report: Value = serde_json::from_str(&out).unwrap();
    let mut connection = Connection::open(server.address()).unwrap();
    let mut count = 0;
    for alarm in report["Alarms"].as_array().unwrap() {
        let name = alarm["AlarmName"].as_str().unwrap();
        let transition = |transition: &Value| {
            let text = |member: &str| transition[member].as_str().unwrap().to_owned();
            let time: jiff::Timestamp = text("Time").parse().unwrap();
            (time.as_second(), text("From"), text("To"), text("Reason"))
        };
        let tried: Vec<_> = alarm["Transitions"].as_array().unwrap().iter().map(transition).collect();
        assert_eq!(tried, history(&mut connection, name), "{name}");
        assert!(tried.iter().any(|(_, _, to, _)| to == "ALARM"), "{name} fires");
        count += tried.len();
    }
    assert!(count > 50, "there is something to compare: {count}");
}

#[test]
fn a_report_is_a_table_and_pictures() {
    let data = tempfile::tempdir().unwrap();
    let (server, file) = lived(data.path());
    let (old, svg) = (data.path().join("old.json"), data.path().join("alarms.svg"));
    let mut before = alarms();
    before.remove(1);
    before[0]["Threshold"] = json!(140.0);
    std::fs::write(&old, Value::Array(before).to_string()).unwrap();
    let words = ["--utc", "--from", NOON, "--to", "2026-05-04T13:30:00Z", "--width", "100"];
    let files = [file.to_str().unwrap(), "--compare", old.to_str().unwrap(), "--svg", svg.to_str().unwrap()];
    let (out, said, code) = run(&server, &[&["alarm", "backtest"], &files[..], &words[..]].concat());
    assert_eq!(code, Some(0), "{said}");
    insta::assert_snapshot!("backtest", out);
    let svg = std::fs::read_to_string(svg).unwrap();
    assert!(svg.starts_with("<svg ") && svg.ends_with("</svg>\n"));
    assert!(svg.contains(">Missing</text>") && svg.contains("<title>ALARM from 2026-05-04"), "{svg}");
}

/// Alarms that a rule mutes after all that they live through.
const MUTED: [&str; 2] = ["Missing", "Site"];

fn mute(server: &Server) {
    let mut connection = Connection::open(server.address()).unwrap();
    let schedule = json!({"Expression": "cron(0 13 * * MON)", "Duration": "PT1H"});
    let rule = json!({
        "Name": "Every Monday", "Rule": {"Schedule": schedule}, "MuteTargets": {"AlarmNames": MUTED},
    });
    call(&mut connection, "PutAlarmMuteRule", &rule);
}

#[test]
fn alarms_explain_themselves() {
    let data = tempfile::tempdir().unwrap();
    let (server, _) = lived(data.path());
    mute(&server);
    let mut all = String::new();
    for line in [
        "Missing",
        "Missing --at 2026-05-04T12:20:30Z",
        "Breaching --at 2026-05-04T13:10:00Z",
        "Missing --at 2026-05-04T13:10:00Z",
        "Ratio --at 2026-05-04T12:25:00Z",
        "Site --at 2026-05-04T12:25:00Z",
        "Hosts",
        "Site",
        "Site --at 2026-05-04T12:05:00Z",
    ] {
        let words: Vec<&str> = ["alarm", "explain"].into_iter().chain(line.split_whitespace()).collect();
        let (out, said, code) = run(&server, &[&words[..], &["--utc", "--width", "80"]].concat());
        assert_eq!(code, Some(0), "{line}: {said}");
        assert!(!out.contains('…'), "nothing is cut: {out}");
        all += &format!("$ nepho alarm explain {line}\n{out}\n");
    }
    insta::assert_snapshot!("explain", all);
    let (out, _, _) = run(&server, &["alarm", "explain", "Missing", "--at", "2026-05-04T12:20:30Z", "--json"]);
    insta::assert_snapshot!("explain_json", out);
    let (_, said, code) = run(&server, &["alarm", "explain", "Nobody"]);
    assert_eq!(code, Some(2));
    assert!(said.contains("there is no alarm \"Nobody\"") && !said.contains("did you mean"), "{said}");
}

#[test]
fn what_cannot_be_explained_is_refused_with_what_may_be_meant() {
    let data = tempfile::tempdir().unwrap();
    let (server, _) = lived(data.path());
    let other = without_own_paths(&server).url;
    for url in [server.url(), other] {
        let refused = |words: &[&str]| {
            let line = [&["alarm", "explain", "--endpoint", &url], words].concat();
            let output = nepho().args(line).output().unwrap();
            assert_eq!(output.status.code(), Some(2));
            String::from_utf8(output.stderr).unwrap()
        };
        for (name, meant) in [("Mising", "Missing"), ("site", "Site")] {
            let said = refused(&[name]);
            assert!(said.ends_with(&format!(": did you mean {meant}?\n")), "{said}");
        }
        // A future evaluation was once explained as if it had been made.
        let said = refused(&["Missing", "--at", "2126-01-01T00:00Z"]);
        let expected =
            "nepho: --at 2126-01-01T00:00:00Z is in the future, of which there is nothing to explain: it is 20";
        assert!(said.starts_with(expected) && said.ends_with("Z now\n"), "{said}");
    }
}

/// What an evaluation in the past came to, by the history, is what explaining it says.
#[test]
fn the_past_is_explained_as_it_was() {
    let data = tempfile::tempdir().unwrap();
    let (server, _) = lived(data.path());
    let mut connection = Connection::open(server.address()).unwrap();
    for alarm in alarms() {
        let name = alarm["AlarmName"].as_str().unwrap();
        for (time, from, to, reason) in history(&mut connection, name) {
            let at = jiff::Timestamp::from_second(time).unwrap().to_string();
            let answer = connection.get(&format!("/alarms/explain?name={name}&at={at}")).unwrap();
            assert_eq!(answer.status, 200, "{}", answer.text());
            let told: Value = serde_json::from_slice(&answer.body).unwrap();
            let state = |which: &str| told[which]["StateValue"].as_str().unwrap().to_owned();
            assert_eq!((state("Before"), state("After")), (from, to), "{name} at {at}");
            assert_eq!(told["After"]["StateReason"], reason, "{name} at {at}");
        }
    }
}

/// What there is of a server that knows CloudWatch's API, by asking the real one, and none of its own paths.
pub(crate) struct Other {
    pub(crate) url: String,
    /// Everything that it was sent.
    sent: Arc<Mutex<Vec<u8>>>,
}

impl Other {
    /// How often it was asked for data.
    pub(crate) fn calls(&self) -> usize {
        let sent = self.sent.lock().unwrap();
        sent.windows(GET_METRIC_DATA.len()).filter(|window| *window == GET_METRIC_DATA).count()
    }
}

/// How each request for data begins.
const GET_METRIC_DATA: &[u8] = b"operation/GetMetricData HTTP/1.1";

pub(crate) fn without_own_paths(server: &Server) -> Other {
    let (listener, address) = (TcpListener::bind("127.0.0.1:0").unwrap(), server.address().to_owned());
    let url = format!("http://{}", listener.local_addr().unwrap());
    let sent = Arc::new(Mutex::new(Vec::new()));
    let other = Other { url, sent: sent.clone() };
    let pass = |mut from: TcpStream, mut to: TcpStream| {
        // Either end may be gone.
        std::thread::spawn(move || std::io::copy(&mut from, &mut to));
    };
    let serve = move |mut client: TcpStream| {
        let mut start = [0; 10];
        if client.read_exact(&mut start).is_err() {
            return;
        }
        if start.starts_with(b"GET /alarm") || start.starts_with(b"POST /alar") {
            let _ = client.write_all(b"HTTP/1.1 404 Not Found\r\nContent-Length: 6\r\n\r\n<oops>");
            return;
        }
        let mut real = TcpStream::connect(&address).unwrap();
        let (mut reader, mut writer, sent) = (client.try_clone().unwrap(), real.try_clone().unwrap(), sent.clone());
        sent.lock().unwrap().extend_from_slice(&start);
        real.write_all(&start).unwrap();
        std::thread::spawn(move || {
            let mut bytes = [0; 4096];
            while let Ok(count @ 1..) = reader.read(&mut bytes) {
                sent.lock().unwrap().extend_from_slice(&bytes[..count]);
                if writer.write_all(&bytes[..count]).is_err() {
                    return;
                }
            }
        });
        pass(real, client);
    };
    std::thread::spawn(move || listener.incoming().flatten().for_each(serve));
    other
}

/// Where there is only CloudWatch's API, the command makes the evaluation itself, and comes to the same.
#[test]
fn alarms_of_others_are_explained_alike() {
    let data = tempfile::tempdir().unwrap();
    let (server, _) = lived(data.path());
    mute(&server);
    let url = without_own_paths(&server).url;
    let explained = |url: &str, words: &[&str]| {
        let line = [&["alarm", "explain", "--json", "--endpoint", url], words].concat();
        let output = nepho().args(line).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.success(), "{words:?}: {said}");
        let mut told: Value = serde_json::from_slice(&output.stdout).unwrap();
        // How many samples there are is only asked for where it matters.
        for period in told.get_mut("Periods").and_then(Value::as_array_mut).into_iter().flatten() {
            period.as_object_mut().unwrap().remove("SampleCount");
        }
        told
    };
    // Contributors have other ids, and how many samples there are is not told.
    let metric = || alarms().into_iter().filter(|alarm| alarm["AlarmName"] != HOSTS);
    for name in metric().chain(composites()).map(|alarm| alarm["AlarmName"].as_str().unwrap().to_owned()) {
        let told = explained(&url, &[&name]);
        assert_eq!(told, explained(&server.url(), &[&name]), "{name}");
        assert_eq!(told.get("Muting").is_some(), MUTED.contains(&&*name), "{told}");
    }
    for name in metric().map(|alarm| alarm["AlarmName"].as_str().unwrap().to_owned()) {
        let words = [name.as_str(), "--at", "2026-05-04T13:02:20Z"];
        assert_eq!(explained(&url, &words), explained(&server.url(), &words), "{name}");
    }
}
