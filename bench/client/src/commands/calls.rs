//! Calls of PutMetricData that a process makes in a minute.

use std::time::Duration;

use nepho::Metrics;

use crate::ours::{self, Into};
use crate::peers::{self, cloudwatch};
use crate::report::{Bar, Report, progress, whole};
use crate::setup::Setup;
use crate::values::{NUMBERS, latencies, many};
use crate::work::NAMESPACE;
use crate::{Outcome, clock};

/// "Under ten."
const BAR: f64 = 9.0;
const MINUTE: usize = 60;
/// Seconds of load: two whole intervals of a minute and their jitter.
const SECONDS: usize = 150;
/// Rounds of load in a second.
const ROUNDS: usize = 20;
/// How many series a load has.
const SERIES: [usize; 3] = [1, 1000, 10_000];

/// Emits, and knows how often it called.
struct Emitting {
    name: String,
    ours: bool,
    /// Records one value in each of its series.
    round: Box<dyn FnMut()>,
    calls: Box<dyn Fn() -> u64>,
    /// Calls so far, at the end of each second.
    seconds: Vec<u64>,
}

pub(crate) fn measure(setup: &Setup) -> Outcome<Report> {
    let seconds = if setup.quick { 5 } else { SECONDS };
    let mut all: Vec<Emitting> = SERIES.into_iter().map(ours).chain(SERIES.into_iter().map(cloudwatch)).collect();
    let started = clock::instant();
    for second in 0..seconds {
        for round in 0..ROUNDS {
            all.iter_mut().for_each(|emitting| (emitting.round)());
            let due = Duration::from_millis((second * 1000 + (round + 1) * 1000 / ROUNDS) as u64);
            clock::sleep(due.saturating_sub(started.elapsed()));
        }
        all.iter_mut().for_each(|emitting| emitting.seconds.push((emitting.calls)()));
    }
    progress(&format!("load for {} s", started.elapsed().as_secs()));
    let mut report = Report::new("PutMetricData calls in a minute");
    report.table(&["what", "most calls in 60 s", "calls in all", "bar"]);
    for emitting in &all {
        let most = emitting.most_in_a_minute() as f64;
        report.row([
            emitting.name.clone(),
            whole(most),
            whole(emitting.seconds.last().copied().unwrap_or_default() as f64),
            if emitting.ours { Bar::AtMost(BAR).judge(most, whole) } else { String::new() },
        ]);
    }
    report.note(format!(
        "{seconds} s, {ROUNDS} latencies a second in a histogram of each series (three dimensions); all clients at once, \
         each with defaults and a stand-in for the service. The most is over all stretches of 60 s that begin at a second."
    ));
    report.note(format!(
        "Ours keeps {} series by default and adds up further ones as `other`.",
        whole(nepho::SERIES_MAX as f64)
    ));
    Ok(report)
}

impl Emitting {
    fn most_in_a_minute(&self) -> u64 {
        let before = std::iter::repeat_n(&0, MINUTE).chain(&self.seconds);
        self.seconds.iter().zip(before).map(|(calls, before)| calls - before).max().unwrap_or_default()
    }
}

fn ours(series: usize) -> Emitting {
    let into = Into::datums();
    let metrics = Metrics::builder(NAMESPACE).sink(into.clone()).build();
    let histograms: Vec<_> = many(series).iter().map(|series| ours::histogram_of(&metrics, series)).collect();
    let (numbers, mut at) = (latencies(), 0);
    let round = move || {
        for histogram in &histograms {
            at += 1;
            histogram.record(numbers[at % NUMBERS]);
        }
    };
    Emitting {
        name: format!("ours, {} series", whole(series as f64)),
        ours: true,
        round: Box::new(round),
        calls: Box::new(move || {
            let _alive = &metrics;
            into.discard.documents()
        }),
        seconds: Vec::new(),
    }
}

fn cloudwatch(series: usize) -> Emitting {
    let running = cloudwatch::start();
    let histograms: Vec<_> = metrics::with_local_recorder(&*running.recorder, || {
        many(series).into_iter().map(peers::labelled_histogram).collect()
    });
    let (numbers, mut at) = (latencies(), 0);
    let round = move || {
        for histogram in &histograms {
            at += 1;
            histogram.record(numbers[at % NUMBERS]);
        }
    };
    let received = running.received.clone();
    Emitting {
        name: format!("metrics_cloudwatch, {} series", whole(series as f64)),
        ours: false,
        round: Box::new(round),
        calls: Box::new(move || {
            let _running = &running;
            received.calls.load(std::sync::atomic::Ordering::Relaxed)
        }),
        seconds: Vec::new(),
    }
}
