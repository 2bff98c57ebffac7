//! What writers wait for while a day is deleted.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use nepho_operational::{Outcome as RolledUp, Recorder, RollUp, Storage};
use sqlx::postgres::PgConnectOptions;
use sqlx::{Connection, PgConnection};
use tokio::task::JoinHandle;

use crate::clock::Standing;
use crate::report::{Bar, Report, quantile, three, two, whole};
use crate::{Outcome, Setup, clock, database};

/// Connections that write.
const WRITERS: usize = 2;
/// Between two transactions of a writer: both together write more than ten million rows a day.
const PAUSE: Duration = Duration::from_millis(10);
/// How long writers are watched without a retention, in seconds.
const QUIET_SECONDS: u64 = 20;
/// Days that stay, with a hundredth of the rows: what stays is not what retention works on.
const KEPT_DAYS: i64 = 30;
/// The longest that a writer may wait, in milliseconds.
const BAR: Bar = Bar::AtMost(50.0);

/// How long a transaction took, in milliseconds.
#[derive(Debug, Clone, Copy)]
struct Wait {
    whole: f64,
    /// Up to its commit: what locks of others would add to.
    before_commit: f64,
}

pub(crate) async fn measure(setup: &Setup) -> Outcome<Report> {
    let rows = setup.day_rows();
    let mut report = Report::new(&format!(
        "Retention of {KEPT_DAYS} days, {} rows a day, {}",
        whole(rows as f64),
        setup.storage.name()
    ));
    report.table(&[
        "what",
        "seconds",
        "writes",
        "p50 ms",
        "p99 ms",
        "p99.9 ms",
        "longest ms",
        "longest before the commit ms",
        "bar",
    ]);
    let options = prepare(setup, setup.storage.storage(), rows).await?;
    let quiet = async {
        tokio::time::sleep(Duration::from_secs(QUIET_SECONDS)).await;
        Ok(())
    };
    let (seconds, waits, ()) = watch(&options, quiet).await?;
    row(&mut report, "nothing else", seconds, &waits, Bar::None);
    let mut connection = PgConnection::connect_with(&options).await?;
    let clock = Standing(database::midnight(0)?);
    let retention = async {
        match RollUp::default().run(&mut connection, &clock, None).await? {
            RolledUp::Done(summary) => Ok(summary.released),
            RolledUp::Elsewhere => Err("another instance is at it".into()),
        }
    };
    let (seconds, waits, released) = watch(&options, retention).await?;
    let what = match released.partitions.len() {
        0 => format!("{} rows deleted", whole(released.rows as f64)),
        partitions => format!("{partitions} partition dropped"),
    };
    row(&mut report, &what, seconds, &waits, BAR);
    report.note(format!(
        "{WRITERS} connections write all the time, each a transaction with a row of the application's and a metric, then \
         a pause of {} ms. A wait is from the beginning of a transaction to the end of its commit, so it has the sync in \
         it; the first row is what that takes when nothing else happens. The run deletes one full day (the \
         31st) of {} rows; the days that stay have a hundredth of that each.",
        PAUSE.as_millis(),
        whole(rows as f64)
    ));
    database::remove(setup).await?;
    Ok(report)
}

/// A full day that is to go, grown as a day grows, and thirty small ones that stay, all rolled up.
async fn prepare(setup: &Setup, storage: Storage, rows: i64) -> Outcome<PgConnectOptions> {
    let options = database::create(setup, storage).await?;
    let mut connection = PgConnection::connect_with(&options).await?;
    database::run(
        &mut connection,
        "CREATE TABLE business (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, what text)",
    )
    .await?;
    for days_ago in (1..=KEPT_DAYS + 1).rev() {
        let start = database::midnight(days_ago)?;
        if storage == Storage::DailyPartitions {
            let (day, end) = (start.to_zoned(jiff::tz::TimeZone::UTC).date(), database::midnight(days_ago - 1)?);
            let name = format!("operational_metrics_{}", day.strftime("%Y%m%d"));
            let partition = format!(
                "CREATE TABLE IF NOT EXISTS {name} PARTITION OF operational_metrics FOR VALUES FROM ('{start}') TO ('{end}')"
            );
            database::run(&mut connection, &partition).await?;
        }
        match days_ago > KEPT_DAYS {
            true => database::grow(&mut connection, start, rows).await?,
            false => database::fill(&mut connection, start, rows / 100).await?,
        }
    }
    database::settle(&mut connection).await?;
    // Up to the day before: the days are rolled up, and none is old enough to go.
    let before = Standing(database::midnight(1)?);
    RollUp { retention_days: 60, ..RollUp::default() }.run(&mut connection, &before, None).await?;
    RollUp { retention_days: 60, repeated_days: 0, ..RollUp::default() }
        .run(&mut connection, &Standing(database::midnight(0)?), None)
        .await?;
    Ok(options)
}

/// Lets writers write while `work` is done; how long that took, and their waits in milliseconds.
async fn watch<T>(options: &PgConnectOptions, work: impl Future<Output = Outcome<T>>) -> Outcome<(f64, Vec<Wait>, T)> {
    let stop = Arc::new(AtomicBool::new(false));
    let writers: Vec<_> = (0..WRITERS).map(|_| write(options.clone(), stop.clone())).collect();
    let (seconds, done) = clock::timed(work).await;
    stop.store(true, Ordering::Relaxed);
    let mut waits = Vec::new();
    for writer in writers {
        waits.extend(writer.await??);
    }
    Ok((seconds, waits, done?))
}

fn write(options: PgConnectOptions, stop: Arc<AtomicBool>) -> JoinHandle<Outcome<Vec<Wait>>> {
    tokio::spawn(async move {
        let mut connection = PgConnection::connect_with(&options).await?;
        let recorder = Recorder::default();
        let mut waits = Vec::new();
        while !stop.load(Ordering::Relaxed) {
            waits.push(once(&mut connection, &recorder).await?);
            tokio::time::sleep(PAUSE).await;
        }
        Ok(waits)
    })
}

async fn once(connection: &mut PgConnection, recorder: &Recorder) -> Outcome<Wait> {
    let started = clock::instant();
    let mut transaction = connection.begin().await?;
    sqlx::query("INSERT INTO business (what) VALUES ($1)").bind("something").execute(&mut *transaction).await?;
    recorder.about(17).queue_depth(&mut transaction, "inbound", 3).await?;
    let before_commit = started.elapsed().as_secs_f64() * 1000.0;
    transaction.commit().await?;
    Ok(Wait { whole: started.elapsed().as_secs_f64() * 1000.0, before_commit })
}

fn row(report: &mut Report, what: &str, seconds: f64, waits: &[Wait], bar: Bar) {
    let all: Vec<f64> = waits.iter().map(|wait| wait.whole).collect();
    let before_commit = waits.iter().map(|wait| wait.before_commit).fold(0.0, f64::max);
    report.row([
        what.to_owned(),
        two(seconds),
        whole(waits.len() as f64),
        three(quantile(&all, 0.5)),
        three(quantile(&all, 0.99)),
        three(quantile(&all, 0.999)),
        three(quantile(&all, 1.0)),
        three(before_commit),
        bar.judge(quantile(&all, 1.0), three),
    ]);
}
