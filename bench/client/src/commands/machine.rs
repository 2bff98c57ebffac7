//! What the machine is, and which versions are compared.

use crate::Outcome;
use crate::report::Report;

/// The committed lock file says what was built.
const LOCK: &str = include_str!("../../Cargo.lock");
/// Who is compared.
const COMPARED: [&str; 9] = [
    "metrics",
    "metrics-exporter-prometheus",
    "metrics_cloudwatch_embedded",
    "metrics_cloudwatch",
    "metrique",
    "metrique-aggregation",
    "opentelemetry_sdk",
    "prometheus-client",
    "nepho",
];

pub(crate) fn measure() -> Outcome<Report> {
    let mut report = Report::new("Machine");
    report.table(&["what", "is"]);
    let read = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
    let line = |text: &str, name: &str| {
        let found = text.lines().find_map(|line| line.strip_prefix(name)?.trim().strip_prefix(':'));
        found.unwrap_or("unknown").trim().to_owned()
    };
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    report.row(["processor".into(), format!("{}, {cores} cores", line(&read("/proc/cpuinfo"), "model name"))]);
    report.row(["memory".into(), line(&read("/proc/meminfo"), "MemTotal")]);
    report.row(["kernel".into(), read("/proc/sys/kernel/osrelease").trim().to_owned()]);
    let others = read("/proc/loadavg").split(' ').take(2).collect::<Vec<_>>().join(", ");
    report.row(["load before the runs, 1 and 5 minutes".into(), others]);
    for name in COMPARED {
        report.row([name.into(), version(name).unwrap_or("not there").to_owned()]);
    }
    Ok(report)
}

/// The version of a package in the lock file.
fn version(name: &str) -> Option<&'static str> {
    let (_, after) = LOCK.split_once(&format!("\nname = \"{name}\"\nversion = \""))?;
    after.split('"').next()
}
