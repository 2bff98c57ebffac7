//! What the machine and the server are.

use sqlx::{AssertSqlSafe, Connection, PgConnection};

use crate::report::Report;
use crate::{Outcome, Setup};

/// Settings that decide how fast a server is.
const SETTINGS: [&str; 5] = ["fsync", "synchronous_commit", "shared_buffers", "work_mem", "max_wal_size"];

pub(crate) async fn measure(setup: &Setup) -> Outcome<Report> {
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
    let mut connection = PgConnection::connect_with(&setup.postgres).await?;
    for name in ["server_version"].into_iter().chain(SETTINGS) {
        let sql = AssertSqlSafe(format!("SHOW {name}"));
        let value: String = sqlx::query_scalar(sql).fetch_one(&mut connection).await?;
        report.row([format!("PostgreSQL: {name}"), value]);
    }
    Ok(report)
}
