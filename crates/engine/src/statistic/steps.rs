//! The step function that every statistic of the percentile family is read from.

use nepho_model::Cell;

use super::bounds::PercentBounds;

/// Rounding in the sum of fractional weights that a rank may be off by, relative to the total.
const RANK_TOLERANCE: f64 = 1e-12;

/// The samples of a cell side by side in ascending order, each as wide as its weight: Q(u) for u in (0, W] is the
/// value at distance u, the inverse of the empirical distribution.
#[derive(Debug, Clone, PartialEq)]
pub struct Steps {
    /// Values, ascending, with their weights.
    weights: Vec<(f64, f64)>,
    total: f64,
    min: f64,
    max: f64,
}

impl Steps {
    /// The steps of a cell; `None` when its distribution is not known or a value is negative.
    pub fn of(cell: &Cell) -> Option<Self> {
        let (min, max) = (cell.min(), cell.max());
        let mut weights = cell.weights()?;
        // Values that came with a statistic set may be representatives outside of its minimum and maximum.
        weights.iter_mut().for_each(|(value, _)| *value = value.clamp(min, max));
        let total: f64 = weights.iter().map(|(_, weight)| weight).sum();
        (total > 0.0).then_some(Steps { weights, total, min, max })
    }

    /// Weight of all samples: W.
    pub fn total(&self) -> f64 {
        self.total
    }

    /// The least sample.
    pub fn min(&self) -> f64 {
        self.min
    }

    /// The greatest sample.
    pub fn max(&self) -> f64 {
        self.max
    }

    /// Values, ascending, with their weights.
    pub fn weights(&self) -> &[(f64, f64)] {
        &self.weights
    }

    /// Q(rank): the least value that `rank` samples do not exceed.
    pub fn at(&self, rank: f64) -> f64 {
        let enough = rank - self.total * RANK_TOLERANCE;
        let mut below = 0.0;
        for (value, weight) in &self.weights {
            below += weight;
            if below >= enough {
                return *value;
            }
        }
        self.max
    }

    /// The sum of the samples between two ranks: the integral of Q over (from, to].
    pub fn sum_between(&self, from: f64, to: f64) -> f64 {
        let (mut below, mut sum) = (0.0, 0.0);
        for (value, weight) in &self.weights {
            let inside = (below + weight).min(to) - f64::max(below, from);
            if inside > 0.0 {
                sum += value * inside;
            }
            below += weight;
        }
        sum
    }

    /// The ranks that a range of percentiles lies between.
    pub(super) fn ranks(&self, bounds: PercentBounds) -> (f64, f64) {
        (bounds.lower.of(self.total), bounds.upper.of(self.total))
    }
}
