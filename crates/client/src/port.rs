//! The port: what a domain layer may know about metrics.

use std::time::Duration;

use nepho_model::Unit;

/// A place to put metrics, without a word about where they go.
///
/// A domain layer takes `&dyn MetricsPort` or `Arc<dyn MetricsPort>`; [`Metrics`](crate::Metrics) is the real one,
/// [`NoMetrics`] takes everything and keeps nothing, [`Recorded`](crate::Recorded) remembers for a test's assertions,
/// and a [`SharedUnit`](crate::SharedUnit) collects what belongs to one piece of work.
///
/// No call blocks, panics or fails. The answer is whether the point was taken; what was not taken is counted by cause
/// and said once in the log.
///
/// ```
/// use nepho::{MetricsPort, Recorded};
///
/// fn book(metrics: &dyn MetricsPort, seats: u32) {
///     metrics.increment("booking.attempts", &[]);
///     if seats == 0 {
///         metrics.increment("booking.failure", &[("error_type", "no_seats")]);
///     }
/// }
///
/// let recorded = Recorded::default();
/// book(&recorded, 0);
/// assert!(recorded.counter("booking.failure").with("error_type", "no_seats") == 1);
/// ```
pub trait MetricsPort: Send + Sync {
    /// Adds one to a counter (unit Count).
    fn increment(&self, name: &str, dimensions: &[(&str, &str)]) -> bool;

    /// Records how long something took, in milliseconds.
    fn record_timing(&self, name: &str, elapsed: Duration, dimensions: &[(&str, &str)]) -> bool;

    /// Records one value.
    fn put_metric(&self, name: &str, value: f64, unit: Unit, dimensions: &[(&str, &str)]) -> bool;

    /// Sets a property: context that is written beside the metrics and is no dimension of them. Where a sink has no
    /// place for properties (PutMetricData), it goes nowhere.
    fn set_property(&self, name: &str, value: Property<'_>) -> bool;
}

/// The value of a property.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Property<'a> {
    /// Text.
    Text(&'a str),
    /// A number; one that is not finite is dropped.
    Number(f64),
    /// A whole number.
    Integer(i64),
    /// True or false.
    Bool(bool),
}

impl<'a> From<&'a str> for Property<'a> {
    fn from(text: &'a str) -> Self {
        Property::Text(text)
    }
}

impl<'a> From<&'a String> for Property<'a> {
    fn from(text: &'a String) -> Self {
        Property::Text(text)
    }
}

impl From<f64> for Property<'_> {
    fn from(number: f64) -> Self {
        Property::Number(number)
    }
}

impl From<i64> for Property<'_> {
    fn from(number: i64) -> Self {
        Property::Integer(number)
    }
}

impl From<i32> for Property<'_> {
    fn from(number: i32) -> Self {
        Property::Integer(number.into())
    }
}

impl From<u32> for Property<'_> {
    fn from(number: u32) -> Self {
        Property::Integer(number.into())
    }
}

impl From<bool> for Property<'_> {
    fn from(is: bool) -> Self {
        Property::Bool(is)
    }
}

/// Takes everything and keeps nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoMetrics;

impl MetricsPort for NoMetrics {
    fn increment(&self, _: &str, _: &[(&str, &str)]) -> bool {
        true
    }

    fn record_timing(&self, _: &str, _: Duration, _: &[(&str, &str)]) -> bool {
        true
    }

    fn put_metric(&self, _: &str, _: f64, _: Unit, _: &[(&str, &str)]) -> bool {
        true
    }

    fn set_property(&self, _: &str, _: Property<'_>) -> bool {
        true
    }
}

/// A duration as metrics have it.
pub(crate) fn milliseconds(elapsed: Duration) -> f64 {
    elapsed.as_nanos() as f64 / 1e6
}
