//! Many threads, a worker of its own, and sinks that fail: exact totals.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

use nepho::sink::{Act, Capture, Discard, Form};
use nepho::{Backoff, Breaker, Cause, Metrics, Unit};

use crate::balanced;
use crate::watched::Watched;

/// How long a test waits at most for what must happen.
const SOON: Duration = Duration::from_secs(60);

/// What a sink does, one after the other; then it takes everything.
fn trouble(capture: &Capture) {
    let acts = [Act::Take, Act::Fail, Act::Part(1), Act::Panic, Act::TakeAndFail, Act::Refuse, Act::Take, Act::Fail];
    for act in acts.into_iter().cycle().take(300) {
        capture.then(act);
    }
}

/// Callers of every kind on three threads while accounts are read and everything is flushed; the sinks fail half of the
/// time. Afterwards every sample has one fate.
#[test]
fn totals_are_exact_under_load_and_trouble() {
    const EACH: u64 = 20_000;
    let (documents, datums) = (Watched::new(Capture::documents()), Watched::new(Capture::datums()));
    trouble(&documents.capture);
    trouble(&datums.capture);
    let metrics = Metrics::builder("Shop")
        .sink(documents.clone())
        .sink(datums.clone())
        .without_own_metrics()
        .interval(Duration::from_millis(20))
        .breaker(Breaker { failures: 3, open_for: Duration::from_millis(5) })
        .backoff(Backoff { first: Duration::from_millis(1), most: Duration::from_millis(3) })
        .calls_per_minute_max(u32::MAX)
        .build();
    let (put, is_done) = (AtomicU64::new(0), AtomicBool::new(false));
    thread::scope(|scope| {
        let callers: Vec<_> = (0..3)
            .map(|number| {
                let (metrics, put) = (&metrics, &put);
                scope.spawn(move || {
                    let orders = metrics.counter("Orders", &[]);
                    let latency = metrics.histogram("Latency", Unit::Milliseconds, &[]);
                    for n in 0..EACH {
                        put.fetch_add(5, Ordering::SeqCst);
                        orders.increment();
                        latency.record((n % 1000) as f64);
                        metrics.increment("Dynamic", &[("Thread", ["a", "b", "c"][number])]);
                        let mut work = metrics.unit_of_work();
                        work.dimension("Zone", "a").increment("Requests").metric("Size", n as f64, Unit::Bytes);
                    }
                })
            })
            .collect();
        scope.spawn(|| {
            let mut accepted = 0;
            while !is_done.load(Ordering::Acquire) {
                for (_, accounting) in metrics.accounts() {
                    let sum = accounting.delivered + accounting.dropped_total() + accounting.buffered;
                    assert_eq!(accounting.accepted, sum, "{accounting:?}");
                    assert!(accounting.accepted <= put.load(Ordering::SeqCst), "{accounting:?}");
                }
                let now = metrics.accounting().accepted;
                assert!(now >= accepted, "{now} after {accepted}");
                accepted = now;
                metrics.flush_and_wait(Duration::from_millis(3));
            }
        });
        callers.into_iter().for_each(|caller| caller.join().unwrap());
        is_done.store(true, Ordering::Release);
    });
    assert!(metrics.flush_and_wait(SOON) && metrics.shutdown(SOON), "{:?}", metrics.accounts());
    for ((_, accounting), watched) in metrics.accounts().iter().zip([&documents, &datums]) {
        assert_eq!((accounting.accepted, accounting.buffered), (3 * 5 * EACH, 0), "{accounting:?}");
        assert_eq!(accounting.delivered, watched.told());
        assert_eq!(accounting.dropped_total(), accounting.dropped(Cause::Refused), "{accounting:?}");
        assert!(accounting.dropped(Cause::Refused) > 0, "the sinks did refuse");
    }
    balanced(&metrics);
}

/// Sums, not only counts: nothing that is delivered is delivered in another's name.
#[test]
fn sums_are_exact_under_load() {
    const EACH: u64 = 50_000;
    let capture = Capture::datums();
    let builder = Metrics::builder("Shop").sink(capture.clone()).without_own_metrics().calls_per_minute_max(u32::MAX);
    let metrics = builder.interval(Duration::from_millis(5)).build();
    thread::scope(|scope| {
        for thread in 0..3u64 {
            let metrics = &metrics;
            scope.spawn(move || {
                let name = format!("thread-{thread}");
                let own = metrics.histogram("Own", Unit::None, &[("Thread", &name)]);
                for n in 0..EACH {
                    own.record((n * 3 + thread) as f64);
                    metrics.put_metric("Dynamic", (n * 3 + thread) as f64, Unit::None, &[("Thread", &name)]);
                }
            });
        }
    });
    assert!(metrics.shutdown(SOON));
    for (name, thread) in ["Own", "Dynamic"].into_iter().flat_map(|name| (0..3u64).map(move |thread| (name, thread))) {
        let data = capture.data();
        let of = data.iter().map(|(_, datum)| datum).filter(|datum| {
            &*datum.metric.name == name && *datum.metric.dimensions[0].1 == *format!("thread-{thread}")
        });
        let (count, sum) =
            of.fold((0.0, 0.0), |(count, sum), datum| (count + datum.statistics.count, sum + datum.statistics.sum));
        let expected = 3 * EACH * (EACH - 1) / 2 + thread * EACH;
        assert_eq!((count, sum), (EACH as f64, expected as f64), "{name} of thread {thread}");
    }
}

/// A caller that never stops putting units neither keeps the worker from its intervals nor a flush from ending.
#[test]
fn a_flood_of_units_holds_nothing_up() {
    let capture = Capture::documents();
    let builder = Metrics::builder("Shop").sink(Discard::new(Form::Documents)).sink(capture.clone());
    let metrics = builder.without_own_metrics().unit_bytes_max(1 << 20).interval(Duration::from_millis(10)).build();
    let is_done = AtomicBool::new(false);
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                let text = "x".repeat(1000);
                while !is_done.load(Ordering::Acquire) {
                    metrics.unit_of_work().increment("Flood").property("text", &text);
                }
            });
        }
        let mut marks = 0;
        for _ in 0..5 {
            metrics.increment("Mark", &[]);
            metrics.unit_of_work().increment("UnitMark");
            assert!(metrics.flush_and_wait(SOON), "a flush ends while others go on");
            let texts = capture.texts();
            let has = |name: &str| texts.iter().any(|text| text.contains(name));
            marks += u64::from(has(r#""Mark""#) && has(r#""UnitMark""#));
            capture.clear();
        }
        is_done.store(true, Ordering::Release);
        assert_eq!(marks, 5);
    });
    assert!(metrics.shutdown(SOON));
    balanced(&metrics);
}
