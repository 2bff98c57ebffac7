//! Reading: from live sections and heads, into periods.

use std::sync::{Arc, RwLock};

use nepho_model::{Cell, Detail, Point, Read, Scope, Timestamp, Unit, UnitSeries};

use crate::embedded::head::Head;
use crate::embedded::segment::Section;
use crate::embedded::state::{State, read_head};
use crate::error::StoreError;

/// Reads that share one hold of a head's lock, so that writers wait for few.
const READS_PER_LOCK: usize = 64;

/// Points that room is made for before any is found.
const POINTS_RESERVED_MAX: i64 = 1440;

/// One read on its way, with what was found for it.
struct Gather<'a> {
    read: &'a Read,
    /// The range in seconds; cells begin on whole seconds.
    start: i64,
    end: i64,
    metric: u32,
    /// Cells by start of period, mostly ascending.
    units: Vec<(Unit, Vec<Point>)>,
    error: Option<StoreError>,
}

/// Answers `reads`, in their order.
pub(crate) fn read(state: &State, scope: &Scope, reads: &[Read]) -> Vec<Result<Vec<UnitSeries>, StoreError>> {
    let mut gathers: Vec<Option<Gather<'_>>> = {
        let index = state.index();
        let scope = index.scope_id(scope);
        let find = |read: &Read| scope.and_then(|scope| index.find(scope, read.metric.key()));
        reads.iter().map(|read| find(read).map(|metric| Gather::new(read, metric))).collect()
    };
    let mut ordered: Vec<&mut Gather<'_>> = gathers.iter_mut().flatten().collect();
    ordered.sort_by_key(|gather| gather.metric);
    let view = state.view();
    for unreadable in &view.unreadable {
        let overlapping =
            |gather: &&mut &mut Gather<'_>| gather.start < unreadable.end && unreadable.start < gather.end;
        let overlapping = ordered.iter_mut().filter(overlapping);
        overlapping.for_each(|gather| gather.error = Some(unreadable.error.clone()));
    }
    view.sections.iter().for_each(|section| from_section(section, &mut ordered));
    view.heads.iter().for_each(|head| from_head(head, &mut ordered));
    gathers.into_iter().map(|gather| gather.map_or(Ok(Vec::new()), Gather::finish)).collect()
}

fn from_section(section: &Arc<Section>, gathers: &mut [&mut Gather<'_>]) {
    let mut lookup = section.lookup();
    let tier = section.entry.tier;
    let slots = |from: i64, to: i64| {
        let slot = |seconds: i64| (seconds - section.entry.start).clamp(0, tier.partition_seconds());
        let up = |seconds: i64| (seconds + tier.slot_seconds() - 1) / tier.slot_seconds();
        up(slot(from)) as u32..up(slot(to)) as u32
    };
    for gather in gathers.iter_mut().filter(|gather| section.overlaps(gather.start, gather.end)) {
        let wanted = slots(gather.start, gather.end);
        let read = gather.read;
        let found = lookup.each_of(gather.metric, |chunk| {
            if !gather.wants(chunk.unit) {
                return Ok(());
            }
            let points = gather.points_of(chunk.unit);
            chunk.decode(read.detail, wanted.clone(), |slot, cell| {
                let seconds = section.entry.start + i64::from(slot) * tier.slot_seconds();
                add_cell(points, read, seconds, cell);
            })
        });
        if let Err(error) = found {
            gather.error = Some(error);
        }
    }
}

fn from_head(head: &RwLock<Head>, gathers: &mut [&mut Gather<'_>]) {
    for some in gathers.chunks_mut(READS_PER_LOCK) {
        let head = read_head(head);
        for gather in some {
            head.each_cell(gather.metric, |key, slot, cell| {
                let seconds = i64::from(slot) * key.tier.slot_seconds();
                if gather.wants(key.unit) && (gather.start..gather.end).contains(&seconds) {
                    let read = gather.read;
                    add_cell(gather.points_of(key.unit), read, seconds, wanted_of(cell, read.detail));
                }
            });
        }
    }
}

/// A copy of a cell, with as much of it as is wanted.
fn wanted_of(cell: &Cell, detail: Detail) -> Cell {
    match detail {
        Detail::Distribution => cell.clone(),
        Detail::Numbers => cell.numbers(),
    }
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
    fn new(read: &'a Read, metric: u32) -> Self {
        // A cell begins on a whole second, so the first that counts is at or after the start.
        let up = |time: Timestamp| -(-time.millis()).div_euclid(1000);
        Gather { read, start: up(read.start), end: up(read.end), metric, units: Vec::new(), error: None }
    }

    fn wants(&self, unit: Unit) -> bool {
        self.read.unit.is_none_or(|wanted| wanted == unit)
    }

    fn points_of(&mut self, unit: Unit) -> &mut Vec<Point> {
        let position = self.units.iter().position(|(known, _)| *known == unit).unwrap_or_else(|| {
            let periods = (self.end - self.start) / self.read.period_seconds;
            self.units.push((unit, Vec::with_capacity(periods.clamp(1, POINTS_RESERVED_MAX) as usize)));
            self.units.len() - 1
        });
        &mut self.units[position].1
    }

    fn finish(mut self) -> Result<Vec<UnitSeries>, StoreError> {
        if let Some(error) = self.error {
            return Err(error);
        }
        self.units.sort_by_key(|(unit, _)| *unit);
        let series = self.units.into_iter().map(|(unit, points)| UnitSeries { unit, points: in_order(points) });
        Ok(series.filter(|series| !series.points.is_empty()).collect())
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
