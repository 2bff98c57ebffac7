//! Increments that never arrive, at five million a second into PutMetricData.

use std::sync::atomic::Ordering;
use std::time::Duration;

use nepho::Metrics;

use crate::ours::{self, Into};
use crate::peers::cloudwatch;
use crate::report::{Bar, Report, percent, progress, whole};
use crate::setup::Setup;
use crate::values::{LABELS, Labels, labels};
use crate::work::NAMESPACE;
use crate::{Outcome, clock, service};

/// Increments of each thread in a second.
const RATE: u64 = 2_500_000;
const THREADS: usize = 2;
/// Each thread counts in bursts, so often in a second.
const BURSTS: u64 = 1000;
/// Seconds of load.
const SECONDS: u64 = 10;
/// The dimensions' sets of values.
const SERIES: usize = 16;
/// How long the stop may take.
const STOP_WITHIN: Duration = Duration::from_secs(5);
/// An interval that makes many calls.
const OFTEN: Duration = Duration::from_millis(100);
const BAR: f64 = 0.0;

/// Counts so often, with dimensions that are given at the call.
type Count = dyn Fn(&[Labels; LABELS], u64) + Sync;

/// Counts, and tells what arrived.
struct Counting {
    name: &'static str,
    ours: bool,
    count: Box<Count>,
    /// Stops, and says how many increments were delivered in how many calls.
    finish: Box<dyn FnOnce() -> (u64, u64)>,
}

pub(crate) fn measure(setup: &Setup) -> Outcome<Report> {
    let seconds = if setup.quick { 1 } else { SECONDS };
    let mut report = Report::new("Increments lost at 5 million/s into PutMetricData");
    report.table(&["what", "increments/s", "increments", "delivered", "lost", "share", "calls", "bar"]);
    for counting in [ours(), ours_over_http()?, cloudwatch()] {
        let (counted, took) = load(&*counting.count, seconds);
        progress(&format!("{}: counted, stopping", counting.name));
        let (delivered, calls) = (counting.finish)();
        let lost = counted as f64 - delivered as f64;
        report.row([
            counting.name.to_owned(),
            whole(counted as f64 / took.as_secs_f64()),
            whole(counted as f64),
            whole(delivered as f64),
            whole(lost),
            percent(lost / counted as f64),
            whole(calls as f64),
            if counting.ours { Bar::AtMost(BAR).judge(lost.abs(), whole) } else { String::new() },
        ]);
    }
    report.note(format!(
        "{THREADS} threads count {} times a second each, in {BURSTS} bursts, with three dimensions given at the call \
         ({SERIES} series), for {seconds} s. Then the client is stopped in its own way. What is delivered is what the \
         stand-in for the service adds up out of the data it is handed; over HTTP, a server on this machine that decodes the requests.",
        whole(RATE as f64)
    ));
    report.note("The other peers do not speak PutMetricData.");
    Ok(report)
}

/// How many increments there were, in what time.
fn load(count: &Count, seconds: u64) -> (u64, Duration) {
    let labels = labels(SERIES);
    let started = clock::instant();
    let paced = || {
        for burst in 0..seconds * BURSTS {
            count(&labels, RATE / BURSTS);
            let due = Duration::from_micros((burst + 1) * 1_000_000 / BURSTS);
            clock::sleep(due.saturating_sub(started.elapsed()));
        }
    };
    std::thread::scope(|scope| {
        (0..THREADS).for_each(|_| {
            scope.spawn(paced);
        });
    });
    (THREADS as u64 * seconds * RATE, started.elapsed())
}

fn ours() -> Counting {
    let into = Into::datums();
    let metrics = into.client();
    let counts = metrics.clone();
    Counting {
        name: "ours",
        ours: true,
        count: Box::new(move |labels, operations| {
            (0..operations).for_each(|at| ours::count(&counts, &labels[at as usize % LABELS]));
        }),
        finish: Box::new(move || {
            metrics.shutdown(STOP_WITHIN);
            (into.sum.load(Ordering::Relaxed), into.discard.documents())
        }),
    }
}

/// Through the AWS SDK to a server on this machine, with many collections while it is counted.
fn ours_over_http() -> Outcome<Counting> {
    let (address, put) = service::start()?;
    let sink = nepho::sink::PutMetricData::with_client(service::client(address));
    let metrics = Metrics::builder(NAMESPACE).without_own_metrics().interval(OFTEN).sink(sink).build();
    let counts = metrics.clone();
    Ok(Counting {
        name: "ours, every 100 ms through the AWS SDK over HTTP",
        ours: true,
        count: Box::new(move |labels, operations| {
            (0..operations).for_each(|at| ours::count(&counts, &labels[at as usize % LABELS]));
        }),
        finish: Box::new(move || {
            metrics.shutdown(STOP_WITHIN);
            (put.sum(), put.calls.load(Ordering::Relaxed))
        }),
    })
}

fn cloudwatch() -> Counting {
    let running = cloudwatch::start();
    let recorder = running.recorder.clone();
    Counting {
        name: "metrics_cloudwatch",
        ours: false,
        count: Box::new(move |labels, operations| {
            metrics::with_local_recorder(&*recorder, || crate::peers::count_through_facade(labels, operations));
        }),
        finish: Box::new(move || running.finish()),
    }
}
