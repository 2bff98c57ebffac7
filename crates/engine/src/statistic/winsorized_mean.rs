//! `wmN`, `WM(..)`: the mean with every sample outside a range moved to its bound.

use super::{Bounds, Steps};

/// As the trimmed mean, but what is outside counts as the value at the cut: the percentile, or the bound itself.
pub(super) fn winsorized_mean(steps: &Steps, bounds: Bounds) -> f64 {
    let sum = match bounds {
        Bounds::Percent(bounds) => {
            let (from, to) = steps.ranks(bounds);
            steps.at(from) * from + steps.sum_between(from, to) + steps.at(to) * (steps.total() - to)
        }
        Bounds::Value(bounds) => {
            steps.weights().iter().map(|(value, weight)| bounds.moved_inside(*value) * weight).sum()
        }
    };
    sum / steps.total()
}
