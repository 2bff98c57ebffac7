//! Where the cells are that reads ask for: in live sections and heads.

use std::ops::Range;
use std::sync::{Arc, RwLock};

use nepho_model::{Cell, Read, Scope, Timestamp, Unit};

use crate::embedded::head::{Head, StreamKey};
use crate::embedded::segment::{ChunkRef, Section};
use crate::embedded::state::{State, View, read_head};
use crate::error::StoreError;

/// Reads that share one hold of a head's lock, so that writers wait for few.
const READS_PER_LOCK: usize = 64;

/// Where what is asked for is to be found.
pub(crate) struct Found<'a> {
    /// By metric.
    pub(crate) wanted: Vec<Wanted<'a>>,
    pub(crate) view: Arc<View>,
    /// For each read; those are wrong already that ask for a stretch of time that cannot be read.
    pub(crate) outcomes: Vec<Result<(), StoreError>>,
}

/// Finds what reads ask for.
pub(crate) fn find<'a>(state: &State, scope: &Scope, reads: &'a [Read]) -> Found<'a> {
    let mut outcomes: Vec<_> = reads.iter().map(|_| Ok(())).collect();
    let mut wanted = wanted(state, scope, reads);
    wanted.sort_by_key(|wanted| wanted.metric);
    let view = state.view();
    for unreadable in &view.unreadable {
        let overlapping = wanted.iter().filter(|wanted| wanted.start < unreadable.end && unreadable.start < wanted.end);
        overlapping.for_each(|wanted| outcomes[wanted.number] = Err(unreadable.error.clone()));
    }
    Found { wanted, view, outcomes }
}

/// A read of a metric that is known.
pub(crate) struct Wanted<'a> {
    pub(crate) number: usize,
    pub(crate) read: &'a Read,
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

/// Calls `on_chunk` with each chunk that is wanted and the slots that are wanted of it, and says which reads failed.
pub(crate) fn from_section<'a>(
    section: &Section,
    wanted: &'a [Wanted<'a>],
    mut on_chunk: impl FnMut(&'a Wanted<'a>, &ChunkRef<'_>, Range<u32>) -> Result<(), StoreError>,
) -> Vec<(usize, StoreError)> {
    let mut lookup = section.lookup();
    let tier = section.entry.tier;
    let slots = |from: i64, to: i64| {
        let slot = |seconds: i64| (seconds - section.entry.start).clamp(0, tier.partition_seconds());
        let up = |seconds: i64| (seconds + tier.slot_seconds() - 1) / tier.slot_seconds();
        up(slot(from)) as u32..up(slot(to)) as u32
    };
    let read = |wanted: &'a Wanted<'a>| {
        let slots = slots(wanted.start, wanted.end);
        let found = lookup.each_of(wanted.metric, |chunk| match wanted.wants(chunk.unit) {
            true => on_chunk(wanted, chunk, slots.clone()),
            false => Ok(()),
        });
        found.err().map(|error| (wanted.number, error))
    };
    wanted.iter().filter(|wanted| section.overlaps(wanted.start, wanted.end)).filter_map(read).collect()
}

/// Calls `on_cell` with each cell that is wanted.
pub(crate) fn from_head<'a>(
    head: &RwLock<Head>,
    wanted: &'a [Wanted<'a>],
    mut on_cell: impl FnMut(&'a Wanted<'a>, StreamKey, u32, &Cell),
) {
    for some in wanted.chunks(READS_PER_LOCK) {
        read_head(head).each_cell(some.iter().map(|wanted| wanted.metric), |place, key, slot, cell| {
            let (wanted, seconds) = (&some[place], i64::from(slot) * key.tier.slot_seconds());
            if wanted.wants(key.unit) && (wanted.start..wanted.end).contains(&seconds) {
                on_cell(wanted, key, slot, cell);
            }
        });
    }
}
