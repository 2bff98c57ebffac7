//! `PR(..)`: how many percent of the samples lie inside a range of values.

use super::trimmed_count::trimmed_count;
use super::{Bounds, Steps, ValueBounds};

/// The weight inside as a percentage of all of it.
pub(super) fn percentile_rank(steps: &Steps, bounds: ValueBounds) -> f64 {
    100.0 * trimmed_count(steps, Bounds::Value(bounds)) / steps.total()
}
