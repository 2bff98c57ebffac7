//! A unit of work behind the port.

use std::sync::Arc;
use std::thread;
use std::time::Duration;

use nepho::sink::Capture;
use nepho::{MetricsPort, Property, SharedUnit, Unit};

use crate::{balanced, decoded, stepped, summed};

/// What a domain layer does that knows the port alone.
fn book(metrics: &dyn MetricsPort) {
    assert!(metrics.increment("booking.attempts", &[]));
    assert!(metrics.increment("booking.failure", &[("error_type", "no_seats")]));
    assert!(metrics.put_metric("seats", 3.0, Unit::Count, &[("error_type", "no_seats")]));
    assert!(metrics.record_timing("booking.duration", Duration::from_millis(12), &[("status", "failure")]));
    assert!(metrics.set_property("request_id", Property::Text("r-1")));
    assert!(!metrics.put_metric("price", f64::NAN, Unit::None, &[]));
}

#[test]
fn metrics_with_dimensions_of_their_own_have_documents_of_their_own() {
    let capture = Capture::documents();
    let (metrics, mut steps) = stepped(&capture);
    {
        let shared = SharedUnit::new(metrics.unit_of_work_owned());
        book(&shared);
        shared.with(|work| {
            work.dimension("Method", "POST");
        });
    }
    assert!(steps.flush());
    let mut samples: Vec<_> = decoded(&capture).into_iter().map(|sample| (sample.metric, sample.sum)).collect();
    samples.sort_by(|a, b| a.0.cmp(&b.0));
    let expected = [
        ("Shop/booking.attempts Method=POST Service=web", 1.0),
        ("Shop/booking.duration Method=POST Service=web status=failure", 12.0),
        ("Shop/booking.failure Method=POST Service=web error_type=no_seats", 1.0),
        ("Shop/seats Method=POST Service=web error_type=no_seats", 3.0),
    ];
    assert_eq!(samples, expected.map(|(metric, sum)| (metric.to_owned(), sum)));
    let texts = capture.texts();
    assert!(texts.len() == 3 && texts.iter().all(|text| text.contains(r#""request_id":"r-1""#)), "{texts:?}");
    let accounting = balanced(&metrics);
    assert_eq!((accounting.accepted, accounting.delivered), (5, 4));
}

#[test]
fn threads_share_one() {
    let capture = Capture::documents();
    let (metrics, mut steps) = stepped(&capture);
    let shared = Arc::new(SharedUnit::new(metrics.unit_of_work_owned()));
    let threads: Vec<_> = (0..4)
        .map(|_| {
            let shared = Arc::clone(&shared);
            thread::spawn(move || (0..100).for_each(|_| assert!(shared.increment("Requests", &[]))))
        })
        .collect();
    threads.into_iter().for_each(|thread| thread.join().unwrap());
    drop(shared);
    steps.flush();
    let counts: f64 = decoded(&capture).iter().map(|sample| sample.count).sum();
    // 100 values are in a document.
    assert_eq!((counts, capture.texts().len()), (400.0, 4));
}

#[test]
fn one_that_does_not_wait_does_not_wait_with_any_of_its_metrics() {
    let capture = Capture::datums();
    let (metrics, mut steps) = stepped(&capture);
    {
        let shared = SharedUnit::new(metrics.unit_of_work_owned());
        shared.with(|work| {
            work.immediate().increment("Requests");
        });
        shared.increment("Failures", &[("error_type", "none")]);
    }
    steps.run(Duration::ZERO);
    assert_eq!(summed(&capture).len(), 2);
}

#[test]
fn one_of_a_client_that_is_off_takes_nothing() {
    let shared = SharedUnit::new(nepho::Metrics::off().unit_of_work_owned());
    assert!(!shared.increment("a", &[]) && !shared.increment("a", &[("b", "c")]));
    assert!(!shared.set_property("p", Property::Bool(true)));
}
