//! Rolling up a day.

use jiff::tz::TimeZone;
use nepho_operational::{Outcome as RolledUp, RollUp};
use sqlx::{Connection, PgConnection};

use crate::clock::Standing;
use crate::report::{Bar, Report, Runs, megabytes, two, whole};
use crate::{Outcome, Setup, clock, database};

/// The longest that a day may take, in seconds.
const TIME: Bar = Bar::AtMost(20.0);
/// The most memory of this process, in bytes.
const MEMORY: Bar = Bar::AtMost(200e6);

pub(crate) async fn measure(setup: &Setup) -> Outcome<Report> {
    let rows = setup.day_rows();
    let mut report = Report::new(&format!("Rolling up a day of {} rows, {}", whole(rows as f64), setup.storage.name()));
    report.table(&["seconds", "rows a second", "memory of the client", "bar of the time", "bar of the memory"]);
    let options = database::create(setup, setup.storage.storage()).await?;
    let mut connection = PgConnection::connect_with(&options).await?;
    let start = database::midnight(1)?;
    let indexes = database::take_indexes(&mut connection).await?;
    database::fill(&mut connection, start, rows).await?;
    database::restore_indexes(&mut connection, &indexes).await?;
    database::settle(&mut connection).await?;
    let (date, clock) = (start.to_zoned(TimeZone::UTC).date(), Standing(database::midnight(0)?));
    let mut runs = Runs::default();
    for _ in 0..setup.runs {
        let (seconds, done) = clock::timed(RollUp::default().days(&mut connection, &clock, [date])).await;
        match done? {
            RolledUp::Done(summary) if summary.samples() == rows as u64 => {}
            other => return Err(format!("not all rows were rolled up: {other:?}").into()),
        }
        runs.add(seconds);
    }
    let memory = peak_memory();
    report.row([
        runs.show(two),
        whole(rows as f64 / runs.median()),
        megabytes(memory),
        TIME.judge(runs.median(), two),
        MEMORY.judge(memory, megabytes),
    ]);
    report.note(format!(
        "Medians of {} runs (least..most) of the same day: count, sum, average, minimum, maximum and p95 of 25 types and \
         labels, and the list of 69 different labels. The rows are in the page cache as far as they fit. The memory is \
         the most that this process ever had (VmHWM); the sorting is the server's.",
        setup.runs
    ));
    database::remove(setup).await?;
    Ok(report)
}

/// In bytes.
fn peak_memory() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes = line.and_then(|line| line.trim().strip_suffix(" kB")?.parse::<f64>().ok());
    kilobytes.map_or(f64::NAN, |kilobytes| kilobytes * 1024.0)
}
