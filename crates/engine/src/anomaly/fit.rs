//! Fitting a model to data: trend, seasons, noise, and how far a band reaches.

use super::offsets::Offsets;
use super::reach::Reach;
use super::robust::{mean, median};
use super::scale::{Residuals, Scale};
use super::season::{Bins, Cycle, Season};
use super::shape::{Estimator, Samples, hourly_deviations};
use super::spikes::Spikes;
use super::trend::Trend;

const DAY: i64 = 24 * 3600;
/// The most that is taken for wild values, as a share of all: what happens more often is how the metric is.
const MAX_WILD: f64 = 0.05;
/// What is so many deviations off is wild.
const WILD_DEVIATIONS: f64 = 6.0;
/// What a band of so many deviations does not contain is a spike.
const SPIKE_DEVIATIONS: f64 = 4.0;

/// The farthest value is at most so many spreads from the middle: squares and single-precision numbers hold it.
const MAX_RATIO: f64 = 1e30;

/// Everything that a band is computed of. Values are in units of `spread` around `centre`.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Fit {
    pub(super) centre: f64,
    pub(super) spread: f64,
    /// The least and the greatest that a bound may be.
    pub(super) floor: f64,
    pub(super) ceiling: f64,
    pub(super) offsets: Offsets,
    pub(super) trend: Trend,
    pub(super) seasons: Vec<Season>,
    pub(super) scale: Scale,
    pub(super) down: Reach,
    pub(super) up: Reach,
    pub(super) spikes: Vec<Spikes>,
}

/// Datapoints, oldest first: the starts of their periods in seconds, and values.
pub(super) struct Data<'a> {
    pub(super) times: &'a [i64],
    pub(super) values: &'a [f64],
    pub(super) period: i64,
    pub(super) offsets: &'a Offsets,
    pub(super) has_spikes: bool,
    pub(super) ceiling: Option<f64>,
}

impl Fit {
    /// Fits a model; there is at least one datapoint.
    pub(super) fn new(data: &Data<'_>) -> Self {
        let centre = median(&mut data.values.to_vec());
        let spread = spread(data.values, centre);
        let values: Vec<_> = data.values.iter().map(|value| (value - centre) / spread).collect();
        let local: Vec<_> = data.times.iter().map(|time| data.offsets.local(*time)).collect();
        let trend = Trend::new(data.times, &local, &values, data.period);
        let left = values.iter().zip(data.times).map(|(value, time)| value - trend.at(*time)).collect();
        let decomposed = Decomposed::new(&local, left, data.period, data.times);
        let expected: Vec<_> = decomposed.expected(&local, data.period, data.times, &trend);
        let mut fit = Fit {
            centre,
            spread,
            floor: if data.values.iter().all(|value| *value >= 0.0) { 0.0 } else { f64::NEG_INFINITY },
            ceiling: data.ceiling.filter(|most| data.values.iter().all(|value| value <= most)).unwrap_or(f64::INFINITY),
            offsets: data.offsets.clone(),
            trend,
            seasons: decomposed.seasons,
            scale: Scale::Constant(0.0),
            down: Reach(Vec::new()),
            up: Reach(Vec::new()),
            spikes: Vec::new(),
        };
        fit.measure(&local, &expected, &decomposed.unseen);
        if data.has_spikes {
            fit.find_spikes(data, &local, &expected, &decomposed.unseen);
        }
        fit
    }

    /// The noise, and how far a band has to reach to hold it, by what each day is off from what was expected without it.
    fn measure(&mut self, local: &[i64], expected: &[f64], unseen: &[f64]) {
        let informed = informed(local, &self.seasons);
        let tame = tame(local, unseen).into_iter().filter(|at| informed[*at]).collect::<Vec<_>>();
        let pick = |values: &[f64]| tame.iter().map(|at| values[*at]).collect::<Vec<_>>();
        let (expected, off) = (pick(expected), pick(unseen));
        let local: Vec<_> = tame.iter().map(|at| local[*at]).collect();
        let days = days(&local);
        self.scale = Scale::new(&Residuals { local: &local, days: &days, expected: &expected, off: &off });
        let scales = local.iter().zip(&expected).map(|(local, expected)| self.scale.at(*local, *expected));
        let mut ratios: Vec<_> =
            off.iter().zip(scales).filter(|(_, scale)| *scale > 0.0).map(|(off, scale)| off / scale).collect();
        ratios.sort_unstable_by(f64::total_cmp);
        self.up = Reach::upwards(&ratios);
        let mut downwards: Vec<_> = ratios.into_iter().map(|ratio| -ratio).collect();
        downwards.reverse();
        self.down = Reach::upwards(&downwards);
    }

    fn find_spikes(&mut self, data: &Data<'_>, local: &[i64], expected: &[f64], unseen: &[f64]) {
        let (down, up) = (self.down.at(SPIKE_DEVIATIONS), self.up.at(SPIKE_DEVIATIONS));
        let is_spike = |at: usize| {
            let scale = self.scale.at(local[at], expected[at]);
            unseen[at] > up * scale || unseen[at] < -down * scale
        };
        let spikes: Vec<_> = (0..local.len()).map(is_spike).collect();
        for cycle in Cycle::ALL {
            let span = data.times[data.times.len() - 1] + data.period - data.times[0];
            if let Some(bins) = Bins::new(cycle, data.period, local[0], span) {
                let found = Spikes::new(bins, local, unseen, &spikes);
                if !found.expected.is_empty() {
                    self.spikes.push(found);
                }
            }
        }
    }

    /// Lower bound, expected value and upper bound in a period that begins at a time, in seconds.
    pub(super) fn around(&self, time: i64, period: i64, deviations: f64) -> (f64, f64, f64) {
        let local = self.offsets.local(time);
        let seasons: f64 = self.seasons.iter().map(|season| season.at(local, period)).sum();
        let expected = self.trend.at(time) + seasons;
        let scale = self.scale.at(local, expected);
        let (mut lower, mut upper) = (0.0f64, 0.0f64);
        for spikes in &self.spikes {
            let (down, up) = spikes.at(local);
            (lower, upper) = (lower.min(down), upper.max(up));
        }
        let value = |value: f64| self.centre + self.spread * value;
        (
            value(expected + lower - scale * self.down.at(deviations)),
            value(expected),
            value(expected + upper + scale * self.up.at(deviations)),
        )
    }
}

/// A measure of how far values are from their middle, never 0.
fn spread(values: &[f64], centre: f64) -> f64 {
    let mut off: Vec<_> = values.iter().map(|value| (value - centre).abs()).collect();
    let most = off.iter().copied().fold(0.0, f64::max);
    let middle = median(&mut off);
    let spread = if middle > 0.0 { middle } else { mean(off.into_iter()) };
    let least = (most / MAX_RATIO).max(f64::MIN_POSITIVE);
    if most > 0.0 { spread.max(least) } else { 1.0 }
}

/// Which datapoints are not wild.
fn tame(local: &[i64], unseen: &[f64]) -> Vec<usize> {
    let deviations = hourly_deviations(local, unseen);
    let mut wild: Vec<_> = (0..unseen.len()).filter(|at| deviations[*at].abs() >= WILD_DEVIATIONS).collect();
    wild.sort_by(|one, other| deviations[*other].abs().total_cmp(&deviations[*one].abs()));
    wild.truncate((MAX_WILD * unseen.len() as f64) as usize);
    wild.sort_unstable();
    (0..unseen.len()).filter(|at| wild.binary_search(at).is_err()).collect()
}

/// Which datapoints say how well the model knows a day that it has not seen: those on a day of the week that it has seen
/// on another date, if these are most; else all.
fn informed(local: &[i64], seasons: &[Season]) -> Vec<bool> {
    let days: Vec<_> = local.iter().map(|local| local.div_euclid(DAY)).collect();
    let mut dates = days.clone();
    dates.dedup();
    let is_twice = |day: &i64| dates.iter().filter(|date| (*date - day) % 7 == 0).count() > 1;
    let informed: Vec<_> = days.iter().map(is_twice).collect();
    let count = informed.iter().filter(|informed| **informed).count();
    let has_weeks = seasons.iter().any(|season| season.bins.cycle == Cycle::Week);
    if has_weeks && 2 * count > local.len() { informed } else { vec![true; local.len()] }
}

/// Numbers of local days, from 0 on.
fn days(local: &[i64]) -> Vec<usize> {
    let first = local.iter().map(|local| local.div_euclid(DAY)).min().unwrap_or(0);
    local.iter().map(|local| (local.div_euclid(DAY) - first) as usize).collect()
}

/// A series taken apart.
struct Decomposed {
    seasons: Vec<Season>,
    /// What each datapoint is off from what is expected when nothing of its day is known but the trend.
    unseen: Vec<f64>,
}

impl Decomposed {
    /// Takes apart what a trend left.
    fn new(local: &[i64], mut left: Vec<f64>, period: i64, times: &[i64]) -> Self {
        let span = times[times.len() - 1] + period - times[0];
        let (mut seasons, mut estimators) = (Vec::new(), Vec::new());
        let mut whole = left.clone();
        for cycle in Cycle::ALL {
            let Some(bins) = Bins::new(cycle, period, local[0], span) else { continue };
            if cycle == Cycle::Hour {
                let centred = centred(bins, local, &left);
                let samples = Samples { local, residuals: &centred };
                let season = Estimator::new(bins, &samples).season(&samples, |_| true);
                subtract(&mut left, &season, local, period);
                seasons.push(season);
                whole.clone_from(&left);
                continue;
            }
            let samples = Samples { local, residuals: &left };
            let estimator = Estimator::new(bins, &samples);
            let season = estimator.season(&samples, |_| true);
            subtract(&mut left, &season, local, period);
            seasons.push(season);
            estimators.push(estimator);
        }
        let unseen = unseen(&estimators, local, &whole, period);
        Decomposed { seasons, unseen }
    }

    fn expected(&self, local: &[i64], period: i64, times: &[i64], trend: &Trend) -> Vec<f64> {
        let at = |(local, time): (&i64, &i64)| {
            trend.at(*time) + self.seasons.iter().map(|season| season.at(*local, period)).sum::<f64>()
        };
        local.iter().zip(times).map(at).collect()
    }
}

/// Residuals without the median of their cycle: only what goes on within it.
fn centred(bins: Bins, local: &[i64], left: &[f64]) -> Vec<f64> {
    let mut centred = Vec::with_capacity(left.len());
    let mut at = 0;
    while at < local.len() {
        let cycle = bins.place(local[at]).1;
        let same = local[at..].iter().take_while(|local| bins.place(**local).1 == cycle).count();
        let middle = median(&mut left[at..at + same].to_vec());
        centred.extend(left[at..at + same].iter().map(|value| value - middle));
        at += same;
    }
    centred
}

fn subtract(left: &mut [f64], season: &Season, local: &[i64], period: i64) {
    left.iter_mut().zip(local).for_each(|(left, local)| *left -= season.at(*local, period));
}

/// For each datapoint, what is left by seasons that were estimated without its day.
fn unseen(estimators: &[Estimator], local: &[i64], whole: &[f64], period: i64) -> Vec<f64> {
    let days = days(local);
    let mut unseen = whole.to_vec();
    if estimators.is_empty() {
        return unseen;
    }
    for day in 0..=days.iter().max().copied().unwrap_or(0) {
        let mut left = whole.to_vec();
        for estimator in estimators {
            let samples = Samples { local, residuals: &left };
            let season = estimator.season(&samples, |at| days[at] != day);
            subtract(&mut left, &season, local, period);
        }
        for (at, unseen) in unseen.iter_mut().enumerate().filter(|(at, _)| days[*at] == day) {
            *unseen = left[at];
        }
    }
    unseen
}
