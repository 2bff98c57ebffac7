//! The recording adapter of the port: for tests of code that emits metrics.

use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use nepho_model::Unit;

use crate::port::{MetricsPort, Property, milliseconds};

/// Remembers what it is given, and answers questions that read well in an assertion.
///
/// ```
/// use std::time::Duration;
/// use nepho::{MetricsPort, Recorded, Unit};
///
/// let recorded = Recorded::default();
/// recorded.increment("booking.success", &[("status", "ok"), ("Service", "web")]);
/// recorded.record_timing("booking.duration", Duration::from_millis(12), &[]);
/// recorded.set_property("request_id", "r-1".into());
///
/// assert_eq!(recorded.counter("booking.success").with("status", "ok"), 1);
/// assert_eq!(recorded.values("booking.duration"), [12.0]);
/// assert_eq!(recorded.property("request_id").as_deref(), Some("r-1"));
/// assert_eq!(recorded.counter("booking.failure"), 0);
/// ```
#[derive(Debug, Default)]
pub struct Recorded {
    kept: Mutex<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    points: Vec<RecordedPoint>,
    properties: Vec<(String, String)>,
}

/// One call, as it came in.
#[derive(Debug, Clone, PartialEq)]
pub struct RecordedPoint {
    /// The metric's name.
    pub name: String,
    /// The value: 1 for an increment, milliseconds for a timing.
    pub value: f64,
    /// Its unit.
    pub unit: Unit,
    /// The dimensions of this call, in its order.
    pub dimensions: Vec<(String, String)>,
}

impl fmt::Display for RecordedPoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.name, self.value, self.unit)?;
        self.dimensions.iter().try_for_each(|(name, value)| write!(f, " {name}={value}"))
    }
}

impl Recorded {
    /// The sum of what was counted under `name`.
    pub fn counter(&self, name: &str) -> Selected {
        self.select(name)
    }

    /// The values that were recorded under `name`, in their order.
    pub fn values(&self, name: &str) -> Selected {
        self.select(name)
    }

    /// Everything, in its order.
    pub fn points(&self) -> Vec<RecordedPoint> {
        self.kept().points.clone()
    }

    /// The latest value of a property, as text.
    pub fn property(&self, name: &str) -> Option<String> {
        self.kept().properties.iter().rev().find(|(known, _)| known == name).map(|(_, value)| value.clone())
    }

    fn select(&self, name: &str) -> Selected {
        let points = self.kept().points.iter().filter(|point| point.name == name).cloned().collect();
        Selected { points }
    }

    fn push(&self, name: &str, value: f64, unit: Unit, dimensions: &[(&str, &str)]) -> bool {
        let dimensions = dimensions.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        self.kept().points.push(RecordedPoint { name: name.to_owned(), value, unit, dimensions });
        true
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl MetricsPort for Recorded {
    fn increment(&self, name: &str, dimensions: &[(&str, &str)]) -> bool {
        self.push(name, 1.0, Unit::Count, dimensions)
    }

    fn record_timing(&self, name: &str, elapsed: Duration, dimensions: &[(&str, &str)]) -> bool {
        self.push(name, milliseconds(elapsed), Unit::Milliseconds, dimensions)
    }

    fn put_metric(&self, name: &str, value: f64, unit: Unit, dimensions: &[(&str, &str)]) -> bool {
        self.push(name, value, unit, dimensions)
    }

    fn set_property(&self, name: &str, value: Property<'_>) -> bool {
        let text = match value {
            Property::Text(text) => text.to_owned(),
            Property::Number(number) => number.to_string(),
            Property::Integer(number) => number.to_string(),
            Property::Bool(is) => is.to_string(),
        };
        self.kept().properties.push((name.to_owned(), text));
        true
    }
}

/// Points of one metric, narrowed by [`with`](Selected::with). Compares to a whole number by its sum, to a list by its
/// values; when the comparison fails, `assert_eq!` shows the points.
pub struct Selected {
    points: Vec<RecordedPoint>,
}

impl Selected {
    /// Only the points that have this dimension, whatever other dimensions they have.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.points.retain(|point| point.dimensions.iter().any(|(known, is)| known == name && is == value));
        self
    }

    /// Only the points without any dimension.
    #[must_use]
    pub fn without_dimensions(mut self) -> Self {
        self.points.retain(|point| point.dimensions.is_empty());
        self
    }

    /// Only the points in this unit.
    #[must_use]
    pub fn in_unit(mut self, unit: Unit) -> Self {
        self.points.retain(|point| point.unit == unit);
        self
    }

    /// How many points there are.
    pub fn len(&self) -> usize {
        self.points.len()
    }

    /// Whether there is no point.
    pub fn is_empty(&self) -> bool {
        self.points.is_empty()
    }

    /// The sum of the values.
    pub fn sum(&self) -> f64 {
        self.points.iter().map(|point| point.value).sum()
    }
}

impl PartialEq<u64> for Selected {
    fn eq(&self, other: &u64) -> bool {
        self.sum() == *other as f64
    }
}

impl PartialEq<[f64]> for Selected {
    fn eq(&self, other: &[f64]) -> bool {
        self.points.iter().map(|point| point.value).eq(other.iter().copied())
    }
}

impl<const N: usize> PartialEq<[f64; N]> for Selected {
    fn eq(&self, other: &[f64; N]) -> bool {
        *self == other[..]
    }
}

impl fmt::Debug for Selected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.points.iter().map(|point| format!("{point}"))).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn selections_narrow_and_compare() {
        let recorded = Recorded::default();
        for (value, status) in [(1.0, "ok"), (2.0, "ok"), (4.0, "failed")] {
            recorded.put_metric("size", value, Unit::Bytes, &[("status", status), ("zone", "a")]);
        }
        recorded.put_metric("size", 8.0, Unit::Count, &[]);
        let size = || recorded.values("size");
        assert_eq!(size(), 15);
        assert_eq!(size().with("status", "ok"), [1.0, 2.0]);
        assert_eq!(size().with("status", "ok").with("zone", "b"), 0);
        assert_eq!(size().without_dimensions(), [8.0]);
        assert_eq!(size().in_unit(Unit::Bytes).len(), 3);
        assert!(size() != 14 && size() != [1.0]);
        assert_eq!(format!("{:?}", size().with("status", "failed")), r#"["size 4 Bytes status=failed zone=a"]"#);
    }
}
