//! How noisy a metric is: always the same, by the hour of the day, or by how high it is expected to be.

use super::robust::mean;

const DAY: i64 = 24 * 3600;
/// The hours of a day.
pub(super) const HOURS: usize = 24;
/// Into how many groups expected values are put, as many periods in each.
pub(super) const MAX_LEVELS: usize = 8;
/// How many periods the noise over all counts in each group: what a group with few of its own leans on.
const PRIOR: f64 = 4.0;
/// By how much a noise that changes has to be more likely for a period that was not seen, to be believed.
const MARGIN: f64 = 0.01;
/// No group is less noisy than this share of all.
const LEAST_SHARE: f64 = 0.02;

/// The mean size of what a metric is off by, in a period.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Scale {
    /// The same always.
    Constant(f32),
    /// At the middle of each hour of the local day.
    Hours(Vec<f32>),
    /// At expected values, ascending.
    Levels(Vec<(f32, f32)>),
}

/// What a scale is estimated of, one of each for each period.
pub(super) struct Residuals<'a> {
    pub(super) local: &'a [i64],
    /// Which day it is of.
    pub(super) days: &'a [usize],
    pub(super) expected: &'a [f64],
    /// What it is off by, from what was expected without its day.
    pub(super) off: &'a [f64],
}

impl Scale {
    /// The scale that makes days that were left out most likely.
    pub(super) fn new(residuals: &Residuals<'_>) -> Self {
        let all = mean(residuals.off.iter().map(|off| off.abs()));
        if all <= 0.0 {
            return Scale::Constant(0.0);
        }
        let hours: Vec<_> = residuals.local.iter().map(|local| hour(*local)).collect();
        let constant = unlikelihood(residuals, &vec![0; hours.len()], 1);
        let by_hour = unlikelihood(residuals, &hours, HOURS) + MARGIN;
        let (groups, middles) = groups(residuals.expected);
        let by_level = unlikelihood(residuals, &groups, middles.len()) + MARGIN;
        if by_hour < constant.min(by_level) {
            let of_hour = means(residuals, &hours, HOURS);
            return Scale::Hours(of_hour.into_iter().map(|scale| scale as f32).collect());
        }
        if by_level < constant {
            let of_group = means(residuals, &groups, middles.len());
            let levels = middles.into_iter().zip(of_group).map(|(middle, scale)| (middle as f32, scale as f32));
            return Scale::Levels(levels.collect());
        }
        Scale::Constant(all as f32)
    }

    pub(super) fn at(&self, local: i64, expected: f64) -> f64 {
        match self {
            Scale::Constant(scale) => f64::from(*scale),
            Scale::Hours(of_hour) => {
                // Between the middles of two hours.
                let position = local.rem_euclid(DAY) as f64 / 3600.0 + 23.5;
                let (before, part) = (position.floor() as usize, position.fract());
                between(of_hour[before % HOURS].into(), of_hour[(before + 1) % HOURS].into(), part)
            }
            Scale::Levels(levels) => {
                let above = levels.partition_point(|(level, _)| f64::from(*level) <= expected);
                let at =
                    |position: usize| levels.get(position).map(|(level, scale)| (f64::from(*level), f64::from(*scale)));
                match (above.checked_sub(1).and_then(at), at(above)) {
                    (Some((low, one)), Some((high, other))) => between(one, other, (expected - low) / (high - low)),
                    (Some((_, scale)), None) | (None, Some((_, scale))) => scale,
                    (None, None) => 0.0,
                }
            }
        }
    }
}

fn between(one: f64, other: f64, part: f64) -> f64 {
    one + (other - one) * part
}

fn hour(local: i64) -> usize {
    (local.rem_euclid(DAY) / 3600) as usize
}

/// Which group each expected value is in, and the middle of each; groups of equal middles are one.
fn groups(expected: &[f64]) -> (Vec<usize>, Vec<f64>) {
    let mut ascending = expected.to_vec();
    ascending.sort_unstable_by(f64::total_cmp);
    let len = ascending.len();
    let mut edges: Vec<f64> = (1..MAX_LEVELS).map(|group| ascending[group * len / MAX_LEVELS]).collect();
    edges.dedup();
    let of: Vec<_> = expected.iter().map(|value| edges.partition_point(|edge| edge <= value)).collect();
    let mut sums = vec![(0.0, 0.0); edges.len() + 1];
    for (group, value) in of.iter().zip(expected) {
        sums[*group] = (sums[*group].0 + value, sums[*group].1 + 1.0);
    }
    // A group can be empty when its edge is the least value.
    let kept: Vec<_> = (0..sums.len()).filter(|group| sums[*group].1 > 0.0).collect();
    let mut middles: Vec<f64> = kept.iter().map(|group| sums[*group].0 / sums[*group].1).collect();
    let of = of.iter().map(|group| kept.binary_search(group).expect("it holds this value")).collect();
    // As they are kept, in which two may be the same.
    for at in 1..middles.len() {
        let above = f64::from((middles[at - 1] as f32).next_up());
        middles[at] = middles[at].max(above);
    }
    (of, middles)
}

/// The mean size of each group, leaning on that of all.
fn means(residuals: &Residuals<'_>, groups: &[usize], count: usize) -> Vec<f64> {
    let sums = sums(residuals, groups, count, |_| true);
    group_means(&sums)
}

fn sums(residuals: &Residuals<'_>, groups: &[usize], count: usize, wanted: impl Fn(usize) -> bool) -> Vec<(f64, f64)> {
    let mut sums = vec![(0.0, 0.0); count];
    for ((group, off), day) in groups.iter().zip(residuals.off).zip(residuals.days) {
        if wanted(*day) {
            sums[*group] = (sums[*group].0 + off.abs(), sums[*group].1 + 1.0);
        }
    }
    sums
}

fn group_means(sums: &[(f64, f64)]) -> Vec<f64> {
    let (sum, count) = sums.iter().fold((0.0, 0.0), |all, group| (all.0 + group.0, all.1 + group.1));
    let all = if count > 0.0 { sum / count } else { 0.0 };
    let mean = |group: &(f64, f64)| (group.0 + PRIOR * all) / (group.1 + PRIOR);
    sums.iter().map(|group| mean(group).max(LEAST_SHARE * all)).collect()
}

/// How unlikely each period is, in the mean, when the scale of its group is told by the other days: the negative
/// logarithm of a Laplace distribution's density.
fn unlikelihood(residuals: &Residuals<'_>, groups: &[usize], count: usize) -> f64 {
    let days = residuals.days.iter().max().map_or(0, |last| last + 1);
    let all = sums(residuals, groups, count, |_| true);
    let mut of_day = vec![vec![(0.0, 0.0); count]; days];
    for ((group, off), day) in groups.iter().zip(residuals.off).zip(residuals.days) {
        let sum = &mut of_day[*day][*group];
        *sum = (sum.0 + off.abs(), sum.1 + 1.0);
    }
    let mut total = 0.0;
    for day in of_day {
        let others: Vec<_> = all.iter().zip(&day).map(|(all, day)| (all.0 - day.0, all.1 - day.1)).collect();
        for ((sum, count), scale) in day.into_iter().zip(group_means(&others)) {
            if count > 0.0 {
                let scale = scale.max(f64::MIN_POSITIVE);
                total += count * scale.ln() + sum / scale;
            }
        }
    }
    total / residuals.off.len() as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The scale of so many hours, each off by this, to one side and the other.
    fn scale(expected: impl Fn(i64) -> f64, off: impl Fn(i64) -> f64) -> Scale {
        let hours = 0..14 * 24;
        let local: Vec<_> = hours.clone().map(|hour| hour * 3600).collect();
        let days: Vec<_> = hours.clone().map(|hour| (hour / 24) as usize).collect();
        let expected: Vec<_> = hours.clone().map(expected).collect();
        let sizes = hours.map(|hour| off(hour) * [0.5, 1.0, 1.5][(hour * 7919 % 101) as usize % 3]);
        let off: Vec<_> = sizes.enumerate().map(|(at, off)| if at % 2 == 0 { off } else { -off }).collect();
        Scale::new(&Residuals { local: &local, days: &days, expected: &expected, off: &off })
    }

    #[test]
    fn noise_is_what_explains_days_that_were_not_seen() {
        let same = scale(|hour| hour as f64, |_| 2.0);
        assert!(matches!(same, Scale::Constant(scale) if (scale - 2.0).abs() < 0.1), "{same:?}");
        let night = scale(|hour| (hour % 7) as f64, |hour| if hour % 24 < 8 { 1.0 } else { 10.0 });
        assert!(matches!(night, Scale::Hours(_)), "{night:?}");
        assert!(night.at(3 * 3600, 0.0) < 3.0 && night.at(15 * 3600, 0.0) > 8.0, "{night:?}");
        let level = scale(|hour| (hour % 13) as f64, |hour| 1.0 + (hour % 13) as f64);
        assert!(matches!(level, Scale::Levels(_)), "{level:?}");
        assert!(level.at(0, 1.0) < 4.0 && level.at(0, 11.0) > 9.0, "{level:?}");
        assert_eq!(scale(|_| 0.0, |_| 0.0), Scale::Constant(0.0));
    }

    #[test]
    fn a_scale_goes_evenly_from_one_to_the_next() {
        let mut of_hour = vec![1.0; 24];
        of_hour[23] = 3.0;
        let hours = Scale::Hours(of_hour);
        for (minute, expected) in [(-30, 3.0), (0, 2.0), (30, 1.0), (23 * 60, 2.0)] {
            assert_eq!(hours.at(minute * 60, 0.0), expected, "{minute}");
        }
        let levels = Scale::Levels(vec![(10.0, 1.0), (20.0, 2.0)]);
        for (expected, scale) in [(5.0, 1.0), (10.0, 1.0), (15.0, 1.5), (20.0, 2.0), (1e9, 2.0)] {
            assert_eq!(levels.at(0, expected), scale, "{expected}");
        }
    }

    #[test]
    fn equal_levels_are_one_group() {
        let (of, middles) = groups(&[5.0; 20]);
        assert_eq!((of, middles), (vec![0; 20], vec![5.0]));
        let (of, middles) = groups(&[0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 8.0, 9.0]);
        assert_eq!((of.len(), middles.is_sorted_by(|one, next| one < next)), (8, true), "{middles:?}");
    }
}
