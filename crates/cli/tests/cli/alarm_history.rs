//! Alarms tried on the data of whoever only speaks CloudWatch's API: what is asked for, kept, and comes of it.

use std::path::Path;

use serde_json::Value;

use crate::alarm::{HOSTS, Other, lived, without_own_paths};
use crate::server::{Server, nepho};

/// The range, which ends before what may still change.
const RANGE: [&str; 4] = ["--from", "2026-05-04T12:00Z", "--to", "2026-05-04T13:00Z"];

struct Tried {
    reports: Value,
    said: String,
}

/// Tries the alarms of a file, and keeps what is answered beside it.
fn tried(url: &str, file: &Path, more: &[&str]) -> Result<Tried, (String, Option<i32>)> {
    let cache = file.with_file_name("cache");
    let mut command = nepho();
    command.args(["alarm", "backtest", "--json", "--endpoint", url]).arg(file).arg("--cache").arg(cache);
    let output = command.args(more).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    match output.status.success() {
        true => Ok(Tried { reports: serde_json::from_slice(&output.stdout).unwrap(), said }),
        false => Err((said, output.status.code())),
    }
}

fn stage(data: &Path) -> (Server, Other, std::path::PathBuf) {
    let (server, file) = lived(data);
    let other = without_own_paths(&server);
    (server, other, file)
}

/// Where there is only CloudWatch's API, evaluations are made of what it answers, and come to the same.
#[test]
fn alarms_are_tried_alike_on_the_data_of_others() {
    let data = tempfile::tempdir().unwrap();
    let (server, other, file) = stage(data.path());
    let range = ["--from", "2026-05-04T12:00Z", "--to", "2026-05-04T13:30Z", "--yes"];
    let without_hosts = |reports: &Value| {
        let mut alarms = reports["Alarms"].as_array().unwrap().clone();
        alarms.retain(|alarm| alarm["AlarmName"] != HOSTS);
        alarms
    };
    let (here, there) = (tried(&server.url(), &file, &range).unwrap(), tried(&other.url, &file, &range).unwrap());
    let (here, alarms) = (without_hosts(&here.reports), without_hosts(&there.reports));
    assert!(here.iter().any(|alarm| alarm["Fired"].as_u64().unwrap() > 1), "{here:?}");
    assert_eq!(alarms, here);
    let hosts = there.reports["Alarms"].as_array().unwrap().iter().find(|alarm| alarm["AlarmName"] == HOSTS).unwrap();
    assert_eq!(hosts["Failures"], hosts["Evaluations"]);
    assert_eq!(hosts["FirstFailure"], "Amazon answers a query of Metrics Insights for the last three hours only");
}

/// What was answered once is paid once.
#[test]
fn only_what_is_missing_is_asked_for() {
    let data = tempfile::tempdir().unwrap();
    let (_server, other, file) = stage(data.path());
    let range = |to| ["--from", "2026-05-04T12:00Z", "--to", to, "--yes"];
    let first = tried(&other.url, &file, &range("2026-05-04T13:00Z")).unwrap();
    let calls = other.calls();
    assert!(
        first.said.contains(&format!(" in {calls} calls of GetMetricData, which costs USD 0.000")),
        "{}",
        first.said
    );
    // Nobody needs to be asked, because nothing is asked for.
    let second = tried(&other.url, &file, &RANGE).unwrap();
    assert_eq!((other.calls(), second.said.as_str()), (calls, ""));
    assert_eq!(second.reports, first.reports);
    // Ten minutes more of each; percentiles in two rows of periods. A refusal asks for nothing.
    let longer = ["--from", "2026-05-04T12:00Z", "--to", "2026-05-04T13:10Z"];
    let (said, code) = tried(&other.url, &file, &longer).err().unwrap();
    assert_eq!((other.calls(), code), (calls, Some(2)));
    assert!(said.ends_with("; nobody can be asked here whether it may: give --yes\n"), "{said}");
    tried(&other.url, &file, &range("2026-05-04T13:10Z")).unwrap();
    let longer_calls = other.calls() - calls;
    assert!((1..=calls).contains(&longer_calls), "{longer_calls}");
    tried(&other.url, &file, &longer).unwrap();
    assert_eq!(other.calls(), calls + longer_calls);
    // The newest minutes may still change, and are asked for each time.
    tried(&other.url, &file, &range("2026-05-04T13:30Z")).unwrap();
    let before = other.calls();
    tried(&other.url, &file, &range("2026-05-04T13:30Z")).unwrap();
    assert!(other.calls() > before);
}

#[test]
fn without_consent_nothing_is_asked_for() {
    let data = tempfile::tempdir().unwrap();
    let (_server, other, file) = stage(data.path());
    let (said, code) = tried(&other.url, &file, &RANGE).err().unwrap();
    assert_eq!((other.calls(), code), (0, Some(2)));
    let expected = "5 metrics in 4 calls of GetMetricData, which costs USD 0.00005 at Amazon (USD 0.01 for 1,000 metrics); nobody \
                    can be asked here whether it may: give --yes\n";
    assert!(said.ends_with(expected), "{said}");
    assert!(!file.with_file_name("cache").exists());
}

/// What is too old for its period is told, and what can be tried is tried.
#[test]
fn what_is_not_kept_for_so_long_is_told() {
    let data = tempfile::tempdir().unwrap();
    let (_server, other, file) = stage(data.path());
    let said = tried(&other.url, &file, &["--from", "30d", "--to", "2026-05-04T13:00Z", "--yes"]).unwrap().said;
    for expected in [
        "note: Missing is tried from 2026-04-19T13:45:00Z on only, because older data is not kept for periods of 60 s",
        "note: Long is evaluated every 300 s until 2026-04-19T13:55:00Z, because so old data is kept in such steps",
    ] {
        assert!(said.contains(expected), "{expected}: {said}");
    }
}
