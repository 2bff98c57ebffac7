//! `nepho alarm test` and `nepho alarm lint` as their users meet them: what they write and how they end.

use std::path::{Path, PathBuf};
use std::process::Output;

use serde_json::json;

use crate::http::Connection;
use crate::server::{Server, nepho};

const ALARM: &str = "{AlarmName: depth, Namespace: Jobs, MetricName: Depth, Statistic: Maximum, Period: 60, EvaluationPeriods: 1, \
                     Threshold: 10, ComparisonOperator: GreaterThanThreshold, \
                     AlarmActions: ['arn:aws:sns:us-east-1:000000000000:ops']}";

fn run(line: &str, file: &Path) -> Output {
    nepho().arg("alarm").args(line.split_whitespace()).arg(file).output().unwrap()
}

fn written(folder: &Path, name: &str, text: &str) -> PathBuf {
    let path = folder.join(name);
    std::fs::write(&path, text).unwrap();
    path
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

#[test]
fn tests_end_with_what_they_found() {
    let folder = tempfile::tempdir().unwrap();
    let file = |state: &str| {
        let input = "  input: [{namespace: Jobs, metric: Depth, values: 20x5}]\n";
        let expect = format!("  expect: [{{at: 2m, alarm: depth, state: {state}}}]\n");
        written(folder.path(), "t.yaml", &format!("definitions: [{ALARM}]\ntests:\n- name: long\n{input}{expect}"))
    };
    let passed = run("test --coverage", &file("ALARM"));
    assert_eq!(passed.status.code(), Some(0));
    assert!(out(&passed).ends_with(": ok, 1 of 1 tests passed\n  1 of 1 alarms are tested\n"), "{}", out(&passed));

    let junit = folder.path().join("junit.xml");
    let failed = run(&format!("test --json --junit {}", junit.display()), &file("OK"));
    assert_eq!(failed.status.code(), Some(1));
    let report: serde_json::Value = serde_json::from_str(&out(&failed)).unwrap();
    assert_eq!(report[0]["cases"][0]["states"][0]["alarm"], "depth");
    assert!(std::fs::read_to_string(junit).unwrap().contains("failures=\"1\""));

    assert_eq!(run("test", &file("Wrong")).status.code(), Some(2));
    assert_eq!(run("test", &folder.path().join("nowhere.yaml")).status.code(), Some(3));
}

/// What is wrong in a file ends with 2, wherever it stands; some of it once ended with 3, as if there were no file.
#[test]
fn what_is_wrong_in_a_file_is_wrong_use() {
    let folder = tempfile::tempdir().unwrap();
    let code = |command: &str, name: &str, text: &str| run(command, &written(folder.path(), name, text)).status.code();
    let member = format!("[{}]", ALARM.replace("AlarmName", "Foo: 1, AlarmName"));
    let tests = "tests: [{expect: [{at: 0, alarm: depth, state: INSUFFICIENT_DATA}]}]\n";
    written(folder.path(), "alarms.yaml", &member);
    for (name, text) in [
        ("t.yaml", format!("definitions: {member}\n{tests}")),
        ("t.yaml", format!("alarms: alarms.yaml\n{tests}")),
        ("t.yaml", format!("alarms: nowhere.yaml\n{tests}")),
        ("t.yaml", "definitions: [".to_owned()),
        ("t.json", "{\"tests\": ".to_owned()),
    ] {
        assert_eq!(code("test", name, &text), Some(2), "{text}");
    }
    assert_eq!(code("lint --offline", "l.yaml", &member), Some(2));
    assert_eq!(code("backtest", "l.yaml", &member), Some(2));
    for command in ["test", "lint --offline", "backtest"] {
        assert_eq!(run(command, &folder.path().join("nowhere.yaml")).status.code(), Some(3), "{command}");
    }
}

#[test]
fn a_variable_that_no_file_has_is_wrong_use() {
    let folder = tempfile::tempdir().unwrap();
    let template = "Parameters: {Limit: {Type: Number, Default: 10}}\nResources:\n  A: {Type: AWS::CloudWatch::Alarm, Properties: {AlarmName: a, Namespace: Jobs, MetricName: Depth, Statistic: Sum, Period: 60, EvaluationPeriods: 1, Threshold: !Ref Limit, ComparisonOperator: GreaterThanThreshold}}\n";
    let file = written(folder.path(), "alarms.yaml", template);
    let tests = "alarms: alarms.yaml\ntests:\n- expect: [{at: 0, alarm: a, state: INSUFFICIENT_DATA}]\n";
    let tests = written(folder.path(), "t.yaml", tests);
    assert_eq!(run("lint --offline --var Limit=5", &file).status.code(), Some(0));
    assert_eq!(run("test --var Limit=5", &tests).status.code(), Some(0));
    for output in [run("lint --offline --var Limt=5", &file), run("test --var Limt=5", &tests)] {
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains("--var: there is no variable or parameter Limt: did you mean Limit?"), "{said}");
    }
}

#[test]
fn definitions_are_compared_with_what_the_server_has() {
    let data = tempfile::tempdir().unwrap();
    let server = Server::start(data.path(), &["--clock", "manual"]);
    server.set_clock("2026-05-04T12:00:00Z");
    let put = "put Jobs Depth --statistics count=10,sum=50,min=1,max=9 --unit Count --at 10m --endpoint";
    assert!(nepho().args(put.split_whitespace()).arg(server.url()).status().unwrap().success());
    let lint = |flags: &str, alarm: &str| {
        let file = written(data.path(), "alarms.yaml", alarm);
        run(&format!("lint --json --endpoint {} {flags}", server.url()), &file)
    };
    let rules = |output: &Output| {
        let document: serde_json::Value = serde_json::from_str(&out(output)).unwrap();
        let findings = document["findings"].as_array().unwrap().iter();
        findings.map(|finding| finding["rule"].as_str().unwrap().to_owned()).collect::<Vec<_>>().join(" ")
    };
    let mut connection = Connection::open(server.address()).unwrap();
    let mut sns = |request: &str| {
        let form = [("Content-Type", "application/x-www-form-urlencoded")];
        let body = format!("Version=2010-03-31&{request}");
        let answer = connection.post("/", &form, body.as_bytes()).unwrap();
        assert_eq!(answer.status, 200, "{}", answer.text());
    };
    // Nobody listens to the alarm at first.
    let unheard =
        |rule: &str| assert_eq!((rules(&lint("", ALARM)).as_str(), lint("", ALARM).status.code()), (rule, Some(1)));
    unheard("unknown-topic");
    sns("Action=CreateTopic&Name=ops");
    let topic = "TopicArn=arn:aws:sns:us-east-1:000000000000:ops";
    sns(&format!("Action=Subscribe&{topic}&Protocol=email&Endpoint=oncall@jobs.example"));
    unheard("topic-unconfirmed");
    sns(&format!("Action=Subscribe&{topic}&Protocol=sqs&Endpoint=arn:aws:sqs:us-east-1:000000000000:pager"));
    let policy = |service: &str| {
        let statement =
            json!({"Effect": "Allow", "Principal": {"Service": service}, "Action": "SNS:Publish", "Resource": "*"});
        let policy = json!({"Version": "2012-10-17", "Statement": [statement]}).to_string();
        format!("Action=SetTopicAttributes&{topic}&AttributeName=Policy&AttributeValue={policy}").replace('+', "%2B")
    };
    sns(&policy("events.amazonaws.com"));
    unheard("topic-policy-denies");
    sns(&policy("cloudwatch.amazonaws.com"));
    let clean = lint("", ALARM);
    assert_eq!((rules(&clean).as_str(), clean.status.code()), ("", Some(0)));
    let cases = [
        ("MetricName: Depth", "MetricName: Deep", "unknown-metric"),
        ("Statistic: Maximum", "Dimensions: [{Name: Queue, Value: mail}], Statistic: Maximum", "unknown-dimensions"),
        ("Statistic: Maximum", "ExtendedStatistic: p99", "percentile-of-statistic-sets"),
        ("Statistic: Maximum", "Unit: Seconds, Statistic: Maximum", "unknown-unit"),
    ];
    for (right, wrong, rule) in cases {
        let found = lint("", &ALARM.replace(right, wrong));
        assert_eq!((rules(&found).as_str(), found.status.code()), (rule, Some(1)));
        let ignored = lint(&format!("--ignore {rule}"), &ALARM.replace(right, wrong));
        assert_eq!((rules(&ignored).as_str(), ignored.status.code()), ("", Some(0)));
        assert_eq!(lint("--offline", &ALARM.replace(right, wrong)).status.code(), Some(0));
    }
    let beats: Vec<_> = (1..=12)
        .map(|beat| json!({"MetricName": "Beat", "Value": 1.0, "Timestamp": 1_777_896_000 - 300 * beat}))
        .collect();
    let mut connection = Connection::open(server.address()).unwrap();
    let put = connection.call("PutMetricData", &json!({"Namespace": "Jobs", "MetricData": beats})).unwrap();
    assert_eq!(put.status, 200);
    let beating = ALARM.replace("MetricName: Depth", "MetricName: Beat");
    assert_eq!(rules(&lint("", &beating)), "insufficient-data");
    let filled = beating.replace("Period: 60", "Period: 60, TreatMissingData: notBreaching");
    assert_eq!(rules(&lint("", &filled)), "sparse-data");
    assert_eq!(rules(&lint("", &beating.replace("Period: 60", "Period: 300"))), "");
    let silent = ALARM.replace("AlarmActions", "OKActions");
    assert_eq!((rules(&lint("", &silent)).as_str(), lint("", &silent).status.code()), ("no-action", Some(0)));
    assert_eq!(lint("--strict", &silent).status.code(), Some(1));
}
