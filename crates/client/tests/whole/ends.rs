//! Units of work: however they end, what was put is emitted once.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread;
use std::time::Duration;

use nepho::sink::{Act, Capture};
use nepho::{Breaker, Cause, Metrics, Unit};

use crate::{balanced, builder, decoded, stepped};

/// What is done to a unit of work in a function of its own.
fn handle(metrics: &Metrics, request: &str) -> Result<u32, std::num::ParseIntError> {
    let mut work = metrics.unit_of_work();
    work.dimension("Method", "GET").property("request", request).increment("Requests");
    if request.is_empty() {
        return Ok(0);
    }
    let number = request.parse()?;
    assert!(number != 13, "a request that the service does not survive");
    work.metric("Number", f64::from(number), Unit::None);
    Ok(number)
}

#[test]
fn a_unit_is_emitted_at_its_end_at_a_return_at_an_error_and_in_a_panic() {
    let capture = Capture::documents();
    let (metrics, mut steps) = stepped(&capture);
    for (request, expected) in [("7", 2), ("", 1), ("seven", 1), ("13", 1)] {
        capture.clear();
        let _ = catch_unwind(AssertUnwindSafe(|| handle(&metrics, request)));
        assert!(steps.flush());
        assert_eq!(capture.texts().len(), 1, "{request:?}");
        assert_eq!(decoded(&capture).len(), expected, "{request:?}");
    }
    assert_eq!(balanced(&metrics).delivered, 5);
}

#[test]
fn what_a_unit_says_when_it_ends() {
    let capture = Capture::documents();
    let (metrics, mut steps) = stepped(&capture);
    let mut work = metrics.unit_of_work();
    work.increment("Requests");
    assert!(work.finish(), "it was taken");
    assert!(!metrics.unit_of_work().finish(), "there was nothing to take");
    let mut work = metrics.unit_of_work();
    work.property("only", "a property").dimension("and a", "dimension");
    assert!(!work.finish());
    let mut work = metrics.unit_of_work();
    work.increment("Requests").duration("Duration");
    work.discard();
    drop(metrics.unit_of_work());
    assert!(steps.flush());
    assert_eq!((capture.texts().len(), balanced(&metrics).accepted), (1, 1));
}

#[test]
fn a_duration_is_measured_from_each_call_to_the_end() {
    let capture = Capture::documents();
    let (metrics, mut steps) = stepped(&capture);
    metrics.unit_of_work().duration("Whole").duration("Part").duration("Part");
    steps.flush();
    let samples = decoded(&capture);
    let counts: Vec<_> = samples.iter().map(|sample| (sample.metric.as_str(), sample.count, sample.unit)).collect();
    let milliseconds = Unit::Milliseconds;
    assert_eq!(counts, [("Shop/Whole Service=web", 1.0, milliseconds), ("Shop/Part Service=web", 2.0, milliseconds)]);
    assert!(samples.iter().all(|sample| (0.0..60_000.0).contains(&sample.minimum)));
}

#[test]
fn a_unit_may_wander_from_thread_to_thread() {
    let capture = Capture::documents();
    let (metrics, mut steps) = stepped(&capture);
    let mut work = metrics.unit_of_work_owned();
    work.dimension("Method", "GET").increment("Requests");
    let mut work = thread::spawn(move || {
        work.metric("Size", 3.0, Unit::Bytes);
        work
    })
    .join()
    .unwrap();
    work.increment("Answers");
    thread::spawn(move || drop(work)).join().unwrap();
    steps.flush();
    assert_eq!((capture.texts().len(), decoded(&capture).len()), (1, 3));
}

/// Units of threads that end, and in destructors of thread-locals when the thread's lane is gone.
#[test]
fn units_of_threads_that_are_ending_are_emitted() {
    struct LastWords(Metrics);
    impl Drop for LastWords {
        fn drop(&mut self) {
            self.0.unit_of_work().increment("LastWords");
        }
    }
    thread_local! {
        static LAST_WORDS: std::cell::RefCell<Option<LastWords>> = const { std::cell::RefCell::new(None) };
    }
    let capture = Capture::documents();
    let (metrics, mut steps) = stepped(&capture);
    for is_before in [true, false].repeat(20) {
        let metrics = metrics.clone();
        let speak = move || {
            if is_before {
                LAST_WORDS.set(Some(LastWords(metrics.clone())));
            }
            metrics.unit_of_work().increment("First");
            LAST_WORDS.set(Some(LastWords(metrics)));
        };
        thread::spawn(speak).join().unwrap();
    }
    steps.flush();
    // Where they were set before, the first ones spoke when the second took their place.
    assert_eq!((decoded(&capture).len(), balanced(&metrics).delivered), (100, 100));
}

#[test]
fn a_client_that_is_off_takes_nothing_and_says_nothing() {
    let metrics = Metrics::off();
    let (lines, ()) = crate::log::Log::of(|| {
        let mut work = metrics.unit_of_work();
        work.metric("Invalid", f64::NAN, Unit::None).increment("Requests").duration("Duration");
        work.property("large", &"x".repeat(3 << 20));
        assert!(!work.finish());
        assert!(!metrics.increment("", &[]) && !metrics.put_metric("n", f64::NAN, Unit::None, &[]));
        assert!(!metrics.put_now("Now", 1.0, Unit::None, &[]));
        metrics.counter("", &[]).increment();
        metrics.histogram("h", Unit::None, &[]).record(f64::INFINITY);
        metrics.gauge("g", Unit::None, &[]).add(f64::NAN);
    });
    assert!(!metrics.is_on() && metrics.flush_and_wait(Duration::ZERO) && metrics.shutdown(Duration::ZERO));
    assert_eq!((metrics.accounting(), lines), (nepho::Accounting::default(), Vec::<String>::new()));
}

#[test]
fn what_ends_after_the_stop_or_while_points_are_refused_is_counted_as_such() {
    let capture = Capture::documents();
    let breaker = Breaker { failures: 1, open_for: Duration::from_secs(60) };
    let builder = builder().sink(capture.clone()).breaker(breaker).refuse_while_open();
    let (metrics, mut steps) = builder.build_stepped();
    metrics.unit_of_work().increment("Before");
    let mut running = metrics.unit_of_work();
    running.increment("Running");
    capture.then(Act::Fail);
    steps.flush();
    assert!(!running.finish());
    assert!(!metrics.increment("Refused", &[]) && !metrics.put_now("Refused", 1.0, Unit::Count, &[]));
    let accounting = balanced(&metrics);
    assert_eq!((accounting.dropped(Cause::BreakerOpen), accounting.buffered), (3, 1));

    steps.run(Duration::from_secs(60));
    steps.flush();
    assert!(metrics.increment("Again", &[]), "the breaker has closed");
    let mut running = metrics.unit_of_work();
    running.increment("Running");
    assert!(steps.flush());
    metrics.shutdown(Duration::ZERO);
    assert!(!running.finish());
    let accounting = balanced(&metrics);
    assert_eq!((accounting.delivered, accounting.dropped(Cause::Closed), accounting.buffered), (2, 1, 0));
}
