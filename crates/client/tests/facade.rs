//! The recorder of the `metrics` facade: what its macros say comes out at a sink.
#![cfg(feature = "metrics")]

use std::sync::Arc;

use metrics::{counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram, with_local_recorder};
use nepho::facade::Recorder;
use nepho::sink::{Capture, Datum};
use nepho::{Cause, Histogram, Metrics, Steps, Unit};

/// A client without a thread, its recorder, and what its sink gets.
struct Client {
    metrics: Metrics,
    recorder: Recorder,
    steps: Steps,
    capture: Capture,
}

impl Client {
    fn new() -> Self {
        let capture = Capture::datums();
        let builder = Metrics::builder("Shop").sink(capture.clone()).without_own_metrics();
        let (metrics, steps) = builder.build_stepped();
        Client { recorder: metrics.recorder(), metrics, steps, capture }
    }

    /// What comes out of `work`, by name.
    fn run(&mut self, work: impl FnOnce()) -> Vec<Datum> {
        with_local_recorder(&self.recorder, work);
        self.flush()
    }

    fn flush(&mut self) -> Vec<Datum> {
        self.capture.clear();
        assert!(self.steps.flush());
        let accounting = self.metrics.accounting();
        assert_eq!(accounting.accepted, accounting.delivered + accounting.dropped_total());
        let mut data: Vec<_> = self.capture.data().into_iter().map(|(_, datum)| datum).collect();
        data.sort_by(|a, b| a.metric.name.cmp(&b.metric.name));
        data
    }

    fn dropped(&self, cause: Cause) -> u64 {
        self.metrics.accounting().dropped(cause)
    }
}

/// What a datum says, as text: name, dimensions, values with counts, unit.
fn text(datum: &Datum) -> String {
    let dimensions: Vec<_> = datum.metric.dimensions.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let values: Vec<_> = datum.values.iter().map(|(value, count)| format!("{value}x{count}")).collect();
    format!("{}{{{}}} {} {}", datum.metric.name, dimensions.join(","), values.join("+"), datum.unit)
}

fn texts(data: &[Datum]) -> Vec<String> {
    data.iter().map(text).collect()
}

#[test]
fn each_macro_comes_out_in_cloudwatch_s_words() {
    type Work = fn();
    let cases: [(Work, &[&str]); 13] = [
        (|| counter!("http.requests").increment(1), &["http.requests{} 1x1 Count"]),
        (|| counter!("a.b:c/d é", "method" => "GET").increment(7), &["a.b:c/d é{method=GET} 7x1 Count"]),
        (|| (0..3).for_each(|_| counter!("requests").increment(1)), &["requests{} 1x3 Count"]),
        (|| counter!("requests").increment(0), &[]),
        (|| histogram!("size").record(2.5), &["size{} 2.5x1 None"]),
        (|| histogram!("size").record_many(2.5, 1_000_000), &["size{} 2.5x1000000 None"]),
        (|| histogram!("size").record_many(2.5, 0), &[]),
        (|| gauge!("depth").set(4), &["depth{} 4x1 None"]),
        (|| gauge!("depth").increment(4.5), &["depth{} 4.5x1 None"]),
        (
            || {
                gauge!("depth").set(4.0);
                gauge!("depth").increment(2.0);
                gauge!("depth").decrement(7.0);
            },
            &["depth{} -1x1 None"],
        ),
        (
            || {
                counter!("requests", "b" => "2", "a" => "1").increment(1);
                counter!("requests", "a" => "1", "b" => "2").increment(1);
            },
            &["requests{a=1,b=2} 1x2 Count"],
        ),
        (|| counter!("requests", "blank" => "", "a" => String::from("1")).increment(1), &["requests{a=1} 1x1 Count"]),
        (
            || {
                let labels = [("zone", format!("z-{}", 1)), ("host", "h".to_owned())];
                counter!(format!("requests.{}", 5), &labels).increment(1);
            },
            &["requests.5{host=h,zone=z-1} 1x1 Count"],
        ),
    ];
    for (work, expected) in cases {
        assert_eq!(texts(&Client::new().run(work)), expected);
    }
}

#[test]
fn descriptions_give_units() {
    use metrics::Unit as Described;
    let mut client = Client::new();
    let data = client.run(|| {
        describe_counter!("bytes", Described::Kibibytes, "Received");
        describe_counter!("cpu", Described::Nanoseconds, "Spent");
        describe_gauge!("load", Described::Percent, "How busy it is");
        describe_histogram!("duration", Described::Seconds, "Time to answer");
        describe_histogram!("text.only", "No unit");
        counter!("bytes").increment(3);
        counter!("cpu").increment(1500);
        gauge!("load").set(12.5);
        histogram!("duration").record(0.25);
        // The same name is another metric as another kind.
        counter!("duration").increment(1);
        histogram!("text.only").record(1.0);
    });
    let expected = [
        "bytes{} 3072x1 Bytes",
        "cpu{} 1.5x1 Microseconds",
        "duration{} 0.25x1 Seconds",
        "duration{} 1x1 Count",
        "load{} 12.5x1 Percent",
        "text.only{} 1x1 None",
    ];
    let mut texts = texts(&data);
    texts.sort();
    assert_eq!(texts, expected);
}

#[test]
fn a_description_counts_from_the_next_call_of_a_macro() {
    let mut client = Client::new();
    let data = client.run(|| {
        let kept = histogram!("duration");
        kept.record(1.0);
        describe_histogram!("duration", metrics::Unit::Seconds, "");
        kept.record(2.0);
        histogram!("duration").record(3.0);
    });
    let mut texts = texts(&data);
    texts.sort();
    assert_eq!(texts, ["duration{} 1x1+2x1 None", "duration{} 3x1 Seconds"]);
}

#[test]
fn descriptions_past_the_limit_are_left_out() {
    const LIMIT: usize = 10_000;
    let mut client = Client::new();
    let data = client.run(|| {
        for at in 0..=LIMIT {
            describe_histogram!(format!("of.{at}"), metrics::Unit::Bytes, "");
        }
        // What is described already can be described anew.
        describe_histogram!("of.0", metrics::Unit::Seconds, "");
        for at in [0, LIMIT - 1, LIMIT] {
            histogram!(format!("of.{at}")).record(1.0);
        }
    });
    assert_eq!(texts(&data), ["of.0{} 1x1 Seconds", "of.10000{} 1x1 None", "of.9999{} 1x1 Bytes"]);
}

#[test]
fn absolute_values_count_from_the_first_one_on() {
    let cases: [(&[u64], &[f64]); 7] = [
        (&[500], &[]),
        (&[0, 500], &[500.0]),
        (&[500, 500], &[]),
        (&[500, 510, 530], &[10.0, 20.0]),
        (&[500, 400, 505], &[5.0]),
        (&[0, u64::MAX], &[u64::MAX as f64]),
        (&[u64::MAX, 0, u64::MAX], &[]),
    ];
    for (absolute, expected) in cases {
        let mut client = Client::new();
        let data = client.run(|| absolute.iter().for_each(|value| counter!("bytes").absolute(*value)));
        let values: Vec<f64> = data.iter().flat_map(|datum| &datum.values).map(|(value, _)| *value).collect();
        assert_eq!(values, expected, "{absolute:?}");
    }
}

#[test]
fn absolute_values_of_all_handles_and_threads_are_one() {
    let mut client = Client::new();
    let recorder = client.recorder.clone();
    let data = client.run(|| {
        counter!("bytes", "a" => "1", "b" => "2").absolute(0);
        std::thread::scope(|scope| {
            for thread in 0..4 {
                let recorder = &recorder;
                scope.spawn(move || {
                    with_local_recorder(recorder, || {
                        let kept = counter!("bytes", "b" => "2", "a" => "1");
                        (0..=1000).for_each(|value| kept.absolute(value * 4 + thread));
                    });
                });
            }
        });
    });
    assert_eq!((data.len(), data[0].statistics.sum), (1, 4003.0));
}

#[test]
fn absolute_values_past_the_limit_are_counted() {
    const LIMIT: usize = 10_000;
    let mut client = Client::new();
    client.run(|| {
        for at in 0..=LIMIT {
            let kept = counter!("bytes", "at" => at.to_string());
            kept.absolute(1);
            kept.absolute(2);
        }
    });
    let accounting = client.metrics.accounting();
    assert_eq!((accounting.delivered, client.dropped(Cause::TooManySeries)), (LIMIT as u64, 2));
}

#[test]
fn what_is_wrong_is_counted_and_nothing_panics() {
    let mut client = Client::new();
    let data = client.run(|| {
        histogram!("size").record(f64::NAN);
        histogram!("size").record_many(f64::INFINITY, 4);
        gauge!("depth").set(f64::NAN);
        gauge!("depth").increment(f64::INFINITY);
        counter!(" ").increment(1);
        histogram!("").record_many(1.0, 2);
        let at_once_max = usize::try_from(Histogram::AT_ONCE_MAX).unwrap();
        histogram!("many").record_many(1.0, at_once_max);
        histogram!("many").record_many(2.0, at_once_max + 1);
    });
    assert_eq!(texts(&data), ["many{} 1x4294967295+2x4294967295 None"]);
    assert_eq!(client.dropped(Cause::InvalidValue), 7);
    assert_eq!((client.dropped(Cause::InvalidName), client.dropped(Cause::TooLarge)), (3, 1));
}

#[test]
fn many_at_once_are_as_many_one_by_one() {
    let mut client = Client::new();
    // More values than are kept exactly, so that they end in buckets.
    let values = || (1..=400).map(|at| f64::from(at) * 1.25);
    let data = client.run(|| {
        values().for_each(|value| histogram!("at.once").record_many(value, 3));
        values().for_each(|value| (0..3).for_each(|_| histogram!("one.by.one").record(value)));
    });
    let [at_once, one_by_one] = &data[..] else { panic!("{data:?}") };
    assert_eq!((at_once.statistics, at_once.samples), (one_by_one.statistics, 1200));
    assert_eq!(at_once.values, one_by_one.values);
}

#[test]
fn a_gauge_is_sampled_although_nobody_holds_it() {
    let mut client = Client::new();
    let first = client.run(|| gauge!("depth", "queue" => "in").set(4.0));
    assert_eq!(texts(&first), ["depth{queue=in} 4x1 None"]);
    assert_eq!(texts(&client.flush()), ["depth{queue=in} 4x1 None"]);
    let third = client.run(|| gauge!("depth", "queue" => "in").increment(1.0));
    assert_eq!(texts(&third), ["depth{queue=in} 5x1 None"]);
}

#[test]
fn too_many_label_values_are_added_up_in_one_series() {
    let capture = Capture::datums();
    let builder = Metrics::builder("Shop").sink(capture.clone()).without_own_metrics().series_per_metric_max(2);
    let (metrics, mut steps) = builder.build_stepped();
    with_local_recorder(&metrics.recorder(), || {
        (0..10).for_each(|user: u32| counter!("logins", "user" => user.to_string()).increment(1));
    });
    steps.flush();
    let mut texts: Vec<_> = capture.data().iter().map(|(_, datum)| text(datum)).collect();
    texts.sort();
    assert_eq!(texts, ["logins{user=0} 1x1 Count", "logins{user=1} 1x1 Count", "logins{user=other} 1x8 Count"]);
}

#[test]
fn recorders_of_several_clients_do_not_mix() {
    let (mut one, mut other) = (Client::new(), Client::new());
    let count = || counter!("requests").increment(1);
    let namespaced = one.metrics.namespace("Billing").recorder();
    assert_eq!(texts(&other.run(count)), ["requests{} 1x1 Count"]);
    assert_eq!(texts(&one.run(count)), ["requests{} 1x1 Count"]);
    with_local_recorder(&namespaced, count);
    one.flush();
    let namespaces: Vec<Arc<str>> = one.capture.data().into_iter().map(|(namespace, _)| namespace).collect();
    assert_eq!(namespaces, ["Billing".into()]);
    assert!(other.flush().is_empty());
}

#[test]
fn handles_outlive_the_client_and_what_they_count_is_dropped() {
    let client = Client::new();
    let kept = with_local_recorder(&client.recorder, || counter!("requests"));
    kept.increment(1);
    let Client { metrics, recorder, steps, capture } = client;
    let watched = metrics.clone();
    assert!(!watched.shutdown(std::time::Duration::ZERO));
    kept.increment(1);
    with_local_recorder(&recorder, || counter!("others").increment(1));
    let accounting = metrics.accounting();
    assert_eq!((accounting.accepted, accounting.dropped(Cause::Closed)), (3, 2), "{accounting:?}");
    drop((metrics, watched, steps));
    kept.increment(1);
    assert_eq!(capture.samples(), 0);
}

#[test]
fn a_recorder_of_a_client_that_is_off_takes_nothing() {
    let metrics = Metrics::off();
    with_local_recorder(&metrics.recorder(), || {
        counter!("requests").increment(1);
        counter!("bytes").absolute(1);
        gauge!("depth").set(1.0);
        histogram!("size").record(f64::NAN);
    });
    assert_eq!(metrics.accounting().accepted, 0);
}

#[test]
fn one_recorder_can_be_installed() {
    let mut client = Client::new();
    client.recorder.clone().install().unwrap();
    assert!(client.recorder.clone().install().is_err());
    std::thread::spawn(|| counter!("requests").increment(1)).join().unwrap();
    assert_eq!(texts(&client.flush()), ["requests{} 1x1 Count"]);
    assert_eq!(client.run(|| histogram!("size").record(1.0))[0].unit, Unit::None);
}
