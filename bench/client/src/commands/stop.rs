//! How long a stop takes while the sink hangs.

use std::sync::mpsc;
use std::time::Duration;

use crate::discard::Discard;
use crate::ours::{self, Into};
use crate::peers::{metrique, opentelemetry};
use crate::report::{Bar, Report, Runs, whole};
use crate::setup::Setup;
use crate::values::labels;
use crate::work::{SERIES, Units};
use crate::{Outcome, clock};

/// What a stop is allowed.
const BOUND: Duration = Duration::from_millis(200);
/// What it may take beyond that, in milliseconds.
const BAR_MS: f64 = 50.0;
/// Whoever has not stopped after this is not waited for.
const PATIENCE: Duration = Duration::from_secs(10);
const TURNS: usize = 10;
/// So often is whoever takes longer than this.
const FEW: usize = 2;
const LONG_MS: f64 = 1000.0;

/// Starts a client with a sink that hangs, and something to send; then stops it.
struct Stopping {
    name: &'static str,
    ours: bool,
    /// Gives what stops it.
    begin: fn(&Discard) -> Box<dyn FnOnce() + Send>,
}

pub(crate) fn measure(setup: &Setup) -> Outcome<Report> {
    let turns = if setup.quick { 1 } else { TURNS };
    let bound_ms = BOUND.as_secs_f64() * 1000.0;
    let mut report = Report::new("Stop with a hung sink");
    report.table(&["what", "asked bound ms", "took ms", "bar"]);
    for stopping in [
        Stopping { name: "ours, EMF", ours: true, begin: ours_documents },
        Stopping { name: "ours, PutMetricData", ours: true, begin: ours_datums },
        Stopping { name: "metrique", ours: false, begin: metrique },
        Stopping { name: "opentelemetry_sdk", ours: false, begin: opentelemetry },
    ] {
        let mut runs = Runs::default();
        let mut stopped = true;
        for turn in 0..turns {
            // Whoever takes long takes long every time.
            if turn < FEW || runs.max() < LONG_MS {
                let took = stop(&stopping);
                stopped = took.is_some();
                runs.add(took.unwrap_or(PATIENCE).as_secs_f64() * 1000.0);
            }
        }
        let bar = if stopping.ours { Bar::AtMost(bound_ms + BAR_MS) } else { Bar::None };
        let took = runs.show(whole);
        report.row([
            stopping.name.to_owned(),
            whole(bound_ms),
            if stopped { took } else { format!("not stopped after {}", whole(runs.max())) },
            bar.judge(runs.max(), whole),
        ]);
    }
    report.note(format!("The sink hangs before the stop and after it; {turns} times ({FEW}, if it takes a second), the bar is for the longest."));
    report.note(
        "metrique: the queue's shutdown timeout is the bound; it is looked at between entries, and the entry that hangs \
         has no bound. opentelemetry_sdk: `shutdown_with_timeout`, which does not look at what it is given.",
    );
    Ok(report)
}

/// How long a stop took, if it came to an end.
fn stop(stopping: &Stopping) -> Option<Duration> {
    let discard = Discard::default();
    discard.gate().shut();
    let stop = (stopping.begin)(&discard);
    clock::wait_until(|| discard.gate().has_held());
    let (stopped, is_stopped) = mpsc::channel();
    let thread = std::thread::spawn(move || {
        let started = clock::instant();
        stop();
        let _ = stopped.send(started.elapsed());
    });
    let took = is_stopped.recv_timeout(PATIENCE).ok();
    discard.gate().open();
    let _ = thread.join();
    took
}

fn ours_documents(discard: &Discard) -> Box<dyn FnOnce() + Send> {
    let metrics = Into::documents().at(discard).hung_client();
    let mut units = Units::new(SERIES);
    (0..100).for_each(|_| ours::emit(&metrics, units.next()));
    Box::new(move || {
        metrics.shutdown(BOUND);
    })
}

fn ours_datums(discard: &Discard) -> Box<dyn FnOnce() + Send> {
    let metrics = Into::datums().at(discard).hung_client();
    labels(SERIES).iter().for_each(|labels| ours::count(&metrics, labels));
    Box::new(move || {
        metrics.shutdown(BOUND);
    })
}

fn metrique(discard: &Discard) -> Box<dyn FnOnce() + Send> {
    let mut running = metrique::Running::start(discard, BOUND);
    (0..100).for_each(|_| running.emit());
    Box::new(move || running.thread.shut_down())
}

fn opentelemetry(discard: &Discard) -> Box<dyn FnOnce() + Send> {
    let running = opentelemetry::Running::start(discard);
    running.count(&labels(1)[0]);
    Box::new(move || drop(running.provider.shutdown_with_timeout(BOUND)))
}
