//! A subscriber that counts warnings with the client that warns: the client's own warnings come back to it.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use nepho::sink::Capture;
use nepho::{Metrics, MetricsPort, SharedUnit, Unit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

/// Does with each warning what a host might do.
struct Counting;

static METRICS: OnceLock<Metrics> = OnceLock::new();
static UNIT: OnceLock<Arc<SharedUnit>> = OnceLock::new();

impl Subscriber for Counting {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == "nepho"
    }
    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }
    fn record(&self, _: &Id, _: &Record<'_>) {}
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn event(&self, _: &Event<'_>) {
        let Some(metrics) = METRICS.get() else { return };
        metrics.increment("Warnings", &[]);
        metrics.put_now("WarningsNow", 1.0, Unit::Count, &[]);
        metrics.accounting();
        if let Some(unit) = UNIT.get() {
            unit.increment("WarningsOfUnit", &[]);
        }
    }
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

#[test]
fn a_subscriber_may_use_the_client_whose_warning_it_hears() {
    tracing::subscriber::set_global_default(Counting).unwrap();
    let capture = Capture::documents();
    let metrics = Metrics::builder("Shop").sink(capture.clone()).without_own_metrics().build();
    METRICS.set(metrics.clone()).ok();
    let unit = Arc::new(SharedUnit::new(metrics.unit_of_work_owned()));
    UNIT.set(Arc::clone(&unit)).ok();
    // Said by the caller, under the lock of the shared unit.
    assert!(!unit.put_metric("NotANumber", f64::NAN, Unit::None, &[]));
    // Said by the worker, while it renders.
    let mut many = metrics.unit_of_work();
    for at in 0..31 {
        many.dimension(&format!("Dimension{at}"), "x").increment("Requests");
    }
    many.finish();
    assert!(metrics.flush_and_wait(Duration::from_secs(20)));
    // A new thread finds the way in open.
    let first = || {
        metrics.unit_of_work().increment("Requests");
    };
    std::thread::scope(|scope| scope.spawn(first).join()).unwrap();
    assert!(metrics.shutdown(Duration::from_secs(20)));
    let texts = capture.texts().join("\n");
    assert!(texts.contains("WarningsNow") && texts.contains(r#""Warnings""#), "{texts}");
}
