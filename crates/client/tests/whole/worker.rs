//! What leaves when, and where to.

use std::time::{Duration, Instant};

use nepho::sink::{Act, Capture};
use nepho::{Breaker, Cause, Clock, Environment, ManualClock, Metrics, Steps, Unit};

use crate::{START, balanced, builder, decoded, summed};

const SECOND: Duration = Duration::from_secs(1);
/// How long a test waits at most for what must happen.
const SOON: Duration = Duration::from_secs(60);

/// Lets so many seconds pass, one by one; after which of them something was sent.
fn sent_after(steps: &mut Steps, clock: &ManualClock, capture: &Capture, seconds: u64) -> Vec<u64> {
    let mut sent = Vec::new();
    for second in 1..=seconds {
        let before = capture.sends();
        clock.advance(SECOND);
        steps.run(SECOND);
        if capture.sends() > before {
            sent.push(second);
        }
    }
    sent
}

#[test]
fn what_is_counted_leaves_once_an_interval_and_processes_do_not_leave_together() {
    let mut firsts = Vec::new();
    for _ in 0..20 {
        let (capture, clock) = (Capture::datums(), ManualClock::at(START));
        let builder = Metrics::builder("Shop").clock(Clock::Manual(clock.clone())).without_own_metrics();
        let (metrics, mut steps) = builder.sink(capture.clone()).build_stepped();
        // A gauge has something to send in each interval.
        metrics.gauge("Depth", Unit::Count, &[]).set(1.0);
        let sent = sent_after(&mut steps, &clock, &capture, 300);
        assert!((30..=60).contains(&sent[0]), "{sent:?}");
        assert!(sent.windows(2).all(|pair| pair[1] - pair[0] == 60), "{sent:?}");
        firsts.push(sent[0]);
    }
    firsts.sort_unstable();
    firsts.dedup();
    assert!(firsts.len() > 5, "{firsts:?}");
}

#[test]
fn a_batch_that_is_full_does_not_wait() {
    for (series, leaves) in [(999, false), (1000, true)] {
        let (capture, clock) = (Capture::datums(), ManualClock::at(START));
        let builder = Metrics::builder("Shop").clock(Clock::Manual(clock.clone())).without_own_metrics();
        let (metrics, mut steps) = builder.sink(capture.clone()).build_stepped();
        for n in 0..series {
            metrics.increment("Batch", &[("Number", &n.to_string())]);
        }
        steps.run(Duration::ZERO);
        assert_eq!(capture.samples() == series, leaves, "{series} series");
        assert_eq!(balanced(&metrics).accepted, series);
    }
}

#[test]
fn what_is_put_now_leaves_at_once() {
    for capture in [Capture::datums(), Capture::documents()] {
        let (metrics, mut steps) = builder().sink(capture.clone()).dimension("Service", "web").build_stepped();
        metrics.increment("Waits", &[]);
        assert!(metrics.put_now("Now", 2.5, Unit::Seconds, &[("Method", "GET")]));
        metrics.unit_of_work().immediate().metric("AtOnce", 1.0, Unit::None);
        steps.run(Duration::ZERO);
        let samples = if capture.data().is_empty() { decoded(&capture) } else { summed(&capture) };
        let mut told: Vec<_> = samples.into_iter().map(|sample| (sample.metric, sample.sum, sample.unit)).collect();
        told.sort_by(|a, b| a.0.cmp(&b.0));
        let expected = [
            ("Shop/AtOnce Service=web".to_owned(), 1.0, Unit::None),
            ("Shop/Now Method=GET Service=web".to_owned(), 2.5, Unit::Seconds),
        ];
        assert_eq!(told, expected);
        assert_eq!((balanced(&metrics).delivered, balanced(&metrics).buffered), (2, 1));
    }
}

/// With a worker that sleeps: an interval of an hour is not waited for.
#[test]
fn what_is_put_now_wakes_the_worker() {
    let capture = Capture::datums();
    let metrics = Metrics::builder("Shop").sink(capture.clone()).interval(Duration::from_secs(3600)).build();
    for n in 1..=5 {
        metrics.put_now("Now", 1.0, Unit::Count, &[]);
        assert!(capture.wait_for_samples(n, SOON));
    }
}

#[test]
fn what_is_put_now_without_a_name_or_room_is_counted() {
    let capture = Capture::datums();
    let (metrics, mut steps) = builder().sink(capture).series_max(1).build_stepped();
    for n in 0..10 {
        metrics.put_now("Now", 1.0, Unit::None, &[(&format!("D{n}"), "v")]);
    }
    metrics.put_now("", 1.0, Unit::None, &[]);
    assert!(steps.flush());
    let accounting = balanced(&metrics);
    let causes: Vec<_> = accounting.causes().collect();
    assert_eq!((accounting.accepted, accounting.delivered), (11, 2), "one series, and one past the limit");
    assert_eq!(causes, [(Cause::InvalidName, 1), (Cause::TooManySeries, 8)]);
}

/// The values of the client's own metrics, by name and dimensions.
fn own(capture: &Capture) -> Vec<(String, f64)> {
    let own = summed(capture).into_iter().filter(|sample| sample.metric.starts_with("Nephoscope/Client/"));
    own.map(|sample| (sample.metric["Nephoscope/Client/".len()..].to_owned(), sample.sum)).collect()
}

#[test]
fn the_clients_own_metrics_say_how_it_is() {
    let (capture, clock) = (Capture::datums(), ManualClock::at(START));
    let (metrics, mut steps) = Metrics::builder("Shop")
        .clock(Clock::Manual(clock.clone()))
        .sink(capture.clone())
        .allow_dimensions(["Method"])
        .series_max(1)
        .series_per_metric_max(1)
        .breaker(Breaker { failures: 1, open_for: Duration::from_secs(90) })
        .build_stepped();
    let mut minute = || {
        clock.advance(Duration::from_secs(60));
        steps.run(Duration::from_secs(60));
    };
    (0..5).for_each(|_| assert!(metrics.increment("Orders", &[])));
    metrics.put_metric("Orders", f64::NAN, Unit::Count, &[]);
    minute();
    let expected = |accepted, delivered, dropped, buffered, open| {
        let names = ["Accepted", "Delivered", "Dropped", "Buffered", "BreakerOpen"];
        let values = [accepted, delivered, dropped, buffered, open];
        names.iter().zip(values).map(|(name, value)| (format!("{name} Sink=capture"), value)).collect::<Vec<_>>()
    };
    let causes = ("Dropped Cause=invalid_value Sink=capture".to_owned(), 1.0);
    assert_eq!(own(&capture), [expected(6.0, 0.0, 1.0, 5.0, 0.0), vec![causes]].concat());

    // What was said of an interval belongs to the next one.
    capture.clear();
    capture.always(Act::Fail);
    minute();
    assert_eq!(own(&capture), []);
    minute();
    capture.always(Act::Take);
    minute();
    let (first, rest) = own(&capture).into_iter().partition::<Vec<_>, _>(|(_, value)| value.is_nan());
    assert!(first.is_empty());
    let open: Vec<_> = rest.iter().filter(|(name, _)| name.starts_with("BreakerOpen")).map(|(_, open)| *open).collect();
    assert_eq!(open, [0.0, 1.0, 1.0], "{rest:?}");
    balanced(&metrics);
}

#[test]
fn one_sink_that_hangs_does_not_hold_up_another() {
    let (hanging, fine) = (Capture::datums(), Capture::documents());
    hanging.always(Act::Hang);
    let metrics = Metrics::builder("Shop").sink(hanging.clone()).sink(fine.clone()).without_own_metrics().build();
    for n in 1..=3 {
        metrics.increment("Orders", &[]);
        assert!(!metrics.flush_and_wait(Duration::from_millis(20)), "one of them hangs");
        assert!(fine.wait_for_samples(n, SOON));
    }
    assert!(!metrics.shutdown(Duration::from_millis(50)));
    let accounts = metrics.accounts();
    assert_eq!((accounts[0].1.delivered, accounts[0].1.dropped(Cause::Shutdown)), (0, 3), "{accounts:?}");
    assert_eq!((accounts[1].1.delivered, accounts[1].1.dropped_total()), (3, 0), "{accounts:?}");
    assert!(!metrics.shutdown(SOON), "asked again, it says the same");
    balanced(&metrics);
    hanging.release();
}

#[test]
fn a_stop_may_have_no_limit() {
    let capture = Capture::datums();
    let metrics = Metrics::builder("Shop").sink(capture.clone()).build();
    metrics.increment("Orders", &[]);
    assert!(
        metrics.flush_and_wait(Duration::MAX) && metrics.shutdown(Duration::MAX) && metrics.shutdown(Duration::MAX)
    );
    assert!(!metrics.is_on() && capture.samples() >= 1);
}

/// Settings at the ends of their ranges.
#[test]
fn settings_have_no_wrong_values() {
    let most = Metrics::builder("Shop").interval(Duration::MAX).shutdown_timeout(Duration::MAX);
    let most = most.series_max(usize::MAX).series_per_metric_max(usize::MAX).unit_bytes_max(usize::MAX);
    let most = most.queue_bytes_max(usize::MAX).calls_per_minute_max(u32::MAX);
    let least = Metrics::builder("").interval(Duration::ZERO).shutdown_timeout(SOON);
    let least =
        least.series_max(0).series_per_metric_max(0).unit_bytes_max(0).queue_bytes_max(0).calls_per_minute_max(0);
    for (builder, delivered, dropped) in [(most, 3, 0), (least, 0, 3)] {
        let capture = Capture::datums();
        let metrics = builder.sink(capture.clone()).without_own_metrics().build();
        metrics.increment("Orders", &[]);
        metrics.increment("Orders", &[("Method", "GET")]);
        metrics.unit_of_work().increment("Orders");
        assert!(metrics.flush_and_wait(SOON));
        let accounting = balanced(&metrics);
        assert_eq!((accounting.delivered, accounting.dropped_total()), (delivered, dropped), "{accounting:?}");
    }
    // One series of the metric is all that a limit of the total allows, and its overflow series.
    let capture = Capture::datums();
    let builder = builder().sink(capture.clone()).series_max(usize::MAX).series_per_metric_max(1);
    let (metrics, mut steps) = builder.build_stepped();
    (0..5).for_each(|n| assert!(metrics.increment("Orders", &[("Number", &n.to_string())])));
    steps.flush();
    assert_eq!(summed(&capture).len(), 2);
}

/// A queue that is smaller than what leaves in an interval gets it in pieces: the oldest go, and not everything.
#[test]
fn a_small_queue_gets_an_interval_in_pieces() {
    for capture in [Capture::datums(), Capture::documents()] {
        let builder = builder().sink(capture.clone()).queue_bytes_max(400_000).calls_per_minute_max(u32::MAX);
        let (metrics, mut steps) = builder.build_stepped();
        for n in 0..3000 {
            metrics.increment("Orders", &[("Number", &n.to_string()), ("Text", &"x".repeat(200))]);
        }
        assert!(steps.flush());
        let accounting = balanced(&metrics);
        assert!(accounting.delivered > 400_000 / 1000 && accounting.dropped(Cause::TooLarge) == 0, "{accounting:?}");
    }
}

#[test]
fn the_environment_chooses_a_sink() {
    let stdout = || vec!["stdout".to_owned()];
    let agent = || vec!["udp://127.0.0.1:9".to_owned()];
    let cases = [
        ("", true, stdout()),
        ("ENVIRONMENT=production", true, stdout()),
        ("ENVIRONMENT=test", false, vec![]),
        ("ENVIRONMENT=test FORCE_CLOUDWATCH=true", true, stdout()),
        ("CLOUDWATCH_METRICS_ENABLED=false FORCE_CLOUDWATCH=true", false, vec![]),
        ("AWS_EMF_AGENT_ENDPOINT=udp://127.0.0.1:9", true, agent()),
        ("AWS_EMF_AGENT_ENDPOINT=udp://127.0.0.1:9 AWS_LAMBDA_FUNCTION_NAME=f", true, stdout()),
        ("AWS_EMF_AGENT_ENDPOINT=udp://127.0.0.1:9 ENVIRONMENT=development", false, vec![]),
        ("AWS_EMF_AGENT_ENDPOINT=nonsense", true, stdout()),
        ("AWS_EMF_AGENT_ENDPOINT=", true, stdout()),
    ];
    for (variables, is_on, sinks) in cases {
        let variables = variables.split_whitespace().filter_map(|variable| variable.split_once('='));
        let environment = variables.fold(Environment::default(), |it, (name, value)| it.with(name, value));
        let (metrics, _steps) = Metrics::builder("Shop").environment(environment.clone()).build_stepped();
        let names: Vec<_> = metrics.accounts().into_iter().map(|(name, _)| name).collect();
        assert_eq!((metrics.is_on(), names), (is_on, sinks), "{environment:?}");
        let with_sink = || Metrics::builder("Shop").environment(environment.clone()).sink(Capture::documents());
        assert!(with_sink().build_stepped().0.is_on(), "a sink that is given is used");
        assert_eq!(with_sink().switched_by_environment().build_stepped().0.is_on(), is_on, "{environment:?}");
    }
}

#[test]
fn the_environment_names_the_log_group_of_documents() {
    let capture = Capture::documents();
    let environment = Environment::default()
        .with("AWS_EMF_LOG_GROUP_NAME", "/shop/metrics")
        .with("AWS_EMF_LOG_STREAM_NAME", "host-1");
    let (metrics, mut steps) = builder().environment(environment).sink(capture.clone()).build_stepped();
    metrics.increment("Counted", &[]);
    metrics.unit_of_work().increment("Unit");
    steps.flush();
    let expected = r#""LogGroupName":"/shop/metrics","LogStreamName":"host-1"}"#;
    assert!(capture.texts().iter().all(|text| text.contains(expected)) && capture.texts().len() == 2);
}

/// The one test of the process's client: there is only one, and the first stays.
#[test]
fn the_first_client_that_is_installed_is_the_processs() {
    assert!(!nepho::global().is_on() && !nepho::increment("Early", &[]));
    let (first, second) = (Capture::datums(), Capture::datums());
    let build = |capture: &Capture| Metrics::builder("Shop").sink(capture.clone()).without_own_metrics().build();
    {
        let _installed = nepho::install(build(&first)).timeout(SOON);
        let other = build(&second);
        let _refused = nepho::install(other.clone());
        assert!(nepho::increment("Orders", &[]) && other.increment("Other", &[]));
        nepho::record_timing("Duration", SECOND, &[]);
        nepho::put_metric("Size", 1.0, Unit::Bytes, &[]);
        nepho::unit_of_work().increment("Unit");
    }
    assert_eq!((first.samples(), second.samples()), (4, 1), "the guards have flushed");
    assert!(!nepho::global().is_on() && !nepho::increment("Late", &[]));
    assert_eq!(nepho::global().accounting().dropped(Cause::Closed), 1);
}

/// Whoever is dropped last flushes, within its bound.
#[test]
fn the_last_copy_flushes() {
    let capture = Capture::datums();
    let metrics = Metrics::builder("Shop").sink(capture.clone()).without_own_metrics().shutdown_timeout(SOON).build();
    let other = metrics.namespace("Other");
    metrics.increment("Orders", &[]);
    drop(metrics);
    assert!(other.increment("Orders", &[]));
    drop(other);
    assert_eq!(capture.samples(), 2);
    let namespaces: Vec<_> = capture.data().iter().map(|(namespace, _)| namespace.to_string()).collect();
    assert!(namespaces.contains(&"Shop".to_owned()) && namespaces.contains(&"Other".to_owned()));
}

#[test]
fn a_gauge_is_sampled_while_its_handle_lives() {
    let (capture, clock) = (Capture::datums(), ManualClock::at(START));
    let builder = Metrics::builder("Shop").clock(Clock::Manual(clock.clone())).without_own_metrics();
    let (metrics, mut steps) = builder.sink(capture.clone()).build_stepped();
    let depth = metrics.gauge("Depth", Unit::Count, &[]);
    let mut minute = |expected: &[f64]| {
        capture.clear();
        clock.advance(Duration::from_secs(60));
        steps.run(Duration::from_secs(60));
        let values: Vec<_> = capture.data().iter().map(|(_, datum)| datum.statistics.sum).collect();
        assert_eq!(values, expected);
        balanced(&metrics);
    };
    minute(&[]);
    depth.add(2.0);
    depth.add(-5.5);
    minute(&[-3.5]);
    minute(&[-3.5]);
    depth.set(f64::NAN);
    depth.add(f64::INFINITY);
    depth.set(7.0);
    let same = metrics.gauge("Depth", Unit::Count, &[]);
    same.add(1.0);
    minute(&[8.0]);
    assert_eq!(metrics.accounting().dropped(Cause::InvalidValue), 2);
    drop(depth);
    minute(&[8.0]);
}

/// Stops within the bound, whatever the caller's threads do meanwhile.
#[test]
fn a_stop_is_as_long_as_it_is_asked_to_be() {
    let capture = Capture::documents();
    capture.always(Act::Hang);
    let metrics = Metrics::builder("Shop").sink(capture.clone()).build();
    metrics.unit_of_work().increment("Orders");
    assert!(capture.wait_for_sends(1, SOON));
    #[expect(clippy::disallowed_methods, reason = "the test measures how long a call takes")]
    let start = Instant::now();
    assert!(!metrics.shutdown(Duration::from_millis(100)));
    let elapsed = start.elapsed();
    assert!(elapsed >= Duration::from_millis(100) && elapsed < Duration::from_secs(5), "{elapsed:?}");
    capture.release();
}
