//! `pN`: the least value that N percent of the samples do not exceed.

use super::{Percent, Steps};

/// Q(N/100 * W); p0 is the minimum and p100 the maximum, which stay exact in a sketch.
pub(super) fn percentile(steps: &Steps, percent: Percent) -> f64 {
    if percent.is_zero() {
        steps.min()
    } else if percent.is_hundred() {
        steps.max()
    } else {
        steps.at(percent.of(steps.total()))
    }
}
