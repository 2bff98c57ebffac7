//! What is asked of a store, and what it answers.

use crate::cell::Cell;
use crate::identity::Metric;
use crate::time::Timestamp;
use crate::unit::Unit;

/// One metric over one range of time, in periods.
///
/// Period `k` covers `[start + k * period, start + (k + 1) * period)`, and only what lies before `end`: periods
/// are anchored at `start`, as CloudWatch's are, not at multiples of the period.
#[derive(Debug, Clone, PartialEq)]
pub struct Read {
    /// Which metric.
    pub metric: Metric,
    /// Only data under this unit; every unit when `None`.
    pub unit: Option<Unit>,
    /// Start of the first period, inclusive.
    pub start: Timestamp,
    /// End of the range, exclusive.
    pub end: Timestamp,
    /// Length of a period in seconds, above 0.
    pub period_seconds: i64,
    /// How much of each cell is wanted.
    pub detail: Detail,
}

/// How much of a cell is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Detail {
    /// Count, sum, minimum and maximum; the distribution may be left out.
    Numbers,
    /// The distribution as well.
    Distribution,
}

/// The data of one metric under one unit.
#[derive(Debug, Clone, PartialEq)]
pub struct UnitSeries {
    /// The unit.
    pub unit: Unit,
    /// One point for each period that has data, ascending.
    pub points: Vec<Point>,
}

/// Everything measured in one period.
#[derive(Debug, Clone, PartialEq)]
pub struct Point {
    /// Start of the period.
    pub time: Timestamp,
    /// The samples of the period, merged.
    pub cell: Cell,
}

impl Read {
    /// The start of the period that `time` falls into; `None` outside the range.
    pub fn period_of(&self, time: Timestamp) -> Option<Timestamp> {
        if time < self.start || time >= self.end {
            return None;
        }
        let period = self.period_seconds * 1000;
        let passed = (time.millis() - self.start.millis()) / period;
        Some(Timestamp::from_millis(self.start.millis() + passed * period))
    }
}
