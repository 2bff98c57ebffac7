//! The ten alarms of the churn pipeline, tried on a week of its metrics: the report in `docs` is what comes of it.

mod generator;

use std::fmt::Write;
use std::path::Path;

use serde_json::Value;

use crate::server::{Server, nepho};
use generator::{INCIDENTS, MINUTES, START};

/// Where the alarms are.
const ALARMS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/churn/terraform");

const HEAD: &str = "\
# A week of the churn pipeline's alarms

The ten alarms of the churn pipeline, tried with `nepho alarm backtest` on a week of the metrics that it emits. The week is made by \
a generator that always comes to the same (`crates/cli/tests/cli/churn_week/generator.rs`): uploads by the hour of the day, what \
the API, the worker and the queues measure of each, and seven incidents. An event is counted under its dimensions and, because \
alarms are on the whole, without any.

    cargo test -p nepho-cli --test cli churn_week

makes the week and the report anew, and fails where this page or its picture is another; what came of it is then in `target/tmp`.

## What went wrong

| from | to | what |
| --- | --- | --- |
";

fn text(seconds: i64) -> String {
    jiff::Timestamp::from_second(seconds).unwrap().strftime("%a %Y-%m-%d %H:%M").to_string()
}

/// The report, and its picture.
fn report() -> (Value, String, String) {
    let data = tempfile::tempdir().unwrap();
    generator::write(&data.path().join("data"));
    let server = Server::start(&data.path().join("data"), &["--clock", "manual"]);
    let picture = data.path().join("week.svg");
    let (from, to) = (START.to_string(), (START + MINUTES * 60).to_string());
    let backtest = |more: &[&str]| {
        let mut command = nepho();
        command.args(["alarm", "backtest", ALARMS, "--utc", "--from", &from, "--to", &to, "--endpoint", &server.url()]);
        let output = command.args(more).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    let shown = backtest(&["--width", "110", "--svg", picture.to_str().unwrap()]);
    let document = serde_json::from_str(&backtest(&["--json"])).unwrap();
    (document, shown, std::fs::read_to_string(picture).unwrap())
}

fn page(document: &Value, shown: &str) -> String {
    let mut page = HEAD.to_owned();
    for incident in &INCIDENTS {
        let (from, to) = (START + incident.from * 60, START + incident.to * 60);
        writeln!(page, "| {} | {} | {} |", text(from), text(to), incident.what).unwrap();
    }
    page += "\n## What the alarms did\n\n![Each alarm's states over the week](churn-week.svg)\n\n```\n";
    page += shown;
    page += "```\n\n## When they fired\n\n| alarm | fired | recovered | detected after | reason |\n| --- | --- | --- | --- | --- |\n";
    for alarm in document["Alarms"].as_array().unwrap() {
        let name = alarm["AlarmName"].as_str().unwrap();
        for episode in alarm["Episodes"].as_array().unwrap() {
            let time = |member: &str| {
                let time = episode[member].as_str().map(|time| time.parse::<jiff::Timestamp>().unwrap());
                time.map_or("not yet".to_owned(), |time| text(time.as_second()))
            };
            let detected = episode["SecondsToDetect"].as_i64().map_or(String::new(), |seconds| format!("{seconds} s"));
            let reason = episode["Reason"].as_str().unwrap();
            let (fired, recovered) = (time("StartTime"), time("EndTime"));
            writeln!(page, "| {name} | {fired} | {recovered} | {detected} | {reason} |").unwrap();
        }
    }
    page
}

/// Whether what is in the docs is what was made, which is kept for whoever wants to put it there.
fn is_in_docs(name: &str, made: &str) -> bool {
    std::fs::write(Path::new(env!("CARGO_TARGET_TMPDIR")).join(name), made).unwrap();
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs").join(name);
    std::fs::read_to_string(docs).is_ok_and(|text| text == made)
}

#[test]
fn churn_week_is_as_the_docs_have_it() {
    let (document, shown, picture) = report();
    let alarms = document["Alarms"].as_array().unwrap();
    assert_eq!(alarms.len(), 10);
    for alarm in alarms {
        assert_eq!((&alarm["Failures"], &alarm["Evaluations"]), (&Value::from(0), &Value::from(MINUTES - 1)));
        assert!(alarm["Fired"].as_u64() > Some(0), "each incident is noticed: {}", alarm["AlarmName"]);
    }
    let are_same = [("churn-week.md", page(&document, &shown)), ("churn-week.svg", picture)]
        .map(|(name, made)| (name, is_in_docs(name, &made)));
    let kept = env!("CARGO_TARGET_TMPDIR");
    assert!(are_same.iter().all(|(_, is_same)| *is_same), "docs/ has others than {kept}: {are_same:?}");
}
