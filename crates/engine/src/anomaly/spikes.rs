//! Spikes that come again at the same time of an hour, a day or a week, give or take a few minutes.

use super::season::{Bins, Cycle};

/// How far from its time a spike may be, in seconds.
const TOLERANCE: i64 = 300;

/// When spikes are expected, and how high.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Spikes {
    pub(super) bins: Bins,
    /// By bin, ascending.
    pub(super) expected: Vec<Spike>,
}

/// What may be added to the band in a bin.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Spike {
    pub(super) bin: u16,
    /// To the lower bound, at most 0.
    pub(super) down: f32,
    /// To the upper bound, at least 0.
    pub(super) up: f32,
}

/// How many cycles have to have a spike at the same time: that many, and this share of those with data.
const fn least(cycle: Cycle) -> (usize, f64) {
    match cycle {
        Cycle::Hour => (12, 0.5),
        Cycle::Day => (3, 0.5),
        Cycle::Week => (2, 1.0),
    }
}

impl Spikes {
    /// The spikes among what periods were off by; `is_spike` tells which are.
    pub(super) fn new(bins: Bins, local: &[i64], off: &[f64], is_spike: &[bool]) -> Self {
        let len = bins.len();
        let places: Vec<_> = local.iter().map(|local| bins.place(*local)).collect();
        let first = places.iter().map(|(_, cycle)| *cycle).min().unwrap_or(0);
        let cycles = places.iter().map(|(_, cycle)| *cycle - first + 1).max().unwrap_or(0) as usize;
        let mut has_data = vec![false; cycles * len];
        let mut has_spike = vec![false; cycles * len];
        let mut reach = vec![(0.0f64, 0.0f64); len];
        let near = (TOLERANCE / bins.seconds).max(1) as usize;
        for (((bin, cycle), off), is_spike) in places.into_iter().zip(off).zip(is_spike) {
            let row = (cycle - first) as usize * len;
            has_data[row + bin] = true;
            if *is_spike {
                for bin in (bin + len - near..=bin + len + near).map(|bin| bin % len) {
                    has_spike[row + bin] = true;
                    reach[bin] = (reach[bin].0.min(*off), reach[bin].1.max(*off));
                }
            }
        }
        let count = |has: &[bool], bin: usize| (0..cycles).filter(|cycle| has[cycle * len + bin]).count();
        let (least, share) = least(bins.cycle);
        let expected = (0..len).filter(|bin| {
            let (data, spikes) = (count(&has_data, *bin), count(&has_spike, *bin));
            spikes >= least && spikes as f64 >= share * data as f64
        });
        let spike = |bin: usize| Spike { bin: bin as u16, down: reach[bin].0 as f32, up: reach[bin].1 as f32 };
        Spikes { bins, expected: expected.map(spike).collect() }
    }

    /// What may be added at a local time, downwards and upwards.
    pub(super) fn at(&self, local: i64) -> (f64, f64) {
        let (bin, _) = self.bins.place(local);
        let found = self.expected.binary_search_by_key(&bin, |spike| usize::from(spike.bin));
        found.map_or((0.0, 0.0), |at| (self.expected[at].down.into(), self.expected[at].up.into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: i64 = 24 * 3600;

    /// The bins of a day with spikes on these days, in each of so many days of five-minute periods.
    fn found(days: i64, spikes: &[(i64, i64, f64)]) -> Vec<(u16, f32, f32)> {
        let local: Vec<_> = (0..days * 288).map(|at| at * 300).collect();
        let (mut off, mut is_spike) = (vec![0.0; local.len()], vec![false; local.len()]);
        for (day, bin, height) in spikes {
            let at = (day * 288 + bin) as usize;
            (off[at], is_spike[at]) = (*height, true);
        }
        let bins = Bins::new(Cycle::Day, 300, 0, days * DAY).unwrap();
        let spikes = Spikes::new(bins, &local, &off, &is_spike);
        spikes.expected.iter().map(|spike| (spike.bin, spike.down, spike.up)).collect()
    }

    #[test]
    fn spikes_come_again_on_most_days_give_or_take_a_period() {
        assert_eq!(found(5, &[(0, 36, 9.0), (1, 37, 7.0), (3, 36, 8.0)]), [(36, 0.0, 9.0), (37, 0.0, 9.0)]);
        assert_eq!(found(5, &[(0, 36, 9.0), (1, 36, 7.0)]), []);
        assert_eq!(found(7, &[(0, 36, 9.0), (1, 36, 7.0), (2, 36, 8.0)]), []);
        let dips = [(0, 0, -9.0), (1, 0, -5.0), (2, 287, 4.0)];
        assert_eq!(found(3, &dips), [(0, -9.0, 4.0), (287, -9.0, 4.0)]);
        let bins = Bins::new(Cycle::Day, 300, 0, 2 * DAY).unwrap();
        let spikes = Spikes { bins, expected: vec![Spike { bin: 36, down: -1.0, up: 9.0 }] };
        assert_eq!([spikes.at(DAY + 3 * 3600), spikes.at(0)], [(-1.0, 9.0), (0.0, 0.0)]);
    }
}
