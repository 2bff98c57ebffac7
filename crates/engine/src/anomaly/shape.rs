//! The shape of a season, told from noise.
//!
//! A shape is looked at through windows of falling width, each on what the wider ones left: wide windows know the slow
//! swing well, narrow ones find what is sharp. A window counts by how far its mean stands out of what differs between
//! one cycle and the next, so that noise adds little to the shape, however noisy and however alike neighbours are.

use super::robust::{deviation, mean, median, weight};
use super::season::{Bins, Season};

/// How many standard errors a window has to stand out by, to count for anything: the threshold of a garrote.
const THRESHOLD: f64 = 1.5;
/// The least number of samples that a bin's middle is taken of; where there are fewer, neighbours help.
const MIN_SAMPLES: usize = 6;
/// The most neighbours on each side that help.
const MAX_NEIGHBOURS: usize = 3;
/// A window whose weights sum up to less has no mean.
const LEAST_WEIGHT: f64 = 0.01;
/// The deviation at an hour of the day is at least this share of that over all.
const LEAST_DEVIATION: f64 = 0.3;

/// What a season is estimated of.
#[derive(Debug, Clone)]
pub(super) struct Samples<'a> {
    /// Local times of the starts of the periods, in seconds.
    pub(super) local: &'a [i64],
    /// What is left at each.
    pub(super) residuals: &'a [f64],
}

/// How a season is estimated: which samples count how much, and how noisy each width is.
#[derive(Debug, Clone)]
pub(super) struct Estimator {
    bins: Bins,
    /// Of each sample.
    weights: Vec<f64>,
    /// The standard deviation between cycles, for each width.
    noise: Vec<f64>,
}

impl Estimator {
    pub(super) fn new(bins: Bins, samples: &Samples<'_>) -> Self {
        let weights = weights(bins, samples);
        let mut estimator = Estimator { bins, weights, noise: Vec::new() };
        let table = estimator.table(samples, |_| true);
        let mut shape = vec![0.0; bins.len()];
        for half in half_widths(bins) {
            let noise = table.noise(&shape, half);
            table.refine(&mut shape, half, noise);
            estimator.noise.push(noise);
        }
        estimator
    }

    /// The season in those samples that are wanted, by their positions.
    pub(super) fn season(&self, samples: &Samples<'_>, wanted: impl Fn(usize) -> bool) -> Season {
        let table = self.table(samples, wanted);
        let mut shape = vec![0.0; self.bins.len()];
        for (half, noise) in half_widths(self.bins).zip(&self.noise) {
            table.refine(&mut shape, half, *noise);
        }
        Season { bins: self.bins, values: shape.into_iter().map(finite).collect() }
    }

    fn table(&self, samples: &Samples<'_>, wanted: impl Fn(usize) -> bool) -> Table {
        let cycle = |local: &i64| self.bins.place(*local).1;
        let first = samples.local.iter().map(cycle).min().unwrap_or(0);
        let last = samples.local.iter().map(cycle).max().unwrap_or(0);
        let cycles = (last - first + 1) as usize;
        let len = self.bins.len();
        let mut table = Table { bins: len, cells: vec![(0.0, 0.0); cycles * len] };
        for at in (0..samples.local.len()).filter(|at| wanted(*at)) {
            let (bin, cycle) = self.bins.place(samples.local[at]);
            let (cell, weight) = (&mut table.cells[(cycle - first) as usize * len + bin], self.weights[at]);
            *cell = (cell.0 + weight * samples.residuals[at], cell.1 + weight);
        }
        table
    }
}

fn finite(value: f64) -> f32 {
    value.clamp(f64::from(f32::MIN), f64::from(f32::MAX)) as f32
}

/// Half the widths of the windows, in bins, the widest first.
fn half_widths(bins: Bins) -> impl Iterator<Item = usize> {
    let most = bins.len() / 4;
    let mut widths = bins.cycle.half_widths().map(|seconds| ((seconds / bins.seconds) as usize).min(most)).to_vec();
    widths.dedup();
    widths.into_iter()
}

/// How much each sample counts: less the farther it is from the middle of its bin. A bin of which most cycles agree is
/// what they say; that the others differ is for the longer cycle to tell.
fn weights(bins: Bins, samples: &Samples<'_>) -> Vec<f64> {
    let places: Vec<_> = samples.local.iter().map(|local| bins.place(*local).0).collect();
    let middles = middles(bins.len(), &places, samples.residuals);
    let off: Vec<_> = places.iter().zip(samples.residuals).map(|(bin, residual)| residual - middles[*bin]).collect();
    hourly_deviations(samples.local, &off).into_iter().map(weight).collect()
}

/// The median of each bin.
fn middles(bins: usize, places: &[usize], residuals: &[f64]) -> Vec<f64> {
    let mut of_bin = vec![Vec::new(); bins];
    for (bin, residual) in places.iter().zip(residuals) {
        of_bin[*bin].push(*residual);
    }
    let middle = |bin: usize| {
        let mut samples = of_bin[bin].clone();
        for next in 1..=MAX_NEIGHBOURS.min(bins / 4) {
            if samples.len() >= MIN_SAMPLES {
                break;
            }
            samples.extend(&of_bin[(bin + next) % bins]);
            samples.extend(&of_bin[(bin + bins - next) % bins]);
        }
        median(&mut samples)
    };
    (0..bins).map(middle).collect()
}

/// How far each residual is off, in standard deviations of its hour of the day.
pub(super) fn hourly_deviations(local: &[i64], off: &[f64]) -> Vec<f64> {
    let hour = |local: &i64| (local.rem_euclid(24 * 3600) / 3600) as usize;
    let mut all = deviation(off.iter().copied());
    if all == 0.0 {
        // Most are the same: what the others are off by, all in all.
        all = mean(off.iter().map(|off| off.abs()));
    }
    let mut of_hour: [Vec<f64>; 24] = Default::default();
    for (local, off) in local.iter().zip(off) {
        of_hour[hour(local)].push(*off);
    }
    let floor = if all > 0.0 { LEAST_DEVIATION * all } else { 1.0 };
    let of_hour = of_hour.map(|off| deviation(off.into_iter()).max(floor));
    local.iter().zip(off).map(|(local, off)| off / of_hour[hour(local)]).collect()
}

/// Sums of weighted residuals, and of weights, by cycle and bin.
#[derive(Debug)]
struct Table {
    bins: usize,
    cells: Vec<(f64, f64)>,
}

impl Table {
    /// For each cycle, the mean and the weight of the window around each bin of what a shape leaves.
    fn windows<'a>(&'a self, shape: &'a [f64], half: usize) -> impl Iterator<Item = Vec<(f64, f64)>> + 'a {
        self.cells.chunks_exact(self.bins).map(move |cycle| {
            let left: Vec<_> =
                cycle.iter().zip(shape).map(|((sum, weight), shape)| (sum - weight * shape, *weight)).collect();
            around(&left, half)
        })
    }

    /// The standard deviation of windows between one cycle and another.
    fn noise(&self, shape: &[f64], half: usize) -> f64 {
        let windows: Vec<_> = self.windows(shape, half).collect();
        let mut off = Vec::with_capacity(self.cells.len());
        for bin in 0..self.bins {
            let means = windows.iter().map(|cycle| cycle[bin]).filter(|(_, weight)| *weight >= LEAST_WEIGHT);
            let means: Vec<_> = means.map(|(sum, weight)| sum / weight).collect();
            let count = means.len() as f64;
            if count >= 2.0 {
                let middle = mean(means.iter().copied());
                off.extend(means.iter().map(|mean| (mean - middle) * (count / (count - 1.0)).sqrt()));
            }
        }
        deviation(off.into_iter())
    }

    /// Adds to a shape what windows of a width see beyond the noise.
    fn refine(&self, shape: &mut [f64], half: usize, noise: f64) {
        let mut total = vec![(0.0, 0.0, 0.0); self.bins];
        for cycle in self.windows(shape, half) {
            for (total, (sum, weight)) in total.iter_mut().zip(cycle) {
                if weight >= LEAST_WEIGHT {
                    *total = (total.0 + sum, total.1 + weight, total.2 + 1.0);
                }
            }
        }
        for (shape, (sum, weight, cycles)) in shape.iter_mut().zip(total) {
            if weight >= LEAST_WEIGHT {
                *shape += garrote(sum / weight, THRESHOLD * noise / f64::sqrt(cycles));
            }
        }
    }
}

/// Sums over the bins within `half` of each, around the end of the cycle as well.
fn around(cells: &[(f64, f64)], half: usize) -> Vec<(f64, f64)> {
    if half == 0 {
        return cells.to_vec();
    }
    let len = cells.len();
    let add = |one: (f64, f64), other: (f64, f64)| (one.0 + other.0, one.1 + other.1);
    let mut before = Vec::with_capacity(3 * len + 1);
    before.push((0.0, 0.0));
    for at in 0..3 * len {
        before.push(add(before[at], cells[at % len]));
    }
    let window = |bin: usize| {
        let (from, to) = (before[len + bin - half], before[len + bin + half + 1]);
        (to.0 - from.0, to.1 - from.1)
    };
    (0..len).map(window).collect()
}

/// The non-negative garrote: what is far above the threshold stays as it is, what is below is gone.
fn garrote(value: f64, threshold: f64) -> f64 {
    if value.abs() <= threshold { 0.0 } else { value * (1.0 - (threshold / value).powi(2)) }
}

#[cfg(test)]
mod tests {
    use super::super::season::Cycle;
    use super::*;

    const DAY: i64 = 24 * 3600;

    /// Hours of so many days: what is at an hour of a day, and noise that differs between days.
    fn season(days: i64, value: impl Fn(i64, i64) -> f64) -> Season {
        let local: Vec<_> = (0..days * 24).map(|hour| hour * 3600).collect();
        let noise = |hour: i64| f64::from((hour * 7919 % 101) as i32) / 50.0 - 1.0;
        let residuals: Vec<_> = (0..days * 24).map(|hour| value(hour / 24, hour % 24) + noise(hour)).collect();
        let samples = Samples { local: &local, residuals: &residuals };
        let bins = Bins::new(Cycle::Day, 3600, 0, days * DAY).unwrap();
        Estimator::new(bins, &samples).season(&samples, |_| true)
    }

    #[test]
    fn a_shape_is_told_from_noise() {
        let flat = season(14, |_, _| 0.0);
        assert!(flat.values.iter().all(|value| value.abs() < 0.3), "{flat:?}");
        let edge = season(14, |_, hour| if (9..17).contains(&hour) { 20.0 } else { 0.0 });
        for (hour, value) in edge.values.iter().enumerate() {
            let expected = if (9..17).contains(&hour) { 20.0 } else { 0.0 };
            assert!((value - expected).abs() < 0.5, "{hour}: {value}");
        }
    }

    #[test]
    fn most_days_are_what_a_day_is_like() {
        let mostly = season(14, |day, hour| if day % 7 < 5 && hour == 12 { 50.0 } else { 0.0 });
        assert!((mostly.values[12] - 50.0).abs() < 1.0, "{mostly:?}");
        let once = season(14, |day, hour| if day == 3 && hour == 12 { 50.0 } else { 0.0 });
        assert!(once.values[12].abs() < 0.5, "{once:?}");
    }

    #[test]
    fn what_is_far_above_the_noise_stays() {
        for (value, expected) in [(0.5, 0.0), (-1.0, 0.0), (2.0, 1.5), (-10.0, -9.9)] {
            assert!((garrote(value, 1.0) - expected).abs() < 1e-9, "{value}");
        }
        assert_eq!(garrote(0.1, 0.0), 0.1);
    }

    #[test]
    fn windows_go_around_the_end() {
        let cells: Vec<_> = (0..6).map(|at| (f64::from(at), 1.0)).collect();
        let sums: Vec<_> = around(&cells, 1).into_iter().map(|(sum, _)| sum).collect();
        assert_eq!(sums, [6.0, 3.0, 6.0, 9.0, 12.0, 9.0]);
    }
}
