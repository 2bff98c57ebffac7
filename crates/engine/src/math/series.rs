//! Time series on a grid of periods.

use std::sync::Arc;

use nepho_model::Timestamp;

use crate::period::{Period, datapoint_count};
use crate::query::MetricStat;

use super::evaluate::EvaluationFault;

/// The most periods that a function makes values for which has one for each, wherever its metric has data: FILL,
/// TIME_SERIES, HOUR and their like. 455 days in minutes are 655,200.
pub const MAX_FILLED_PERIODS: u32 = 1_000_000;

/// The periods of a range: those of one request with one period are the same for all series.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Grid {
    start: Timestamp,
    period: Period,
    len: u32,
    /// How many periods are one range. There is mostly one; where there are several, side by side, no function looks from
    /// one into another.
    row: u32,
}

/// Values at some of the periods of a grid, oldest first.
///
/// Kept as positions and values side by side: series with data at the same periods share the positions, so that
/// combining them is a walk over two columns of numbers, and a series that reported ten times in a year has ten
/// entries.
#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    grid: Grid,
    /// Positions on the grid, ascending.
    slots: Arc<Vec<u32>>,
    /// As many values, all finite.
    values: Arc<Vec<f64>>,
    pub(crate) origin: Option<Arc<Origin>>,
}

/// Where a series comes from: what it is called among others, and which metric it is of.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Origin {
    pub(crate) label: String,
    /// `None` when it was computed of several.
    pub(crate) metric: Option<MetricStat>,
}

impl Grid {
    /// The periods from `start`, where the first begins, to `end`; `None` when there are more than 2^32 - 1.
    pub fn new(start: Timestamp, end: Timestamp, period: Period) -> Option<Self> {
        let len = u32::try_from(datapoint_count(start, end, period)).ok()?;
        Some(Grid { start, period, len, row: len.max(1) })
    }

    /// Ranges of so many periods side by side, whose times mean nothing; `None` when they have more than 2^32 - 1 periods.
    pub(crate) fn of_rows(rows: usize, row: usize, period: Period) -> Option<Self> {
        let len = u32::try_from(rows.checked_mul(row)?).ok()?;
        Some(Grid { start: Timestamp::from_seconds(0), period, len, row: u32::try_from(row).ok()?.max(1) })
    }

    /// Where the range that a period is in ends.
    pub(super) fn row_end(self, slot: u32) -> u32 {
        (slot / self.row + 1).saturating_mul(self.row).min(self.len)
    }

    /// Its period.
    pub fn period(self) -> Period {
        self.period
    }

    /// How many periods there are.
    pub(crate) fn len(self) -> u32 {
        self.len
    }

    /// The start of a period.
    pub fn time(self, slot: u32) -> Timestamp {
        self.start.plus_seconds(i64::from(slot) * self.period.seconds())
    }

    /// Which period a time is in.
    pub(crate) fn slot(self, time: Timestamp) -> Option<u32> {
        let passed = time.millis().checked_sub(self.start.millis())?.div_euclid(self.period.seconds() * 1000);
        u32::try_from(passed).ok().filter(|slot| *slot < self.len)
    }

    /// How many periods there are, if a function may make a value for each.
    pub(super) fn filled_len(self) -> Result<u32, EvaluationFault> {
        match self.len <= MAX_FILLED_PERIODS {
            true => Ok(self.len),
            false => Err(EvaluationFault::RangeTooLong { periods: self.len, seconds: self.period.seconds() }),
        }
    }
}

impl Series {
    /// Values at ascending positions; those that are not finite are left out.
    pub(crate) fn new(grid: Grid, slots: Vec<u32>, values: Vec<f64>) -> Self {
        Series::of_finite(grid, Arc::new(slots), values, None)
    }

    /// A series without datapoints.
    pub(crate) fn empty(grid: Grid) -> Self {
        Series::new(grid, Vec::new(), Vec::new())
    }

    /// Values out of pairs, ascending.
    pub(crate) fn of_pairs(grid: Grid, pairs: impl IntoIterator<Item = (u32, f64)>) -> Self {
        let (slots, values) = pairs.into_iter().unzip();
        Series::new(grid, slots, values)
    }

    /// A value for every period, computed of its position.
    ///
    /// # Errors
    /// When there are more than [`MAX_FILLED_PERIODS`].
    pub(super) fn of_every_period(grid: Grid, value: impl Fn(u32) -> f64) -> Result<Self, EvaluationFault> {
        let len = grid.filled_len()?;
        Ok(Series::new(grid, (0..len).collect(), (0..len).map(value).collect()))
    }

    fn of_finite(grid: Grid, slots: Arc<Vec<u32>>, values: Vec<f64>, origin: Option<Arc<Origin>>) -> Self {
        debug_assert_eq!(slots.len(), values.len());
        debug_assert!(slots.is_sorted_by(|one, next| one < next));
        if values.iter().all(|value| value.is_finite()) {
            return Series { grid, slots, values: Arc::new(values), origin };
        }
        let finite = slots.iter().copied().zip(values).filter(|(_, value)| value.is_finite());
        let (slots, values): (Vec<_>, Vec<_>) = finite.unzip();
        Series { grid, slots: Arc::new(slots), values: Arc::new(values), origin }
    }

    /// The same datapoints, from somewhere else.
    #[must_use]
    pub(crate) fn with_origin(mut self, origin: Option<Arc<Origin>>) -> Self {
        self.origin = origin;
        self
    }

    /// The same datapoints, their positions shared with `other` when they are the same.
    #[must_use]
    pub(crate) fn sharing(mut self, other: &Series) -> Self {
        if self.slots == other.slots {
            self.slots = Arc::clone(&other.slots);
        }
        self
    }

    /// Its grid.
    pub fn grid(&self) -> Grid {
        self.grid
    }

    /// How many datapoints it has.
    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// Whether it has no datapoints.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// Positions on the grid, ascending.
    pub fn slots(&self) -> &[u32] {
        &self.slots
    }

    /// The values, oldest first.
    pub fn values(&self) -> &[f64] {
        &self.values
    }

    /// Whether two have data at the same periods.
    pub(super) fn is_parallel(&self, other: &Series) -> bool {
        Arc::ptr_eq(&self.slots, &other.slots) || self.slots == other.slots
    }

    /// Positions and values, oldest first.
    pub(super) fn pairs(&self) -> impl Iterator<Item = (u32, f64)> {
        self.slots.iter().copied().zip(self.values.iter().copied())
    }

    /// Times and values, oldest first.
    pub fn points(&self) -> impl Iterator<Item = (Timestamp, f64)> {
        self.pairs().map(|(slot, value)| (self.grid.time(slot), value))
    }

    /// Each value changed; one that is not finite afterwards goes.
    #[must_use]
    pub(super) fn map(self, change: impl Fn(f64) -> f64) -> Self {
        let mut values = Arc::unwrap_or_clone(self.values);
        values.iter_mut().for_each(|value| *value = change(*value));
        Series::of_finite(self.grid, self.slots, values, self.origin)
    }

    /// The periods of both: those of the first, unless only the other has datapoints. What has none may have been made
    /// without knowing what it would meet.
    pub(super) fn grid_with(&self, other: &Series) -> Grid {
        if self.is_empty() { other.grid } else { self.grid }
    }

    /// The values of both at every period at which either has one; the other counts as 0 then. The result has no
    /// origin.
    #[must_use]
    pub(super) fn zip(self, other: &Series, combine: impl Fn(f64, f64) -> f64) -> Self {
        let grid = self.grid_with(other);
        debug_assert!(self.grid == other.grid || self.is_empty() || other.is_empty(), "periods are checked");
        if self.is_parallel(other) {
            let mut values = Arc::unwrap_or_clone(self.values);
            values.iter_mut().zip(other.values()).for_each(|(value, other)| *value = combine(*value, *other));
            return Series::of_finite(grid, self.slots, values, None);
        }
        let most = self.len() + other.len();
        let (mut slots, mut values) = (Vec::with_capacity(most), Vec::with_capacity(most));
        let (mut at, mut other_at) = (0, 0);
        // Past the end of a series lies a position that no grid has.
        let slot = |series: &Series, at: usize| series.slots.get(at).copied().unwrap_or(u32::MAX);
        while at < self.len() || other_at < other.len() {
            let (own, others) = (slot(&self, at), slot(other, other_at));
            let next = own.min(others);
            let take = |series: &Series, at: &mut usize, slot: u32| match slot == next {
                true => {
                    *at += 1;
                    series.values[*at - 1]
                }
                false => 0.0,
            };
            let (left, right) = (take(&self, &mut at, own), take(other, &mut other_at, others));
            slots.push(next);
            values.push(combine(left, right));
        }
        Series::of_finite(grid, Arc::new(slots), values, None)
    }
}
