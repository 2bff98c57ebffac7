//! `tmN`, `TM(..)`, `IQM`: the mean of the samples inside a range.

use super::trimmed_count::trimmed_count;
use super::trimmed_sum::trimmed_sum;
use super::{Bounds, Steps};

/// The sum inside divided by the weight inside; `None` when nothing is.
pub(super) fn trimmed_mean(steps: &Steps, bounds: Bounds) -> Option<f64> {
    let count = trimmed_count(steps, bounds);
    // Rounding of the sum must not put a mean of equal samples beside them.
    (count > 0.0).then(|| (trimmed_sum(steps, bounds) / count).clamp(steps.min(), steps.max()))
}
