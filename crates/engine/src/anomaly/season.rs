//! Seasons: what repeats by the hour, by the day, by the week.

/// A stretch of local time after which things repeat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cycle {
    Hour,
    Day,
    Week,
}

const DAY: i64 = 24 * 3600;
/// The shortest bins, in seconds.
const BIN_SECONDS: i64 = 60;
/// The shortest bins of a week, in seconds: two weeks have too little data for finer ones.
const WEEK_BIN_SECONDS: i64 = 900;
/// The most bins of a cycle: the minutes of a day.
pub(super) const MAX_BINS: usize = 1440;
/// A cycle of fewer bins has no shape.
const MIN_BINS: usize = 3;

impl Cycle {
    /// Each is estimated of what those before it leave.
    pub(super) const ALL: [Cycle; 3] = [Cycle::Hour, Cycle::Day, Cycle::Week];

    pub(super) const fn seconds(self) -> i64 {
        match self {
            Cycle::Hour => 3600,
            Cycle::Day => DAY,
            Cycle::Week => 7 * DAY,
        }
    }

    /// The least stretch of data that carries it, in seconds: each bin has to be seen twice, or, of the week, one day.
    const fn span_seconds(self) -> i64 {
        match self {
            Cycle::Hour => 24 * 3600,
            Cycle::Day => 2 * DAY,
            Cycle::Week => 8 * DAY,
        }
    }

    /// Half the widths that its shape is looked at with, in seconds, the widest first; at last each bin by itself.
    pub(super) const fn half_widths(self) -> [i64; 3] {
        match self {
            Cycle::Hour => [600, 120, 0],
            Cycle::Day => [2 * 3600, 1800, 0],
            Cycle::Week => [6 * 3600, 3600, 0],
        }
    }

    pub(super) const fn code(self) -> u8 {
        match self {
            Cycle::Hour => 0,
            Cycle::Day => 1,
            Cycle::Week => 2,
        }
    }

    pub(super) fn from_code(code: u8) -> Option<Self> {
        Cycle::ALL.into_iter().find(|cycle| cycle.code() == code)
    }
}

/// How a cycle is cut into bins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Bins {
    pub(super) cycle: Cycle,
    /// The length of a bin in seconds.
    pub(super) seconds: i64,
    /// Where in local time bins begin, in seconds after their multiples: periods need not begin on the hour.
    pub(super) anchor: i64,
}

impl Bins {
    /// The bins for periods of `period` seconds, one of which begins at `local`; `None` when `span` seconds of data do
    /// not carry the cycle.
    pub(super) fn new(cycle: Cycle, period: i64, local: i64, span: i64) -> Option<Self> {
        let least = if cycle == Cycle::Week { WEEK_BIN_SECONDS } else { BIN_SECONDS };
        let seconds = period.max(least);
        let anchor = if cycle.seconds() % period == 0 { local.rem_euclid(period) } else { 0 };
        let bins = Bins { cycle, seconds, anchor };
        (bins.len() >= MIN_BINS && span >= cycle.span_seconds()).then_some(bins)
    }

    pub(super) fn len(self) -> usize {
        self.cycle.seconds().unsigned_abs().div_ceil(self.seconds.unsigned_abs()) as usize
    }

    /// Which bin of which cycle a local time is in.
    pub(super) fn place(self, local: i64) -> (usize, i64) {
        let since = local - self.anchor;
        let phase = since.rem_euclid(self.cycle.seconds());
        ((phase / self.seconds) as usize, since.div_euclid(self.cycle.seconds()))
    }
}

/// The shape of a cycle: what each bin adds.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Season {
    pub(super) bins: Bins,
    pub(super) values: Vec<f32>,
}

impl Season {
    /// What it adds to the period of `period` seconds that begins at a local time: that of its bin, or of both that it
    /// lies in.
    pub(super) fn at(&self, local: i64, period: i64) -> f64 {
        let phase = (local - self.bins.anchor).rem_euclid(self.bins.cycle.seconds());
        let (bin, into) = ((phase / self.bins.seconds) as usize, phase % self.bins.seconds);
        let here = f64::from(self.values[bin]);
        let over = into + period - self.bins.seconds;
        if over <= 0 {
            return here;
        }
        let next = f64::from(self.values[(bin + 1) % self.values.len()]);
        here + (next - here) * over as f64 / period as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cycles_are_cut_by_the_period() {
        // cycle, period, span in days, expected bins and their length
        let cases = [
            (Cycle::Hour, 60, 1, Some((60, 60))),
            (Cycle::Hour, 1, 1, Some((60, 60))),
            (Cycle::Hour, 1200, 1, Some((3, 1200))),
            (Cycle::Hour, 1260, 1, Some((3, 1260))),
            (Cycle::Hour, 1800, 1, None),
            (Cycle::Hour, 60, 0, None),
            (Cycle::Day, 300, 2, Some((288, 300))),
            (Cycle::Day, 300, 1, None),
            (Cycle::Day, 43_200, 14, None),
            (Cycle::Week, 60, 8, Some((672, 900))),
            (Cycle::Week, 3600, 8, Some((168, 3600))),
            (Cycle::Week, 86_400, 14, Some((7, 86_400))),
            (Cycle::Week, 60, 7, None),
        ];
        for (cycle, period, days, expected) in cases {
            let bins = Bins::new(cycle, period, 0, days * DAY).map(|bins| (bins.len(), bins.seconds));
            assert_eq!(bins, expected, "{cycle:?} by {period} seconds over {days} days");
        }
    }

    #[test]
    fn bins_begin_where_periods_do() {
        let half_past = Bins::new(Cycle::Day, 3600, 1800, 2 * DAY).unwrap();
        assert_eq!(half_past.place(1800), (0, 0));
        assert_eq!(half_past.place(1799), (23, -1));
        assert_eq!(half_past.place(DAY + 5400), (1, 1));
    }

    #[test]
    fn a_period_between_two_bins_has_a_part_of_both() {
        let bins = Bins { cycle: Cycle::Hour, seconds: 1200, anchor: 0 };
        let season = Season { bins, values: vec![0.0, 10.0, 40.0] };
        for (local, expected) in [(0, 0.0), (600, 5.0), (1200, 10.0), (2700, 30.0), (3000, 20.0), (-300, 10.0)] {
            assert_eq!(season.at(local, 1200), expected, "{local}");
        }
        assert_eq!(season.at(1000, 100), 0.0);
    }
}
