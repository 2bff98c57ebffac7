//! What recording adds to a transaction.

use std::time::Duration;

use nepho_operational::{Recorder, Storage};
use sqlx::{Connection, PgConnection};

use crate::report::{Bar, Report, Runs, whole};
use crate::{Outcome, Setup, clock, database};

/// Transactions of one run, and calls in them: a batch of 20 is long enough for the clock, and short for a transaction.
const TRANSACTIONS: usize = 100;
const CALLS: usize = 20;
/// The most that a call may add, in microseconds.
const BAR: Bar = Bar::AtMost(100.0);

/// What is called inside of the transaction.
#[derive(Debug, Clone, Copy)]
enum Call {
    /// A statement of the application's, to compare with.
    Business,
    QueueDepth,
    ProcessingTime,
    ProcessingTimeAboutAnEmail,
    Error,
    TokenUsage,
    Confidence,
}

pub(crate) async fn measure(setup: &Setup) -> Outcome<Report> {
    let mut report = Report::new("Recording in a transaction, microseconds a call");
    report.table(&["call", "savepoint", "plain table", "partitions", "bar"]);
    let calls = [
        ("an INSERT of the application's", Call::Business),
        ("queue_depth", Call::QueueDepth),
        ("processing_time", Call::ProcessingTime),
        ("processing_time about an email", Call::ProcessingTimeAboutAnEmail),
        ("error", Call::Error),
        ("token_usage", Call::TokenUsage),
        ("confidence", Call::Confidence),
    ];
    let plain = measure_all(setup, Storage::Plain, &calls).await?;
    let partitioned = measure_all(setup, Storage::DailyPartitions, &calls).await?;
    for (plain, partitioned) in plain.iter().zip(&partitioned) {
        let (name, has_savepoint, runs) = plain;
        let is_business = name.starts_with("an ");
        let slower = runs.median().max(partitioned.2.median());
        report.row([
            (*name).to_owned(),
            if is_business { String::new() } else { if *has_savepoint { "yes" } else { "no" }.to_owned() },
            runs.show(whole),
            partitioned.2.show(whole),
            if is_business { String::new() } else { BAR.judge(slower, whole) },
        ]);
    }
    report.note(format!(
        "Medians of {} runs (least..most), each of {TRANSACTIONS} transactions with {CALLS} calls one after the other; \
         beginning and committing are not counted. One connection, over a Unix socket. The bar is for the median.",
        setup.runs
    ));
    report.note(
        "With a savepoint (the default) a call is three statements in one message; without one it is one statement.",
    );
    database::remove(setup).await?;
    Ok(report)
}

async fn measure_all(
    setup: &Setup,
    storage: Storage,
    calls: &[(&'static str, Call)],
) -> Outcome<Vec<(&'static str, bool, Runs)>> {
    let options = database::create(setup, storage).await?;
    let mut connection = PgConnection::connect_with(&options).await?;
    database::run(
        &mut connection,
        "CREATE TABLE business (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, what text)",
    )
    .await?;
    let ways = [(Recorder::default(), true), (Recorder::default().without_savepoint(), false)];
    let mut all: Vec<(&'static str, bool, Runs)> = Vec::new();
    for (name, call) in calls {
        let ways = if matches!(call, Call::Business) { &ways[..1] } else { &ways[..] };
        all.extend(ways.iter().map(|(_, has_savepoint)| (*name, *has_savepoint, Runs::default())));
    }
    for _ in 0..setup.runs {
        for (name, has_savepoint, runs) in &mut all {
            let call = calls.iter().find(|(known, _)| known == name).map_or(Call::Business, |(_, call)| *call);
            let recorder = &ways[usize::from(!*has_savepoint)].0;
            runs.add(run(&mut connection, recorder, call).await?);
        }
    }
    Ok(all)
}

/// The median time of a call, in microseconds.
async fn run(connection: &mut PgConnection, recorder: &Recorder, call: Call) -> Outcome<f64> {
    let mut times = Runs::default();
    for _ in 0..TRANSACTIONS {
        let mut transaction = connection.begin().await?;
        let (seconds, done) = clock::timed(async {
            for _ in 0..CALLS {
                once(&mut transaction, recorder, call).await?;
            }
            Ok::<(), Box<dyn std::error::Error + Send + Sync>>(())
        })
        .await;
        done?;
        times.add(seconds * 1e6 / CALLS as f64);
        transaction.commit().await?;
    }
    Ok(times.median())
}

async fn once(connection: &mut PgConnection, recorder: &Recorder, call: Call) -> Outcome<()> {
    let time = Duration::from_micros(1234);
    match call {
        Call::Business => {
            sqlx::query("INSERT INTO business (what) VALUES ($1)").bind("something").execute(connection).await?;
        }
        Call::QueueDepth => recorder.queue_depth(connection, "inbound", 12).await?,
        Call::ProcessingTime => recorder.processing_time(connection, "process_email", "parse", time).await?,
        Call::ProcessingTimeAboutAnEmail => {
            recorder.about(17).processing_time(connection, "process_email", "parse", time).await?;
        }
        Call::Error => recorder.error(connection, "process_email", "Timeout").await?,
        Call::TokenUsage => recorder.token_usage(connection, "model_1", "reply", 512).await?,
        Call::Confidence => recorder.confidence(connection, 0.93).await?,
    }
    Ok(())
}
