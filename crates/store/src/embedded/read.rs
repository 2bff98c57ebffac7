//! Reading: from live sections and heads, cell by cell or into periods.

use std::borrow::Cow;
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
pub(crate) fn each_cell(
    state: &State,
    scope: &Scope,
    reads: &[Read],
    mut on_cell: impl FnMut(usize, Unit, i64, Cow<'_, Cell>),
) -> Vec<Result<(), StoreError>> {
    let mut outcomes: Vec<_> = reads.iter().map(|_| Ok(())).collect();
    let mut wanted = wanted(state, scope, reads);
    wanted.sort_by_key(|wanted| wanted.metric);
    let view = state.view();
    for unreadable in &view.unreadable {
        let overlapping = wanted.iter().filter(|wanted| wanted.start < unreadable.end && unreadable.start < wanted.end);
        overlapping.for_each(|wanted| outcomes[wanted.number] = Err(unreadable.error.clone()));
    }
    view.sections.iter().for_each(|section| from_section(section, &wanted, &mut outcomes, &mut on_cell));
    view.heads.iter().for_each(|head| from_head(head, &wanted, &mut on_cell));
    outcomes
}

/// A read of a metric that is known.
struct Wanted<'a> {
    number: usize,
    read: &'a Read,
    /// The range in seconds; cells begin on whole seconds.
    start: i64,
    end: i64,
    metric: u32,
}

fn wanted<'a>(state: &State, scope: &Scope, reads: &'a [Read]) -> Vec<Wanted<'a>> {
    let index = state.index();
    let Some(scope) = index.scope_id(scope) else { return Vec::new() };
    // A cell begins on a whole second, so the first that counts is at or after the start.
    let up = |time: Timestamp| -(-time.millis()).div_euclid(1000);
    let find = |(number, read): (usize, &'a Read)| {
        let metric = index.find(scope, read.metric.key())?;
        Some(Wanted { number, read, start: up(read.start), end: up(read.end), metric })
    };
    reads.iter().enumerate().filter_map(find).collect()
}

impl Wanted<'_> {
    fn wants(&self, unit: Unit) -> bool {
        self.read.unit.is_none_or(|wanted| wanted == unit)
    }
}

fn from_section(
    section: &Arc<Section>,
    wanted: &[Wanted<'_>],
    outcomes: &mut [Result<(), StoreError>],
    on_cell: &mut impl FnMut(usize, Unit, i64, Cow<'_, Cell>),
) {
    let mut lookup = section.lookup();
    let tier = section.entry.tier;
    let slots = |from: i64, to: i64| {
        let slot = |seconds: i64| (seconds - section.entry.start).clamp(0, tier.partition_seconds());
        let up = |seconds: i64| (seconds + tier.slot_seconds() - 1) / tier.slot_seconds();
        up(slot(from)) as u32..up(slot(to)) as u32
    };
    for wanted in wanted.iter().filter(|wanted| section.overlaps(wanted.start, wanted.end)) {
        let slots = slots(wanted.start, wanted.end);
        let found = lookup.each_of(wanted.metric, |chunk| {
            if !wanted.wants(chunk.unit) {
                return Ok(());
            }
            chunk.decode(wanted.read.detail, slots.clone(), |slot, cell| {
                let seconds = section.entry.start + i64::from(slot) * tier.slot_seconds();
                on_cell(wanted.number, chunk.unit, seconds, Cow::Owned(cell));
            })
        });
        if let Err(error) = found {
            outcomes[wanted.number] = Err(error);
        }
    }
}

fn from_head(head: &RwLock<Head>, wanted: &[Wanted<'_>], on_cell: &mut impl FnMut(usize, Unit, i64, Cow<'_, Cell>)) {
    for some in wanted.chunks(READS_PER_LOCK) {
        read_head(head).each_cell(some.iter().map(|wanted| wanted.metric), |place, key, slot, cell| {
            let (wanted, seconds) = (&some[place], i64::from(slot) * key.tier.slot_seconds());
            if wanted.wants(key.unit) && (wanted.start..wanted.end).contains(&seconds) {
                on_cell(wanted.number, key.unit, seconds, Cow::Borrowed(cell));
            }
        });
    }
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
