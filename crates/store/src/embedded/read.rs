//! Reading into periods, cell by cell.

use std::borrow::Cow;

use nepho_model::{Cell, Detail, Point, Read, Scope, Timestamp, Unit, UnitSeries};

use crate::chunk::Columns;
use crate::embedded::found::{Found, find, from_head, from_section};
use crate::embedded::state::State;
use crate::error::StoreError;

/// Points that room is made for before any is found.
const POINTS_RESERVED_MAX: i64 = 1440;

/// Answers `reads`, in their order.
pub(crate) fn read(state: &State, scope: &Scope, reads: &[Read]) -> Vec<Result<Vec<UnitSeries>, StoreError>> {
    let mut gathers: Vec<_> = reads.iter().map(Gather::new).collect();
    let outcomes = each_cell(state, scope, reads, |number, unit, seconds, cell| {
        let gather = &mut gathers[number];
        let cell = match (gather.read.detail, cell) {
            (Detail::Distribution, cell) => cell.into_owned(),
            (Detail::Numbers, Cow::Owned(cell)) => cell,
            (Detail::Numbers, Cow::Borrowed(cell)) => cell.numbers(),
        };
        let read = gather.read;
        add_cell(gather.points_of(unit), read, seconds, cell);
    });
    let finish = |(gather, outcome): (Gather<'_>, Result<(), StoreError>)| outcome.map(|()| gather.finish());
    gathers.into_iter().zip(outcomes).map(finish).collect()
}

/// Gives the cells that reads ask for to `on_cell`: the read's number, the unit, the second with which the cell begins,
/// and the cell, which may have more detail than was asked for.
fn each_cell(
    state: &State,
    scope: &Scope,
    reads: &[Read],
    mut on_cell: impl FnMut(usize, Unit, i64, Cow<'_, Cell>),
) -> Vec<Result<(), StoreError>> {
    let Found { wanted, view, mut outcomes } = find(state, scope, reads);
    let mut columns = Columns::default();
    for section in &view.sections {
        let failures = from_section(section, &wanted, |wanted, chunk, slots| {
            chunk.decode(wanted.read.detail, slots, &mut columns, |slot, cell| {
                let seconds = section.entry.start + i64::from(slot) * section.entry.tier.slot_seconds();
                on_cell(wanted.number, chunk.unit, seconds, Cow::Owned(cell));
            })
        });
        failures.into_iter().for_each(|(number, error)| outcomes[number] = Err(error));
    }
    for head in &view.heads {
        from_head(head, &wanted, |wanted, key, slot, cell| {
            let seconds = i64::from(slot) * key.tier.slot_seconds();
            on_cell(wanted.number, key.unit, seconds, Cow::Borrowed(cell));
        });
    }
    outcomes
}

/// One read on its way, with what was found for it.
struct Gather<'a> {
    read: &'a Read,
    /// Cells by start of period, mostly ascending.
    units: Vec<(Unit, Vec<Point>)>,
}

/// Adds a cell to the period it falls into, which mostly is that of the cell before or the next one.
fn add_cell(points: &mut Vec<Point>, read: &Read, seconds: i64, cell: Cell) {
    let time = Timestamp::from_seconds(seconds);
    let mut next = None;
    if let Some(last) = points.last_mut() {
        let passed = time.millis() - last.time.millis();
        let period = read.period_seconds * 1000;
        if (0..period).contains(&passed) {
            last.cell.merge(&cell);
            return;
        }
        if (period..2 * period).contains(&passed) {
            next = Some(last.time.plus_seconds(read.period_seconds)).filter(|_| time < read.end);
        }
    }
    if let Some(time) = next.or_else(|| read.period_of(time)) {
        points.push(Point { time, cell });
    }
}

impl<'a> Gather<'a> {
    fn new(read: &'a Read) -> Self {
        Gather { read, units: Vec::new() }
    }

    fn points_of(&mut self, unit: Unit) -> &mut Vec<Point> {
        let position = self.units.iter().position(|(known, _)| *known == unit).unwrap_or_else(|| {
            let length = self.read.end.seconds().saturating_sub(self.read.start.seconds());
            let periods = length / self.read.period_seconds + 1;
            self.units.push((unit, Vec::with_capacity(periods.clamp(1, POINTS_RESERVED_MAX) as usize)));
            self.units.len() - 1
        });
        &mut self.units[position].1
    }

    fn finish(mut self) -> Vec<UnitSeries> {
        self.units.sort_by_key(|(unit, _)| *unit);
        let series = self.units.into_iter().map(|(unit, points)| UnitSeries { unit, points: in_order(points) });
        series.filter(|series| !series.points.is_empty()).collect()
    }
}

/// Sorts points by time and merges those of one period.
fn in_order(mut points: Vec<Point>) -> Vec<Point> {
    // A head gives the latest first.
    if points.is_sorted_by(|a, b| a.time > b.time) {
        points.reverse();
    }
    if !points.is_sorted_by(|a, b| a.time < b.time) {
        points.sort_by_key(|point| point.time);
        points.dedup_by(|later, earlier| {
            let same = later.time == earlier.time;
            if same {
                earlier.cell.merge(&later.cell);
            }
            same
        });
    }
    points
}
