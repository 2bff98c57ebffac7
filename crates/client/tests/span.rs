//! The layer that times spans: what closes comes out at a sink, measured on a clock that the test moves.
#![cfg(feature = "tracing-layer")]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use nepho::sink::{Capture, Datum, Form, Payload, SendError};
use nepho::{Accounting, Cause, Clock, ManualClock, Metrics, Sink, Steps, Timestamp, Unit, span};
use tracing::field::Empty;
use tracing::{Level, debug_span, error_span, info_span};
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::prelude::*;

/// A client on a clock that the test moves, and what its sink gets.
struct Client {
    metrics: Metrics,
    steps: Steps,
    clock: ManualClock,
    capture: Capture,
}

impl Client {
    fn new() -> Self {
        let (capture, clock) = (Capture::datums(), ManualClock::at(Timestamp::from_millis(1_767_225_600_000)));
        let builder = Metrics::builder("Shop").sink(capture.clone()).without_own_metrics();
        let (metrics, steps) = builder.clock(Clock::Manual(clock.clone())).build_stepped();
        Client { metrics, steps, clock, capture }
    }

    fn layer(&self) -> span::Layer {
        span::Layer::new(&self.metrics)
    }

    fn pass(&self, milliseconds: u64) {
        self.clock.advance(Duration::from_millis(milliseconds));
    }

    /// What comes out of `work` under these layers, as text.
    fn run<L>(&mut self, layers: L, work: impl FnOnce(&Client)) -> Vec<String>
    where
        L: tracing_subscriber::Layer<tracing_subscriber::Registry> + Send + Sync,
    {
        tracing::subscriber::with_default(tracing_subscriber::registry().with(layers), || work(self));
        self.capture.clear();
        self.steps.flush();
        let mut texts: Vec<_> = self.capture.data().iter().map(|(_, datum)| text(datum)).collect();
        texts.sort();
        texts
    }
}

/// What a datum says: name, dimensions, values with counts.
fn text(datum: &Datum) -> String {
    assert_eq!(datum.unit, Unit::Milliseconds);
    let dimensions: Vec<_> = datum.metric.dimensions.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let values: Vec<_> = datum.values.iter().map(|(value, count)| format!("{value}x{count}")).collect();
    format!("{}{{{}}} {}", datum.metric.name, dimensions.join(","), values.join("+"))
}

#[test]
fn a_span_that_closes_is_a_sample() {
    let mut client = Client::new();
    let layer = client.layer();
    let texts = client.run(layer, |client| {
        for milliseconds in [250, 40, 250] {
            let _span = info_span!("checkout", user = 4711).entered();
            client.pass(milliseconds);
        }
        let _other = info_span!(target: "shop::orders", "checkout").entered();
        client.pass(1);
    });
    let expected =
        ["span.duration{span=checkout,target=shop::orders} 1x1", "span.duration{span=checkout,target=span} 40x1+250x2"];
    assert_eq!(texts, expected);
}

/// A span that is made, waits, is entered twice, one of them within the other, and waits again.
fn waits_and_works(client: &Client) {
    let span = info_span!("job");
    client.pass(1000);
    for milliseconds in [10, 20] {
        let _outer = span.enter();
        client.pass(milliseconds);
        let _inner = span.enter();
        client.pass(milliseconds);
    }
    client.pass(2000);
    let last = span.clone();
    drop(span);
    client.pass(3000);
    drop(last);
}

#[test]
fn the_time_is_all_of_it_or_that_inside() {
    let total = Client::new();
    let busy = Client::new();
    let cases = [(total.layer(), total, "6060x1"), (busy.layer().busy(), busy, "60x1")];
    for (layer, mut client, expected) in cases {
        assert_eq!(
            client.run(layer.without_target(), waits_and_works),
            [format!("span.duration{{span=job}} {expected}")]
        );
    }
}

#[test]
fn only_chosen_fields_are_dimensions() {
    let mut client = Client::new();
    let layer = ["method", "status", "ratio", "who"].iter().fold(client.layer(), |layer, name| layer.field(name));
    let texts = client.run(layer.without_target(), |_| {
        let span = info_span!("get", method = "GET", user = "u-1", status = Empty, ratio = 0.5, who = ?Some("x"));
        span.record("status", 200);
        span.record("user", "u-2");
        drop(span);
        let late = info_span!("late", method = "GET", status = 200, ok = true);
        late.record("method", "PUT");
        late.record("status", 404_u64);
        drop(late);
        drop(info_span!("none"));
    });
    let expected = [
        r#"span.duration{method=GET,ratio=0.5,span=get,status=200,who=Some("x")} 0x1"#,
        "span.duration{method=PUT,span=late,status=404} 0x1",
        "span.duration{span=none} 0x1",
    ];
    assert_eq!(texts, expected);
}

#[test]
fn fields_stop_at_their_limit() {
    let mut client = Client::new();
    let all = (0..=span::FIELDS_MAX).fold(client.layer().field("first"), |layer, at| layer.field(&format!("f{at}")));
    let last = (1..span::FIELDS_MAX).fold(client.layer(), |layer, at| layer.field(&format!("f{at}"))).field("last");
    let texts = client.run(all.and_then(last.metric("of.other")), |_| {
        drop(info_span!("get", first = 1, f26 = 2, f27 = 3, last = 4));
    });
    let expected = [
        "of.other{f26=2,f27=3,last=4,span=get,target=span} 0x1",
        "span.duration{f26=2,first=1,span=get,target=span} 0x1",
    ];
    assert_eq!(texts, expected);
}

#[test]
fn a_span_names_its_metric() {
    let mut client = Client::new();
    let layers = client.layer().metric("time").without_target().and_then(client.layer().only_named());
    let texts = client.run(layers, |client| {
        let _named = info_span!("checkout", metric = "checkout.duration").entered();
        client.pass(2);
        let _other = info_span!("pay", metric = 5).entered();
        client.pass(1);
    });
    let expected = [
        "checkout.duration{span=checkout,target=span} 3x1",
        "checkout.duration{span=checkout} 3x1",
        "span.duration{span=pay,target=span} 1x1",
        "time{span=pay} 1x1",
    ];
    assert_eq!(texts, expected);
}

#[test]
fn spans_are_chosen_by_level_and_target() {
    let spans = || {
        drop(error_span!("failing"));
        drop(info_span!(target: "shop", "plain"));
        drop(info_span!(target: "shop::orders", "inner"));
        drop(info_span!(target: "shopping", "other"));
        drop(debug_span!(target: "shop", "detail"));
    };
    type Change = fn(span::Layer) -> span::Layer;
    let cases: [(Change, &[&str]); 5] = [
        (|layer| layer, &["failing", "inner", "other", "plain"]),
        (|layer| layer.level(Level::ERROR), &["failing"]),
        (|layer| layer.level(Level::DEBUG), &["detail", "failing", "inner", "other", "plain"]),
        (|layer| layer.target("shop"), &["inner", "plain"]),
        (|layer| layer.target("shopping").target("shop::orders"), &["inner", "other"]),
    ];
    for (change, expected) in cases {
        let mut client = Client::new();
        let layer = change(client.layer().without_target());
        let texts = client.run(layer, |_| spans());
        let expected: Vec<_> = expected.iter().map(|name| format!("span.duration{{span={name}}} 0x1")).collect();
        assert_eq!(texts, expected);
    }
}

#[test]
fn a_span_that_is_not_timed_is_all_the_same_to_other_layers() {
    #[derive(Clone, Default)]
    struct Seen(Arc<Mutex<Vec<&'static str>>>);
    impl<S: tracing::Subscriber> tracing_subscriber::Layer<S> for Seen {
        fn on_new_span(
            &self,
            attributes: &tracing::span::Attributes<'_>,
            _: &tracing::span::Id,
            _: tracing_subscriber::layer::Context<'_, S>,
        ) {
            self.0.lock().unwrap().push(attributes.metadata().name());
        }
    }
    let mut client = Client::new();
    let seen = Seen::default();
    let layer = client.layer().level(Level::ERROR);
    let texts = client.run(layer.and_then(seen.clone()), |_| drop(debug_span!("detail")));
    assert_eq!((texts.len(), &**seen.0.lock().unwrap()), (0, &["detail"][..]));
}

/// A log that takes its lines into memory.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Log;

    fn make_writer(&'a self) -> Log {
        self.clone()
    }
}

#[test]
fn the_client_s_own_warning_goes_through_the_same_subscriber() {
    let mut client = Client::new();
    let log = Log::default();
    let lines = tracing_subscriber::fmt::layer().with_ansi(false).with_writer(log.clone());
    let layers = client.layer().field("who").without_target().and_then(lines);
    let texts = client.run(layers, |_| {
        let _outer = info_span!("outer").entered();
        // The name is cut while the span closes, with its parent still open: the log reads both.
        drop(info_span!("inner", metric = "n".repeat(300)));
    });
    assert_eq!(texts, [format!("{}{{span=inner}} 0x1", "n".repeat(255)), "span.duration{span=outer} 0x1".to_owned()]);
    let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert_eq!(log.matches("has 300 characters").count(), 1, "{log}");
}

#[test]
fn long_values_are_cut_and_blank_ones_left_out() {
    let mut client = Client::new();
    let layer = client.layer().field("who").field("where").without_target();
    let texts = client.run(layer, |_| drop(info_span!("get", who = ?"x".repeat(100_000), where = " ")));
    assert_eq!(texts, [format!("span.duration{{span=get,who=\"{}}} 0x1", "x".repeat(1023))]);
}

#[test]
fn spans_after_the_stop_are_counted() {
    let mut client = Client::new();
    let layer = client.layer();
    client.run(layer, |client| {
        let _late = info_span!("late").entered();
        client.metrics.shutdown(Duration::ZERO);
    });
    let accounting = client.metrics.accounting();
    assert_eq!((accounting.accepted, accounting.dropped(Cause::Closed)), (1, 1));
}

#[test]
fn spans_of_a_client_that_is_off_cost_nothing() {
    let metrics = Metrics::off();
    let subscriber = tracing_subscriber::registry().with(span::Layer::new(&metrics));
    tracing::subscriber::with_default(subscriber, || drop(info_span!("get")));
    assert_eq!(metrics.accounting(), Accounting::default());
}

/// A sink that makes spans, as the AWS SDK does, under a subscriber of the whole process.
#[derive(Clone)]
struct Spanning {
    capture: Capture,
    subscriber: tracing::Dispatch,
}

impl Sink for Spanning {
    fn name(&self) -> &str {
        "spanning"
    }

    fn form(&self) -> Form {
        Form::Datums
    }

    fn send(&mut self, payload: &Payload) -> Result<(), SendError> {
        tracing::dispatcher::with_default(&self.subscriber, || drop(info_span!("send")));
        self.capture.send(payload)
    }
}

#[test]
fn what_a_sink_does_is_not_timed() {
    for sinks in [1, 2] {
        // The layer needs the client, and the client its sinks: they meet by way of another client's layer.
        let capture = Capture::datums();
        let watcher = Client::new();
        let subscriber = tracing::Dispatch::new(tracing_subscriber::registry().with(watcher.layer()));
        let spanning = Spanning { capture: capture.clone(), subscriber };
        let mut builder = Metrics::builder("Shop").without_own_metrics().sink(spanning.clone());
        if sinks == 2 {
            builder = builder.sink(spanning);
        }
        let metrics = builder.build();
        metrics.counter("Orders", &[]).increment();
        assert!(metrics.shutdown(Duration::from_secs(10)));
        assert_eq!((capture.samples(), watcher.metrics.accounting().accepted), (sinks, 0));
    }
}
