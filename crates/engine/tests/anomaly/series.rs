//! Series that are made up: what a metric is expected to be, and what is done to it.

use nepho_engine::Period;
use nepho_engine::anomaly::Offsets;
use nepho_model::Timestamp;

pub(crate) const HOUR: i64 = 3600;
pub(crate) const DAY: i64 = 24 * HOUR;
/// A Monday: 2026-03-16T00:00:00Z.
pub(crate) const MONDAY: i64 = 1_773_619_200;

/// Numbers that look drawn, the same for the same seed (SplitMix64).
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Between 0 and 1, neither included.
    pub(crate) fn share(&mut self) -> f64 {
        ((self.bits() >> 11) as f64 + 0.5) / (1u64 << 53) as f64
    }

    /// Of a normal distribution.
    pub(crate) fn normal(&mut self) -> f64 {
        (-2.0 * self.share().ln()).sqrt() * (std::f64::consts::TAU * self.share()).cos()
    }

    /// Of a Laplace distribution with standard deviation 1.
    pub(crate) fn laplace(&mut self) -> f64 {
        let share = self.share() - 0.5;
        -share.signum() * (1.0 - 2.0 * share.abs()).ln() / std::f64::consts::SQRT_2
    }

    /// Of a Poisson distribution.
    pub(crate) fn poisson(&mut self, mean: f64) -> f64 {
        if mean > 200.0 {
            return (mean + mean.sqrt() * self.normal()).round().max(0.0);
        }
        let (mut count, mut product, limit) = (0.0, self.share(), (-mean).exp());
        while product > limit {
            count += 1.0;
            product *= self.share();
        }
        count
    }
}

/// What noise is like.
#[derive(Clone, Copy)]
pub(crate) enum Noise {
    Normal,
    Laplace,
    /// Each value is like the one before: its correlation.
    Alike(f64),
    /// Counts of this mean: the deviation follows from it.
    Poisson,
    /// Above the middle as far as the exponential of a normal distribution.
    LogNormal,
}

/// A series to be made up.
#[derive(Clone)]
pub(crate) struct Made {
    pub(crate) name: &'static str,
    pub(crate) period: i64,
    pub(crate) offsets: Offsets,
    /// What is expected at a local time and at a time since the start, both in seconds.
    pub(crate) expected: fn(i64, i64) -> f64,
    /// The standard deviation of the noise, at what is expected and a local time.
    pub(crate) deviation: fn(f64, i64) -> f64,
    pub(crate) noise: Noise,
    /// The share of periods with a spike, of 8 to 20 deviations.
    pub(crate) spikes: f64,
    /// The share of periods without data.
    pub(crate) missing: f64,
    /// Stretches without data, in seconds since the start.
    pub(crate) gaps: &'static [(i64, i64)],
}

/// A datapoint and what is known of it.
#[derive(Clone, Copy)]
pub(crate) struct Point {
    pub(crate) time: Timestamp,
    pub(crate) value: f64,
    pub(crate) deviation: f64,
    pub(crate) is_spike: bool,
}

impl Made {
    pub(crate) fn new(name: &'static str, period: i64, expected: fn(i64, i64) -> f64) -> Self {
        Made {
            name,
            period,
            offsets: Offsets::default(),
            expected,
            deviation: |_, _| 5.0,
            noise: Noise::Normal,
            spikes: 0.0,
            missing: 0.0,
            gaps: &[],
        }
    }

    pub(crate) fn period(&self) -> Period {
        Period::from_seconds(self.period).unwrap()
    }

    /// The datapoints of so many days from [`MONDAY`] on.
    pub(crate) fn points(&self, days: i64, seed: u64) -> Vec<Point> {
        let mut random = Random(seed);
        let (mut before, mut points) = (0.0, Vec::new());
        for since in (0..days * DAY).step_by(self.period as usize) {
            let time = MONDAY + since;
            let local = local(&self.offsets, time);
            let expected = (self.expected)(local, since);
            let mut deviation = (self.deviation)(expected, local);
            let mut value = match self.noise {
                Noise::Normal => expected + deviation * random.normal(),
                Noise::Laplace => expected + deviation * random.laplace(),
                Noise::Alike(correlation) => {
                    before = correlation * before + (1.0 - correlation * correlation).sqrt() * random.normal();
                    expected + deviation * before
                }
                Noise::Poisson => {
                    deviation = expected.sqrt();
                    random.poisson(expected)
                }
                Noise::LogNormal => expected * (0.5 * random.normal()).exp(),
            };
            let (spike, height, missing) = (random.share(), 8.0 + 12.0 * random.share(), random.share());
            let is_spike = spike < self.spikes;
            if is_spike {
                value += height * deviation;
            }
            let is_gap = self.gaps.iter().any(|(from, to)| (*from..*to).contains(&since));
            if missing >= self.missing && !is_gap {
                points.push(Point { time: Timestamp::from_seconds(time), value, deviation, is_spike });
            }
        }
        points
    }
}

/// Local time; the offsets themselves only tell it to the model.
fn local(offsets: &Offsets, time: i64) -> i64 {
    if *offsets == berlin() && time >= MONDAY + 13 * DAY + HOUR {
        return time + 2 * HOUR;
    }
    if *offsets == berlin() { time + HOUR } else { time }
}

/// Central European time around its change on 2026-03-29, the 14th day.
pub(crate) fn berlin() -> Offsets {
    Offsets::new(3600, vec![(MONDAY + 13 * DAY + HOUR, 7200)]).unwrap()
}
