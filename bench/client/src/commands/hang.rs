//! How long a call makes its caller wait while the sink hangs.

use std::time::Duration;

use nepho::{Metrics, Unit};

use crate::discard::Discard;
use crate::ours::{self, Into};
use crate::peers::{self, cloudwatch, embedded, metrique, opentelemetry};
use crate::report::{Bar, Report, one, whole};
use crate::setup::Setup;
use crate::values::{LABELS, NUMBERS, labels, latencies};
use crate::work::{self, Units};
use crate::{Outcome, clock};

/// Microseconds.
const BAR: f64 = 10.0;
/// Calls that are made in a row: more than any of the queues holds.
const CALLS: usize = 200_000;
/// The same calls are repeated so often, each time with a new client.
const REPEATS: usize = 7;
/// How long the sink of `metrics_cloudwatch_embedded` hangs.
const EMBEDDED_HANGS: Duration = Duration::from_millis(500);
/// A call that takes less is not looked at closely.
const SLOW: Duration = Duration::from_micros(2);
/// The dimensions' sets of values.
const SERIES: usize = 16;

/// One kind of call.
struct Kind {
    name: &'static str,
    ours: bool,
    /// Makes a client whose sink hangs.
    begin: fn() -> Calls,
}

/// Calls of a client whose sink hangs.
struct Calls {
    call: Box<dyn FnMut()>,
    /// Lets the sink go on, and stops.
    release: Box<dyn FnOnce()>,
}

/// How long calls took, in nanoseconds.
#[derive(Debug, Default)]
struct Waits {
    all: Vec<u32>,
    /// Of each call, the least of its repeats, without the time in which another thread had its core.
    least: Vec<u32>,
    /// Of calls that gave the processor away, to wait.
    waited: Vec<u32>,
}

const KINDS: [Kind; 8] = [
    Kind { name: "nothing", ours: false, begin: nothing },
    Kind { name: "ours, counter", ours: true, begin: ours_handle },
    Kind { name: "ours, counter with 3 dimensions", ours: true, begin: ours_counter },
    Kind { name: "ours, histogram", ours: true, begin: ours_histogram },
    Kind { name: "ours, unit of work", ours: true, begin: ours_unit },
    Kind { name: "metrics_cloudwatch, counter with 3 dimensions", ours: false, begin: cloudwatch_counter },
    Kind { name: "metrique, unit of work", ours: false, begin: metrique_unit },
    Kind { name: "opentelemetry_sdk, counter with 3 attributes", ours: false, begin: opentelemetry_counter },
];

pub(crate) fn measure(setup: &Setup) -> Outcome<Report> {
    let repeats = if setup.quick { 2 } else { REPEATS };
    let mut all: Vec<Waits> = KINDS.iter().map(|_| Waits::default()).collect();
    for _ in 0..repeats {
        KINDS.iter().zip(&mut all).for_each(|(kind, waits)| waits.repeat((kind.begin)()));
    }
    let mut report = Report::new("Longest wait of a caller while the sink hangs");
    report.table(&[
        "what",
        "p50 ns",
        "p99.99 us",
        "longest us",
        "calls that waited",
        "longest that waited us",
        "longest in every repeat us",
        "bar (of the last two)",
    ]);
    let micros = |nanos: Option<&u32>| nanos.map_or(0.0, |nanos| f64::from(*nanos) / 1000.0);
    for (kind, waits) in KINDS.iter().zip(&mut all) {
        waits.all.sort_unstable();
        let quantile = |q: f64| waits.all.get(((waits.all.len() - 1) as f64 * q).round() as usize);
        let (waited, least) = (micros(waits.waited.iter().max()), micros(waits.least.iter().max()));
        report.row([
            kind.name.to_owned(),
            whole(micros(quantile(0.5)) * 1000.0),
            one(micros(quantile(0.9999))),
            one(micros(quantile(1.0))),
            whole(waits.waited.len() as f64),
            one(waited),
            one(least),
            if kind.ours { Bar::AtMost(BAR).judge(waited.max(least), one) } else { String::new() },
        ]);
    }
    let wait = embedded_wait().as_secs_f64() * 1e6;
    report.row([
        "metrics_cloudwatch_embedded, counter with 3 dimensions".to_owned(),
        String::new(),
        String::new(),
        one(wait),
        "1".to_owned(),
        one(wait),
        String::new(),
        String::new(),
    ]);
    report.note(format!(
        "{} calls in a row, {repeats} times, each time with a new client whose sink hangs already: queues fill up, and \
         overflow. The first calls of a thread, which make what it needs, are among them. Each call is timed (p50 \
         includes reading the clock).",
        whole(CALLS as f64)
    ));
    report.note(
        "The longest call of all is one in which the machine did something else: \"nothing\", a loop without a call, has \
         such calls too. What a library can do to its caller is to make it wait or to make it work. A call that waited \
         is one in which the thread gave the processor away by itself (the kernel counts that). Work is the same in \
         each repeat, what the machine does is not: of each of the calls, the first to the last, the least of its \
         repeats is taken (the thread's processor time, where that is less), and of those the longest.",
    );
    report.note(format!(
        "metrics_cloudwatch_embedded holds its lock while it writes: one call, while another thread's flush hangs for {} \
         ms. metrics + metrics-exporter-prometheus and prometheus-client have no sink that could hang.",
        EMBEDDED_HANGS.as_millis()
    ));
    Ok(report)
}

impl Waits {
    fn repeat(&mut self, Calls { mut call, release }: Calls) {
        self.least.resize(CALLS, u32::MAX);
        let mut waits = clock::thread_waits();
        for least in &mut self.least {
            let had = clock::thread_time();
            let started = clock::instant();
            call();
            let elapsed = started.elapsed();
            self.all.push(nanos(elapsed));
            let mut own = elapsed;
            if elapsed > SLOW {
                own = elapsed.min(clock::thread_time().saturating_sub(had));
                let waits_now = clock::thread_waits();
                if waits_now > waits {
                    self.waited.push(nanos(elapsed));
                }
                waits = waits_now;
            }
            *least = nanos(own).min(*least);
        }
        release();
    }
}

fn nanos(elapsed: Duration) -> u32 {
    elapsed.as_nanos().try_into().unwrap_or(u32::MAX)
}

fn nothing() -> Calls {
    Calls { call: Box::new(|| ()), release: Box::new(|| ()) }
}

/// Calls of ours whose sink hangs.
fn ours(into: Into, mut call: impl FnMut(&Metrics) + 'static) -> Calls {
    let metrics = into.hung_client();
    let stopped = metrics.clone();
    Calls {
        call: Box::new(move || call(&metrics)),
        release: Box::new(move || {
            into.discard.gate().open();
            stopped.shutdown(Duration::from_secs(1));
        }),
    }
}

fn ours_counter() -> Calls {
    let (labels, mut at) = (labels(SERIES), 0);
    ours(Into::datums(), move |metrics| {
        at = (at + 1) % LABELS;
        ours::count(metrics, &labels[at]);
    })
}

fn ours_handle() -> Calls {
    let mut counter = None;
    ours(Into::datums(), move |metrics| {
        counter.get_or_insert_with(|| metrics.counter("requests", &[])).increment();
    })
}

fn ours_histogram() -> Calls {
    let (numbers, mut at, mut histogram) = (latencies(), 0, None);
    ours(Into::datums(), move |metrics| {
        at = (at + 1) % NUMBERS;
        histogram.get_or_insert_with(|| metrics.histogram("latency", Unit::Milliseconds, &[])).record(numbers[at]);
    })
}

fn ours_unit() -> Calls {
    let mut units = Units::new(work::SERIES);
    ours(Into::documents(), move |metrics| ours::emit(metrics, units.next()))
}

fn cloudwatch_counter() -> Calls {
    let (running, labels) = (cloudwatch::start_hung(), labels(SERIES));
    let (recorder, mut at) = (running.recorder.clone(), 0);
    let call = move || {
        at = (at + 1) % LABELS;
        metrics::with_local_recorder(&*recorder, || peers::count_labelled(&labels[at]));
    };
    Calls { call: Box::new(call), release: Box::new(move || running.forget()) }
}

fn metrique_unit() -> Calls {
    let discard = Discard::default();
    discard.gate().shut();
    let mut running = metrique::Running::start(&discard, Duration::from_secs(1));
    running.emit();
    clock::wait_until(|| discard.gate().has_held());
    Calls { call: Box::new(move || running.emit()), release: Box::new(move || discard.gate().open()) }
}

fn opentelemetry_counter() -> Calls {
    let (discard, labels) = (Discard::default(), labels(SERIES));
    discard.gate().shut();
    let running = opentelemetry::Running::start(&discard);
    running.count(&labels[0]);
    clock::wait_until(|| discard.gate().has_held());
    let mut at = 0;
    let call = move || {
        at = (at + 1) % LABELS;
        running.count(&labels[at]);
    };
    Calls { call: Box::new(call), release: Box::new(move || discard.gate().open()) }
}

/// `metrics_cloudwatch_embedded` holds its lock while it writes: the one call that is made returns when the sink goes
/// on, which it does after [`EMBEDDED_HANGS`].
fn embedded_wait() -> Duration {
    embedded::describe();
    let (discard, labels) = (Discard::default(), labels(SERIES));
    peers::count_labelled(&labels[0]);
    discard.gate().shut();
    std::thread::scope(|scope| {
        scope.spawn(|| embedded::collector().flush(discard.clone()));
        clock::wait_until(|| discard.gate().has_held());
        let started = clock::instant();
        scope.spawn(|| {
            clock::sleep(EMBEDDED_HANGS);
            discard.gate().open();
        });
        peers::count_labelled(&labels[0]);
        started.elapsed()
    })
}
