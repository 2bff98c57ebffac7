//! What is estimated is what is emitted.

use ticketing::cost::{Way, emit, estimate, text};

/// Metrics of the service in the mix of the load test, and those that the client publishes of itself.
const METRICS: u64 = 18;
const OWN_METRICS: u64 = 5;

#[test]
fn what_is_emitted_once_a_minute_does_not_grow_with_the_load() {
    let [quiet, busy] = [10, 100].map(|rate| emit(Way::Aggregated, rate));
    assert_eq!((quiet.metrics, busy.metrics), (METRICS + OWN_METRICS, METRICS + OWN_METRICS));
    assert_eq!((quiet.requests, busy.requests), (0.0, 0.0));
    assert_eq!(quiet.documents, busy.documents);
    assert!(busy.log_bytes < 2.0 * quiet.log_bytes, "{quiet:?} {busy:?}");
}

#[test]
fn put_metric_data_needs_a_call_for_each_namespace() {
    let emitted = emit(Way::PutMetricData, 10);
    assert_eq!((emitted.metrics, emitted.documents, emitted.log_bytes), (METRICS + OWN_METRICS, 0.0, 0.0));
    assert_eq!(emitted.requests, 2.0);
}

#[test]
fn documents_of_each_booking_grow_with_the_load() {
    let [quiet, busy] = [10, 100].map(|rate| emit(Way::EachBooking, rate));
    assert_eq!(quiet.metrics, METRICS);
    assert!(quiet.documents > 600.0, "at least one for each of the bookings of a minute: {quiet:?}");
    assert!((busy.log_bytes / quiet.log_bytes - 10.0).abs() < 0.2, "{quiet:?} {busy:?}");
}

#[test]
fn an_estimate_can_be_read() {
    let estimate = estimate(10);
    let text = text(&estimate);
    for (_, emitted, bill) in &estimate.ways {
        assert!(
            text.contains(&format!(" {} ", emitted.metrics)) && text.contains(&format!("{:.2}", bill.total())),
            "{text}"
        );
    }
    assert!(text.contains("at 10 bookings a second"), "{text}");
}
