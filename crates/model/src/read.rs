//! What is asked of a store, and what it answers.

use crate::cell::Cell;
use crate::identity::Metric;
use crate::run::Run;
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

impl UnitSeries {
    /// Gives the points as cells whose slots are periods of so many seconds.
    pub fn as_run<T>(&self, period_seconds: i64, give: impl FnOnce(&Run<'_>) -> T) -> T {
        let start = self.points.first().map_or(Timestamp::from_millis(0), |first| first.time);
        let column = |number: fn(&Cell) -> f64| self.points.iter().map(|point| number(&point.cell)).collect::<Vec<_>>();
        let slot = |point: &Point| (point.time.millis() - start.millis()) / (period_seconds * 1000);
        give(&Run {
            unit: self.unit,
            start,
            slot_seconds: period_seconds,
            slots: &self.points.iter().map(|point| slot(point) as u32).collect::<Vec<_>>(),
            count: &column(Cell::count),
            sum: &column(Cell::sum),
            min: &column(Cell::min),
            max: &column(Cell::max),
        })
    }
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
