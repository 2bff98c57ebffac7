//! How long a call makes its caller wait while the sink hangs.

use std::time::Duration;

use crate::discard::Discard;
use crate::peers::{self, cloudwatch, embedded, metrique, opentelemetry};
use crate::report::{Bar, Report, Runs, one, whole};
use crate::setup::Setup;
use crate::values::{LABELS, labels};
use crate::{Outcome, clock};

/// Microseconds.
const BAR: f64 = 10.0;
/// Calls that are made in a row by each.
const CALLS: usize = 100_000;
const TURNS: usize = 20;
/// How long the sink of `metrics_cloudwatch_embedded` hangs.
const EMBEDDED_HANGS: Duration = Duration::from_millis(500);
/// A call that takes less is not looked at closely.
const SLOW: Duration = Duration::from_micros(2);
/// The dimensions' sets of values.
const SERIES: usize = 16;

/// One kind of call, with a sink that hangs already.
struct Calls {
    name: &'static str,
    ours: bool,
    call: Box<dyn FnMut()>,
    /// Lets the sink go on, and stops.
    release: Box<dyn FnOnce()>,
}

impl Calls {
    fn release(self) {
        (self.release)();
    }
}

/// How long calls took.
#[derive(Debug, Default)]
struct Waits {
    /// Of each call, in nanoseconds.
    nanos: Vec<u32>,
    /// The longest of each turn, in microseconds.
    longest: Runs,
    /// The longest of each turn, less what the call had no part in.
    own: Runs,
    /// How many calls gave the processor away, to wait.
    waited: u64,
}

pub(crate) fn measure(setup: &Setup) -> Outcome<Report> {
    let turns = if setup.quick { 2 } else { TURNS };
    let mut callers = callers();
    let mut all: Vec<Waits> = callers.iter().map(|_| Waits::default()).collect();
    for _ in 0..turns {
        callers.iter_mut().zip(&mut all).for_each(|(caller, waits)| waits.turn(&mut caller.call));
    }
    let mut report = Report::new("Longest wait of a caller while the sink hangs");
    report.table(&[
        "what",
        "p50 ns",
        "p99.99 us",
        "longest of 100,000 calls us",
        "longest us",
        "longest of its own us",
        "calls that waited",
        "bar (longest of its own)",
    ]);
    for (caller, waits) in callers.iter().zip(&mut all) {
        waits.nanos.sort_unstable();
        let quantile = |q: f64| f64::from(waits.nanos[((waits.nanos.len() - 1) as f64 * q).round() as usize]);
        report.row([
            caller.name.to_owned(),
            whole(quantile(0.5)),
            one(quantile(0.9999) / 1000.0),
            waits.own.show(one),
            one(waits.longest.max()),
            one(waits.own.max()),
            whole(waits.waited as f64),
            if caller.ours { Bar::AtMost(BAR).judge(waits.own.max(), one) } else { String::new() },
        ]);
    }
    let wait = embedded_wait();
    report.row([
        "metrics_cloudwatch_embedded, counter with 3 dimensions".to_owned(),
        String::new(),
        String::new(),
        String::new(),
        one(wait.as_secs_f64() * 1e6),
        one(wait.as_secs_f64() * 1e6),
        "1".to_owned(),
        String::new(),
    ]);
    report.note(format!(
        "{turns} times {} calls of each kind in turn, each call timed (p50 includes what reading the clock takes). The \
         sinks hang from before the first call to after the last, so all queues are full.",
        whole(CALLS as f64)
    ));
    report.note(
        "\"Of its own\" takes out what the machine did: of a call in which the thread did not give the processor away \
         (its count of voluntary switches stayed), only the thread's processor time is taken, not the time in which \
         another thread had the core; a call that did give it away counts with all the time it took. Interrupts and the \
         hypervisor cannot be taken out: \"nothing\" shows what they do to a loop without a call.",
    );
    report.note(format!(
        "metrics_cloudwatch_embedded holds its lock while it writes: one call, while another thread's flush hangs for {} \
         ms. metrics + metrics-exporter-prometheus and prometheus-client have no sink that could hang.",
        EMBEDDED_HANGS.as_millis()
    ));
    callers.into_iter().for_each(Calls::release);
    Ok(report)
}

impl Waits {
    fn turn(&mut self, call: &mut dyn FnMut()) {
        let (mut longest, mut own_longest) = (Duration::ZERO, Duration::ZERO);
        let mut waits = clock::thread_waits();
        for _ in 0..CALLS {
            let had = clock::thread_time();
            let started = clock::instant();
            call();
            let elapsed = started.elapsed();
            self.nanos.push(elapsed.as_nanos().try_into().unwrap_or(u32::MAX));
            longest = longest.max(elapsed);
            if elapsed > SLOW {
                let worked = clock::thread_time().saturating_sub(had);
                let waits_now = clock::thread_waits();
                let waited = waits_now > waits;
                self.waited += u64::from(waited);
                own_longest = own_longest.max(if waited { elapsed } else { elapsed.min(worked) });
                waits = waits_now;
            } else {
                own_longest = own_longest.max(elapsed);
            }
        }
        self.longest.add(longest.as_secs_f64() * 1e6);
        self.own.add(own_longest.as_secs_f64() * 1e6);
    }
}

fn callers() -> Vec<Calls> {
    vec![nothing(), cloudwatch_counter(), metrique_unit(), opentelemetry_counter()]
}

fn nothing() -> Calls {
    Calls { name: "nothing", ours: false, call: Box::new(|| ()), release: Box::new(|| ()) }
}

fn cloudwatch_counter() -> Calls {
    let (running, labels) = (cloudwatch::start_hung(), labels(SERIES));
    let (recorder, mut at) = (running.recorder.clone(), 0);
    let call = move || {
        at = (at + 1) % LABELS;
        metrics::with_local_recorder(&*recorder, || peers::count_labelled(&labels[at]));
    };
    Calls {
        name: "metrics_cloudwatch, counter with 3 dimensions",
        ours: false,
        call: Box::new(call),
        release: Box::new(move || running.forget()),
    }
}

fn metrique_unit() -> Calls {
    let discard = Discard::default();
    discard.gate().shut();
    let mut running = metrique::Running::start(&discard, Duration::from_secs(1));
    running.emit();
    clock::wait_until(|| discard.gate().has_held());
    Calls {
        name: "metrique, unit of work",
        ours: false,
        call: Box::new(move || running.emit()),
        release: Box::new(move || discard.gate().open()),
    }
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
    Calls {
        name: "opentelemetry_sdk, counter with 3 attributes",
        ours: false,
        call: Box::new(call),
        release: Box::new(move || discard.gate().open()),
    }
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
