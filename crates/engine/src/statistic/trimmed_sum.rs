//! `tsN`, `TS(..)`: the sum of the samples inside a range.

use super::{Bounds, Steps};

/// The sum inside: what the trimmed mean divides by the trimmed count. Zero when nothing is inside.
pub(super) fn trimmed_sum(steps: &Steps, bounds: Bounds) -> f64 {
    match bounds {
        Bounds::Percent(bounds) => {
            let (from, to) = steps.ranks(bounds);
            steps.sum_between(from, to)
        }
        Bounds::Value(bounds) => {
            let inside = steps.weights().iter().filter(|(value, _)| bounds.contains(*value));
            inside.map(|(value, weight)| value * weight).sum()
        }
    }
}
