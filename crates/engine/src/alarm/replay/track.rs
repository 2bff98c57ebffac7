//! The statistic of a metric in every period of a range of time.

use nepho_model::{Cell, Distribution, UnitSeries};

use super::timeline::{Periods, Timeline};
use crate::statistic::Statistic;

/// The statistic of a metric in every period, under each unit.
#[derive(Debug)]
pub(super) struct Track {
    /// By the units' names.
    units: Vec<UnitTrack>,
}

/// The same under one unit.
#[derive(Debug)]
pub(super) struct UnitTrack {
    /// For each period the value; NaN where it is missing.
    values: Vec<f64>,
    /// For each period how many samples there are.
    counts: Vec<f64>,
    /// For each slot how many before it have data, and one more for all.
    filled: Vec<u32>,
}

impl Track {
    /// The track of what was read slot by slot; or of the statistics of whole periods, where a
    /// distribution would be needed.
    pub(super) fn new(
        timeline: &Timeline,
        statistic: &Statistic,
        units: &[UnitSeries],
        is_of_statistics: bool,
    ) -> Self {
        let mut units: Vec<_> = units.iter().filter(|series| !series.points.is_empty()).collect();
        units.sort_by_key(|series| series.unit.as_str());
        let track = |series: &UnitSeries| match is_of_statistics && statistic.needs_distribution() {
            true => UnitTrack::of_whole_periods(timeline, series),
            false => UnitTrack::new(timeline, statistic, series),
        };
        Track { units: units.into_iter().map(track).collect() }
    }

    /// The one unit, if there are not several: `None` inside when there is no data at all.
    pub(super) fn only_unit(&self) -> Option<Option<&UnitTrack>> {
        (self.units.len() <= 1).then(|| self.units.first())
    }

    /// The first unit that has data in a row of slots.
    pub(super) fn unit(&self, slots: &std::ops::Range<usize>) -> Option<&UnitTrack> {
        match &self.units[..] {
            [one] => Some(one),
            units => units.iter().find(|unit| unit.filled[slots.end] > unit.filled[slots.start]),
        }
    }
}

impl UnitTrack {
    fn new(timeline: &Timeline, statistic: &Statistic, series: &UnitSeries) -> Self {
        let (cells, filled) = slots(timeline, series);
        let (mut values, mut counts) = (Vec::with_capacity(timeline.len()), Vec::with_capacity(timeline.len()));
        let mut add = |cell: Option<&Cell>| {
            values.push(cell.and_then(|cell| statistic.evaluate(cell)).unwrap_or(f64::NAN));
            counts.push(cell.map_or(0.0, Cell::count));
        };
        match statistic.needs_distribution() {
            _ if matches!(timeline.periods, Periods::Sliding(1)) => cells.iter().for_each(|cell| add(*cell)),
            true => merge_all(timeline, &cells, &mut add),
            false => {
                let periods = (0..timeline.len()).map(|period| &cells[timeline.slots_of(period)]);
                periods.for_each(|cells| add(numbers(cells).as_ref()));
            }
        }
        UnitTrack { values, counts, filled }
    }

    /// That of statistics of whole periods: each is a cell of one value, in the slot in which its period begins.
    fn of_whole_periods(timeline: &Timeline, series: &UnitSeries) -> Self {
        let (cells, filled) = slots(timeline, series);
        let periods = (0..timeline.len()).map(|period| cells[timeline.slots_of(period).start]);
        let (values, counts) =
            periods.map(|cell| cell.map_or((f64::NAN, 0.0), |cell| (cell.max(), cell.count()))).unzip();
        UnitTrack { values, counts, filled }
    }

    /// The value in a period, and how many samples it is of.
    pub(super) fn get(&self, period: usize) -> Option<(f64, f64)> {
        let value = self.values[period];
        (!value.is_nan()).then(|| (value, self.counts[period]))
    }
}

/// What is in each slot, and for each how many before it have data.
fn slots<'a>(timeline: &Timeline, series: &'a UnitSeries) -> (Vec<Option<&'a Cell>>, Vec<u32>) {
    let mut cells: Vec<Option<&Cell>> = vec![None; timeline.slots];
    for point in series.points.iter().filter(|point| point.time >= timeline.origin) {
        if let Some(slot) = cells.get_mut(timeline.slot(point.time)) {
            *slot = Some(&point.cell);
        }
    }
    let mut filled = Vec::with_capacity(cells.len() + 1);
    filled.push(0);
    filled.extend(cells.iter().scan(0, |count, cell| {
        *count += u32::from(cell.is_some());
        Some(*count)
    }));
    (cells, filled)
}

/// The cells of a period merged, one after the other as a store does it, without their distributions.
fn numbers(cells: &[Option<&Cell>]) -> Option<Cell> {
    let mut cells = cells.iter().flatten();
    let first = cells.next()?;
    let (mut count, mut sum, mut min, mut max) = (first.count(), first.sum(), first.min(), first.max());
    for cell in cells {
        count += cell.count();
        sum += cell.sum();
        min = min.min(cell.min());
        max = max.max(cell.max());
    }
    Some(Cell::from_parts(count, sum, min, max, Distribution::Unavailable))
}

/// The cells of each period merged with their distributions, which takes long: from each period to the next only what
/// comes in is merged. Those that came in are kept merged in the order of their coming, those that will go merged in the
/// order of their going; when none of the latter are left, the former become them.
fn merge_all(timeline: &Timeline, cells: &[Option<&Cell>], add: &mut dyn FnMut(Option<&Cell>)) {
    let mut going: Vec<(usize, Cell)> = Vec::new();
    let mut come: Option<Cell> = None;
    // The slots that `come` is of.
    let mut fresh = 0..0;
    for period in 0..timeline.len() {
        let slots = timeline.slots_of(period);
        for cell in cells[fresh.end..slots.end].iter().flatten() {
            merge(&mut come, cell);
        }
        fresh.end = fresh.end.max(slots.end);
        while going.last().is_some_and(|(slot, _)| *slot < slots.start) {
            going.pop();
        }
        if going.is_empty() && fresh.start < slots.start {
            let mut merged: Option<Cell> = None;
            for slot in (slots.start..fresh.end).rev() {
                let Some(cell) = cells[slot] else { continue };
                let mut older = cell.clone();
                merged.iter().for_each(|newer| older.merge(newer));
                going.push((slot, older.clone()));
                merged = Some(older);
            }
            come = None;
            fresh.start = fresh.end;
        }
        match (going.last(), &come) {
            (None, come) => add(come.as_ref()),
            (Some((_, oldest)), None) => add(Some(oldest)),
            (Some((_, oldest)), Some(come)) => {
                let mut all = oldest.clone();
                all.merge(come);
                add(Some(&all));
            }
        }
    }
}

fn merge(into: &mut Option<Cell>, cell: &Cell) {
    match into {
        None => *into = Some(cell.clone()),
        Some(merged) => merged.merge(cell),
    }
}
