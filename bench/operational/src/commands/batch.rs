//! Rows a second in batches.

use std::time::Duration;

use nepho_operational::{Recorder, Sample, Storage};
use sqlx::{Connection, PgConnection};

use crate::report::{Bar, Report, Runs, whole};
use crate::{Outcome, Setup, clock, database};

/// Samples of a batch, and batches of a run.
const SIZES: [(usize, usize); 3] = [(1_000, 200), (10_000, 30), (100_000, 4)];
/// The least rows a second.
const BAR: Bar = Bar::AtLeast(100_000.0);

pub(crate) async fn measure(setup: &Setup) -> Outcome<Report> {
    let mut report = Report::new("Batches, rows a second");
    report.table(&["samples a batch", "plain table", "partitions", "bar"]);
    let mut plain = vec![Runs::default(); SIZES.len()];
    let mut partitioned = plain.clone();
    for _ in 0..setup.runs {
        for (storage, all) in [(Storage::Plain, &mut plain), (Storage::DailyPartitions, &mut partitioned)] {
            let options = database::create(setup, storage).await?;
            let mut connection = PgConnection::connect_with(&options).await?;
            for ((size, batches), runs) in SIZES.iter().zip(all) {
                runs.add(run(&mut connection, *size, *batches).await?);
            }
        }
    }
    for ((size, _), (plain, partitioned)) in SIZES.iter().zip(plain.iter().zip(&partitioned)) {
        let slower = plain.median().min(partitioned.median());
        let bar = if *size >= 10_000 { BAR.judge(slower, whole) } else { String::new() };
        report.row([whole(*size as f64), plain.show(whole), partitioned.show(whole), bar]);
    }
    report.note(format!(
        "Medians of {} runs (least..most), each into empty tables with all their indexes. One connection; each batch is a \
         transaction of its own that is committed, and synced, in the time. Checking the samples and writing their labels \
         as JSON is in it.",
        setup.runs
    ));
    database::remove(setup).await?;
    Ok(report)
}

async fn run(connection: &mut PgConnection, size: usize, batches: usize) -> Outcome<f64> {
    let recorder = Recorder::default();
    let stages = ["parse", "classify", "reply"];
    let sample = |number: usize| {
        let time = Duration::from_micros((number * 7919 % 100_000) as u64);
        Sample::processing_time("process_email", stages[number % stages.len()], time)
    };
    let samples: Vec<Sample<'_>> = (0..size).map(sample).collect();
    let (seconds, done) = clock::timed(async {
        for _ in 0..batches {
            let mut transaction = connection.begin().await?;
            recorder.record_all(&mut transaction, &samples).await?;
            transaction.commit().await?;
        }
        Ok::<(), Box<dyn std::error::Error + Send + Sync>>(())
    })
    .await;
    done?;
    Ok((size * batches) as f64 / seconds)
}
