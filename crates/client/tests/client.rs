//! The client as an application has it: what is put comes out at a sink, and every sample is accounted for.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::time::Duration;

use nepho::sink::{Act, Capture, Datum};
use nepho::{Accounting, Cause, Clock, ManualClock, Metrics, Steps, Timestamp, Unit};

const START: Timestamp = Timestamp::from_millis(1_767_225_600_000);

/// A client on a clock that stands still, its steps, and what its sink gets.
fn stepped(capture: &Capture) -> (Metrics, Steps, ManualClock) {
    let clock = ManualClock::at(START);
    let builder = Metrics::builder("Shop").sink(capture.clone()).without_own_metrics();
    let (metrics, steps) = builder.clock(Clock::Manual(clock.clone())).dimension("Service", "web").build_stepped();
    (metrics, steps, clock)
}

fn assert_balanced(accounting: &Accounting) {
    let sum = accounting.delivered + accounting.dropped_total() + accounting.buffered;
    assert_eq!(accounting.accepted, sum, "{accounting:?}");
}

fn datum<'d>(data: &'d [(std::sync::Arc<str>, Datum)], name: &str) -> &'d Datum {
    &data.iter().find(|(_, datum)| &*datum.metric.name == name).unwrap().1
}

#[test]
fn handles_and_calls_are_merged_into_one_datum_each() {
    let capture = Capture::datums();
    let (metrics, mut steps, _) = stepped(&capture);
    let orders = metrics.counter("Orders", &[("Method", "GET")]);
    (0..1000).for_each(|_| orders.increment());
    assert!(metrics.increment("Orders", &[("Method", "GET")]));
    orders.increment_by(7);
    let latency = metrics.histogram("Latency", Unit::Milliseconds, &[]);
    for value in [3.0, 1.0, 3.0, 2.5] {
        latency.record(value);
    }
    metrics.gauge("Depth", Unit::Count, &[]).set(4.0);
    assert!(steps.flush());

    let data = capture.data();
    let orders = datum(&data, "Orders");
    assert_eq!(orders.values, [(1.0, 1001.0), (7.0, 1.0)]);
    assert_eq!((orders.statistics.count, orders.statistics.sum), (1002.0, 1008.0));
    let dimensions: Vec<_> = orders.metric.dimensions.iter().map(|(name, value)| format!("{name}={value}")).collect();
    assert_eq!(dimensions, ["Method=GET", "Service=web"]);
    let latency = datum(&data, "Latency");
    assert_eq!(latency.values, [(1.0, 1.0), (2.5, 1.0), (3.0, 2.0)]);
    let statistics = latency.statistics;
    assert_eq!((statistics.count, statistics.sum, statistics.minimum, statistics.maximum), (4.0, 9.5, 1.0, 3.0));
    assert_eq!(datum(&data, "Depth").values, [(4.0, 1.0)]);
    assert_eq!((data.len(), metrics.accounting().delivered), (3, 1007));
    assert_balanced(&metrics.accounting());
}

#[test]
fn nothing_is_sent_twice_and_an_idle_series_sends_nothing() {
    let capture = Capture::datums();
    let (metrics, mut steps, _) = stepped(&capture);
    let latency = metrics.histogram("Latency", Unit::Milliseconds, &[]);
    for round in 1..=5 {
        latency.record(f64::from(round));
        steps.flush();
        steps.flush();
    }
    let sums: Vec<f64> = capture.data().iter().map(|(_, datum)| datum.statistics.sum).collect();
    assert_eq!(sums, [1.0, 2.0, 3.0, 4.0, 5.0]);
}

#[test]
fn each_minute_of_the_clock_gets_its_samples() {
    let capture = Capture::datums();
    let (metrics, mut steps, clock) = stepped(&capture);
    let orders = metrics.counter("Orders", &[]);
    let second = Duration::from_secs(1);
    for _ in 0..150 {
        orders.increment();
        clock.advance(second);
        steps.run(second);
    }
    steps.flush();
    let mut minutes = [0.0; 3];
    for (_, datum) in capture.data() {
        minutes[usize::try_from(datum.timestamp.plus_seconds(-START.seconds()).seconds() / 60).unwrap()] +=
            datum.statistics.sum;
    }
    assert_eq!(minutes, [60.0, 60.0, 30.0]);
}

#[test]
fn a_unit_of_work_is_one_document() {
    let capture = Capture::documents();
    let (metrics, mut steps, _) = stepped(&capture);
    {
        let mut unit = metrics.unit_of_work();
        unit.dimension("Method", "GET").property("request_id", "r-\"1\"").property("attempt", 2);
        unit.metric("Latency", 12.5, Unit::Milliseconds)
            .metric("Latency", 13.0, Unit::Milliseconds)
            .increment("Requests");
    }
    assert!(steps.flush());
    let expected = r#"{"_aws":{"Timestamp":1767225600000,"CloudWatchMetrics":[{"Namespace":"Shop","Dimensions":[["Service","Method"]],"Metrics":[{"Name":"Latency","Unit":"Milliseconds"},{"Name":"Requests","Unit":"Count"}]}]},"Latency":[12.5,13],"Requests":1,"Service":"web","Method":"GET","request_id":"r-\"1\"","attempt":2}"#;
    assert_eq!(capture.texts(), [expected]);
    assert_eq!((metrics.accounting().accepted, metrics.accounting().delivered), (3, 3));
}

#[test]
fn units_are_added_up_where_documents_are_not_taken() {
    let capture = Capture::datums();
    let (metrics, mut steps, _) = stepped(&capture);
    for value in [1.0, 2.0] {
        let mut unit = metrics.unit_of_work();
        unit.dimension("Method", "GET").dimension_set(&["Service"]).dimension_set(&["Service", "Method"]);
        unit.metric("Latency", value, Unit::Milliseconds);
    }
    steps.flush();
    let data = capture.data();
    let sets: Vec<_> = data.iter().map(|(_, datum)| (datum.metric.dimensions.len(), datum.statistics.sum)).collect();
    assert_eq!(sets, [(1, 3.0), (2, 3.0)]);
}

#[test]
fn a_worker_of_its_own_sends_what_is_left_when_the_client_is_dropped() {
    let capture = Capture::datums();
    let metrics = Metrics::builder("Shop").sink(capture.clone()).without_own_metrics().build();
    let orders = metrics.counter("Orders", &[]);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| (0..10_000).for_each(|_| orders.increment()));
        }
    });
    drop(metrics);
    assert_eq!(capture.samples(), 40_000);
    orders.increment();
    assert_eq!(capture.samples(), 40_000);
}

#[test]
fn what_comes_after_the_stop_is_counted() {
    let capture = Capture::datums();
    let metrics = Metrics::builder("Shop").sink(capture).without_own_metrics().build();
    let orders = metrics.counter("Orders", &[]);
    orders.increment();
    assert!(metrics.shutdown(Duration::from_secs(10)));
    orders.increment();
    assert!(!metrics.increment("Orders", &[]));
    metrics.unit_of_work().increment("Orders");
    let accounting = metrics.accounting();
    assert_eq!((accounting.accepted, accounting.delivered, accounting.dropped(Cause::Closed)), (4, 1, 3));
    assert_balanced(&accounting);
}

#[test]
fn a_sink_that_hangs_costs_the_bound_of_the_stop_and_no_more() {
    for sinks in [1, 2] {
        let (hanging, fine) = (Capture::datums(), Capture::datums());
        hanging.always(Act::Hang);
        let mut builder = Metrics::builder("Shop").sink(hanging.clone()).without_own_metrics();
        if sinks == 2 {
            builder = builder.sink(fine.clone());
        }
        let metrics = builder.build();
        let orders = metrics.counter("Orders", &[]);
        orders.increment();
        assert!(!metrics.flush_and_wait(Duration::from_millis(20)));
        orders.increment();
        assert!(!metrics.shutdown(Duration::from_millis(20)));
        if sinks == 2 {
            assert_eq!(fine.samples(), 2);
        }
        let accounting = &metrics.accounts()[0].1;
        assert_eq!((accounting.accepted, accounting.dropped(Cause::Shutdown)), (2, 2), "{accounting:?}");
        assert_balanced(accounting);
        hanging.release();
    }
}

/// A lane keeps the segment that it is in; that must not use up what all lanes share.
#[test]
fn lanes_that_are_idle_take_no_room_from_others() {
    let capture = Capture::documents();
    let builder = Metrics::builder("Shop").sink(capture).without_own_metrics().unit_bytes_max(1 << 20);
    let (metrics, mut steps) = builder.build_stepped();
    let large = "x".repeat(500_000);
    let (start, end) = (std::sync::Barrier::new(9), std::sync::Barrier::new(9));
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                metrics.unit_of_work().property("Large", &large).increment("Requests");
                start.wait();
                end.wait();
            });
        }
        start.wait();
        assert!(steps.flush());
        // The threads are idle, and alive.
        for _ in 0..100 {
            for _ in 0..50 {
                metrics.unit_of_work().increment("Requests");
            }
            assert!(steps.flush());
        }
        end.wait();
    });
    let accounting = metrics.accounting();
    assert!(accounting.dropped(Cause::UnitsFull) <= 7, "only large ones that came at once: {accounting:?}");
    assert_eq!(accounting.delivered + accounting.dropped(Cause::UnitsFull), 8 + 5000);
}

/// Takes documents of a few bytes.
struct Narrow(Capture);

impl nepho::Sink for Narrow {
    fn name(&self) -> &str {
        "narrow"
    }
    fn form(&self) -> nepho::sink::Form {
        nepho::sink::Form::Documents
    }
    fn document_bytes_max(&self) -> usize {
        4000
    }
    fn send(&mut self, payload: &nepho::sink::Payload) -> Result<(), nepho::sink::SendError> {
        self.0.send(payload)
    }
}

#[test]
fn documents_fit_into_what_the_sink_takes() {
    let capture = Capture::documents();
    let (metrics, mut steps) =
        Metrics::builder("Shop").sink(Narrow(capture.clone())).without_own_metrics().build_stepped();
    for at in 0..60 {
        let histogram = metrics.histogram(&format!("Latency{at}"), Unit::Milliseconds, &[]);
        (0..500).for_each(|value| histogram.record(f64::from(value) * 1.37));
    }
    assert!(steps.flush());
    let texts = capture.texts();
    assert!(texts.len() > 1 && texts.iter().all(|text| text.len() <= 4000));
    assert_eq!((metrics.accounting().delivered, metrics.accounting().dropped_total()), (30_000, 0));
}

#[test]
fn what_callers_named_is_not_shown() {
    let (metrics, steps) = Metrics::builder("Shop").sink(Capture::datums()).build_stepped();
    let name = "alice@example.org";
    let counter = metrics.counter("Orders", &[("User", name)]);
    metrics.increment("Orders", &[("User", name), ("Page", name)]);
    let mut unit = metrics.unit_of_work();
    unit.dimension("User", name).property("Email", name);
    let shared = nepho::SharedUnit::new(metrics.unit_of_work_owned());
    shared.with(|unit| {
        unit.property("Email", name);
    });
    let shown = format!("{metrics:?} {unit:?} {shared:?} {steps:?}");
    assert!(!shown.contains("alice"), "{shown}");
    drop(counter);
}

#[test]
fn a_gauge_is_sampled_while_somebody_holds_it() {
    let capture = Capture::datums();
    let (metrics, mut steps, _) = stepped(&capture);
    let depth = metrics.gauge("Depth", Unit::Count, &[]);
    let mut sampled = |metric: &str| {
        let before = capture.data().len();
        steps.flush();
        let data = capture.data().split_off(before);
        data.iter().map(|(_, datum)| format!("{metric} {}", datum.statistics.sum)).collect::<Vec<_>>()
    };
    assert_eq!(sampled("never set"), Vec::<String>::new());
    depth.set(4.0);
    assert_eq!(sampled("set"), ["set 4"]);
    let other = depth.clone();
    drop(depth);
    assert_eq!(sampled("held by a clone"), ["held by a clone 4"]);
    drop(other);
    assert_eq!(sampled("held by nobody"), Vec::<String>::new());
    metrics.gauge("Depth", Unit::Count, &[]).set(5.0);
    assert_eq!(sampled("set, and dropped"), ["set, and dropped 5"]);
    assert_eq!(sampled("sampled once"), Vec::<String>::new());
    let depth = metrics.gauge("Depth", Unit::Count, &[]);
    depth.add(1.0);
    assert_eq!(sampled("held again"), ["held again 6"]);
    assert_eq!(sampled("still held"), ["still held 6"]);
}
