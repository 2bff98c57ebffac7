//! Regression with a season taken out of both sides.

use super::{DAY, HOUR, Hour};
use crate::anomaly::robust::median;

/// What is less than this part of the whole is nothing but rounding.
pub(super) const LEAST_SQUARE: f64 = 1e-9;
/// How much the other hours of a phase have to count, for one to be compared with them.
const LEAST_OTHERS: f64 = 0.5;

/// Which hours are the same one of their cycle.
pub(super) struct Phases {
    of: Vec<usize>,
    count: usize,
    /// Whether there are other hours of the same phase: without them, an hour says nothing but what its season is.
    is_known: Vec<bool>,
    /// How many hours there are beyond one for each phase.
    pub(super) free: f64,
}

impl Phases {
    pub(super) fn new(hours: &[Hour], cycle: i64) -> Self {
        let count = (cycle / HOUR) as usize;
        let of: Vec<_> = hours.iter().map(|hour| (hour.local.rem_euclid(cycle) / HOUR) as usize).collect();
        let mut seen = vec![0usize; count];
        of.iter().for_each(|phase| seen[*phase] += 1);
        let is_known = of.iter().map(|phase| seen[*phase] > 1).collect();
        let free = of.len() - seen.iter().filter(|seen| **seen > 0).count();
        Phases { of, count, is_known, free: free as f64 }
    }

    /// What is left at the hours that say something.
    pub(super) fn known(&self, left: &[f64]) -> Vec<f64> {
        left.iter().zip(&self.is_known).filter(|(_, is_known)| **is_known).map(|(left, _)| *left).collect()
    }

    /// Values without the mean of their phase; where nothing of a phase counts, all of it does.
    pub(super) fn without(&self, values: &[f64], weights: &[f64]) -> Vec<f64> {
        let mut weighted = vec![(0.0, 0.0); self.count];
        let mut all = vec![(0.0, 0.0); self.count];
        for ((phase, value), weight) in self.of.iter().zip(values).zip(weights) {
            weighted[*phase] = (weighted[*phase].0 + weight * value, weighted[*phase].1 + weight);
            all[*phase] = (all[*phase].0 + value, all[*phase].1 + 1.0);
        }
        let mean = |phase: usize| {
            let (sum, count) = if weighted[phase].1 > 0.0 { weighted[phase] } else { all[phase] };
            sum / count
        };
        self.of.iter().zip(values).map(|(phase, value)| value - mean(*phase)).collect()
    }

    /// The factors of columns that come closest to values.
    pub(super) fn regress(&self, columns: &[Vec<f64>], values: &[f64], weights: &[f64]) -> Vec<f64> {
        let mut left = self.without(values, weights);
        let mut bases: Vec<Vec<f64>> = Vec::new();
        let mut steps: Vec<(f64, Vec<f64>)> = Vec::new();
        for column in columns {
            let (base, parts) = orthogonal(self.without(column, weights), &bases, weights);
            let factor = factor(&base, &left, weights);
            left = subtract(&left, std::slice::from_ref(&base), &[factor]);
            bases.push(base);
            steps.push((factor, parts));
        }
        // From factors of the orthogonal columns back to those of the columns themselves.
        let mut factors = vec![0.0; columns.len()];
        for (at, (factor, _)) in steps.iter().enumerate().rev() {
            let later: f64 = (at + 1..columns.len()).map(|next| factors[next] * steps[next].1[at]).sum();
            factors[at] = factor - later;
        }
        factors
    }

    /// The median rise per day from an hour to the next of its phase.
    pub(super) fn usual_slope(&self, hours: &[Hour], left: &[f64]) -> f64 {
        let mut before: Vec<Option<usize>> = vec![None; self.count];
        let mut rises = Vec::with_capacity(left.len());
        for (at, phase) in self.of.iter().enumerate() {
            if let Some(before) = before[*phase].replace(at) {
                let passed = (hours[at].time - hours[before].time) as f64;
                rises.push((left[at] - left[before]) * DAY as f64 / passed);
            }
        }
        median(&mut rises)
    }

    /// How far off each hour is from the others of its phase, where these count enough.
    pub(super) fn unseen(&self, left: &[f64], weights: &[f64]) -> Vec<f64> {
        let mut sums = vec![0.0; self.count];
        self.of.iter().zip(weights).for_each(|(phase, weight)| sums[*phase] += weight);
        let one = |((phase, left), weight): ((&usize, &f64), &f64)| {
            let others = sums[*phase] - weight;
            (others >= LEAST_OTHERS).then(|| left * sums[*phase] / others)
        };
        self.of.iter().zip(left).zip(weights).filter_map(one).collect()
    }
}

pub(super) fn dot(one: &[f64], other: &[f64], weights: &[f64]) -> f64 {
    one.iter().zip(other).zip(weights).map(|((one, other), weight)| one * other * weight).sum()
}

/// Values without columns times their factors.
pub(super) fn subtract(values: &[f64], columns: &[Vec<f64>], factors: &[f64]) -> Vec<f64> {
    let mut left = values.to_vec();
    for (column, factor) in columns.iter().zip(factors) {
        left.iter_mut().zip(column).for_each(|(left, value)| *left -= factor * value);
    }
    left
}

/// How much of a column is in values; nothing when the column is only rounding.
fn factor(column: &[f64], values: &[f64], weights: &[f64]) -> f64 {
    let square = dot(column, column, weights);
    if square > LEAST_SQUARE * column.len() as f64 { dot(column, values, weights) / square } else { 0.0 }
}

/// A column without what others, orthogonal to each other, have of it; and how much that was of each.
pub(super) fn orthogonal(mut column: Vec<f64>, others: &[Vec<f64>], weights: &[f64]) -> (Vec<f64>, Vec<f64>) {
    let mut parts = Vec::with_capacity(others.len());
    for other in others {
        let part = factor(other, &column, weights);
        column = subtract(&column, std::slice::from_ref(other), &[part]);
        parts.push(part);
    }
    (column, parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn factors_are_found_beside_a_season() {
        let hours: Vec<_> = (0..96).map(|at| Hour { time: at * HOUR, local: at * HOUR, value: 0.0 }).collect();
        let phases = Phases::new(&hours, DAY);
        let rise: Vec<_> = (0..96).map(|at| f64::from(at) / 24.0).collect();
        let step: Vec<_> = (0..96).map(|at| f64::from(u8::from(at >= 50))).collect();
        let season = |at: usize| [5.0, -3.0, 40.0][at % 24 % 3];
        let values: Vec<_> = (0..96).map(|at| season(at) + 2.0 * rise[at] - 7.0 * step[at]).collect();
        let weights = vec![1.0; 96];
        let factors = phases.regress(&[rise, step], &values, &weights);
        assert!((factors[0] - 2.0).abs() < 1e-9 && (factors[1] + 7.0).abs() < 1e-9, "{factors:?}");
        // A column that only repeats with the season explains nothing.
        let repeated: Vec<_> = (0..96).map(season).collect();
        assert_eq!(phases.regress(&[repeated], &values, &weights), [0.0]);
        assert_eq!(phases.free, 72.0);
    }

    #[test]
    fn an_hour_alone_in_its_phase_says_nothing() {
        let hours: Vec<_> = (0..30).map(|at| Hour { time: at * HOUR, local: at * HOUR, value: 0.0 }).collect();
        let phases = Phases::new(&hours, DAY);
        assert_eq!(phases.known(&(0..30).map(f64::from).collect::<Vec<_>>()).len(), 12);
        assert_eq!(phases.unseen(&[1.0; 30], &[1.0; 30]), [2.0; 12]);
        let left: Vec<_> = (0..30).map(|at| f64::from(at / 24 * 8)).collect();
        assert_eq!(phases.usual_slope(&hours, &left), 8.0);
    }
}
