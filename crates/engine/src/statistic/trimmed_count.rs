//! `tcN`, `TC(..)`: the number of samples inside a range.

use super::{Bounds, Steps};

/// The weight inside. A percentile that cuts through a sample leaves a fraction.
pub(super) fn trimmed_count(steps: &Steps, bounds: Bounds) -> f64 {
    match bounds {
        Bounds::Percent(bounds) => {
            let (from, to) = steps.ranks(bounds);
            to - from
        }
        Bounds::Value(bounds) => {
            steps.weights().iter().filter(|(value, _)| bounds.contains(*value)).map(|(_, weight)| weight).sum()
        }
    }
}
