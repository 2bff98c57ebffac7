//! How far a band reaches for so many standard deviations, to either side.

use super::robust::quantile;

/// The deviations at which data is asked how far it reaches, and the share of a normal distribution below each.
const RUNGS: [(f64, f64); 5] = [
    (1.0, 0.841_344_746_068_543),
    (1.5, 0.933_192_798_731_142),
    (2.0, 0.977_249_868_051_821),
    (2.5, 0.993_790_334_674_224),
    (3.0, 0.998_650_101_968_37),
];
/// So many values have to lie beyond a rung for the data to tell where it is.
const MIN_BEYOND: f64 = 3.0;

/// What is reached at each of the rungs that the data tells, in units of the scale.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Reach(pub(super) Vec<f32>);

impl Reach {
    /// The reach upwards of values in ascending order.
    pub(super) fn upwards(ascending: &[f64]) -> Self {
        let mut reach = Vec::with_capacity(RUNGS.len());
        let mut most: f64 = 0.0;
        for (at, (_, share)) in RUNGS.iter().enumerate() {
            if at > 0 && (1.0 - share) * (ascending.len() as f64) < MIN_BEYOND {
                break;
            }
            most = most.max(quantile(ascending, *share));
            reach.push(most as f32);
        }
        Reach(reach)
    }

    /// How far so many deviations reach: along the rungs, and in proportion beyond the last.
    pub(super) fn at(&self, deviations: f64) -> f64 {
        let mut before = (0.0, 0.0);
        for (reach, (rung, _)) in self.0.iter().zip(RUNGS) {
            let here = (rung, f64::from(*reach));
            if deviations <= here.0 {
                return before.1 + (here.1 - before.1) * (deviations - before.0) / (here.0 - before.0);
            }
            before = here;
        }
        if before.0 > 0.0 { before.1 * deviations / before.0 } else { 0.0 }
    }
}

/// The most rungs there are.
pub(super) const MAX_RUNGS: usize = RUNGS.len();

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reach_goes_along_its_rungs_and_on() {
        let reach = Reach(vec![1.0, 2.0, 3.5]);
        for (deviations, expected) in [(0.0, 0.0), (0.5, 0.5), (1.0, 1.0), (1.25, 1.5), (2.0, 3.5), (4.0, 7.0)] {
            assert_eq!(reach.at(deviations), expected, "{deviations}");
        }
        assert_eq!(Reach(Vec::new()).at(2.0), 0.0);
    }

    #[test]
    fn rungs_are_told_by_as_much_data_as_lies_beyond_them() {
        let values = |count: usize| (0..count).map(|at| at as f64).collect::<Vec<_>>();
        for (count, rungs) in [(3, 1), (44, 1), (45, 2), (131, 2), (132, 3), (484, 4), (2223, 5)] {
            assert_eq!(Reach::upwards(&values(count)).0.len(), rungs, "{count}");
        }
    }

    #[test]
    fn normal_noise_reaches_as_far_as_its_deviations() {
        // The quantiles of a normal distribution, by what share lies below each.
        let ascending: Vec<_> = RUNGS.iter().map(|(deviations, _)| *deviations).collect();
        let share = |at: usize| RUNGS[at].1;
        assert!((share(2) - 0.977_25).abs() < 1e-5 && ascending == [1.0, 1.5, 2.0, 2.5, 3.0]);
    }
}
