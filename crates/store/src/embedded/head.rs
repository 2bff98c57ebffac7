//! Cells in memory: what was written since the last journal was begun.
//!
//! Everything lies in a few flat arrays, so a million metrics with a cell or two cost little more than the cells.
//! Cells of one stream form a list from the latest to the earliest; a sample that is late is simply put in front,
//! and whoever reads a stream sorts and merges, which is what cells are made for.

use nepho_model::{Cell, Distribution, Unit};

use crate::embedded::entry::Entry;
use crate::tier::Tier;

/// How many cells back a sample looks for its slot before it makes a cell of its own.
const LOOK_BACK: usize = 3;
/// Nodes per block of the arena, so that growing never copies what is there.
const BLOCK: usize = 1 << 14;
/// No such index.
const NONE: u32 = u32::MAX;

/// A stream of cells: one metric, unit and tier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct StreamKey {
    pub(crate) metric: u32,
    pub(crate) unit: Unit,
    pub(crate) tier: Tier,
}

#[derive(Debug)]
struct Stream {
    unit: Unit,
    tier: Tier,
    /// The metric's next stream.
    next: u32,
    latest: u32,
}

#[derive(Debug)]
struct Node {
    slot: u32,
    before: u32,
    cell: Cell,
}

/// The cells that came with one or more journals.
#[derive(Debug, Default)]
pub(crate) struct Head {
    /// The first stream of each metric, by id.
    first: Vec<u32>,
    streams: Vec<Stream>,
    blocks: Vec<Vec<Node>>,
    cells: u32,
    distribution_bytes: usize,
}

impl Head {
    /// Adds a sample.
    pub(crate) fn add(&mut self, entry: Entry) {
        let stream = self.stream_of(&entry);
        let mut at = self.streams[stream as usize].latest;
        for _ in 0..LOOK_BACK {
            if at == NONE {
                break;
            }
            let node = &mut self.blocks[at as usize / BLOCK][at as usize % BLOCK];
            if node.slot == entry.slot {
                let before = distribution_bytes(&node.cell);
                node.cell.merge(&entry.cell);
                self.distribution_bytes = self.distribution_bytes + distribution_bytes(&node.cell) - before;
                return;
            }
            at = node.before;
        }
        self.push(stream, entry);
    }

    /// How many cells there are.
    pub(crate) fn cells(&self) -> usize {
        self.cells as usize
    }

    /// About how much memory it takes.
    pub(crate) fn bytes(&self) -> usize {
        self.blocks.len() * BLOCK * size_of::<Node>()
            + self.streams.capacity() * size_of::<Stream>()
            + self.first.capacity() * size_of::<u32>()
            + self.distribution_bytes
    }

    /// Every stream, in no order.
    pub(crate) fn streams(&self) -> impl Iterator<Item = StreamKey> + '_ {
        (0..self.first.len() as u32).flat_map(|metric| self.streams_of(metric).map(|(key, _)| key))
    }

    /// Calls `on_cell` with every cell of some metrics and the metric's place among them; of each stream the latest
    /// arrival first.
    ///
    /// All streams are followed at the same time: a node has to be waited for, and while one is, the next ones can be on
    /// their way. Those of one minute mostly lie side by side.
    pub(crate) fn each_cell(
        &self,
        metrics: impl Iterator<Item = u32>,
        mut on_cell: impl FnMut(usize, StreamKey, u32, &Cell),
    ) {
        let streams = metrics.enumerate().flat_map(|(place, metric)| {
            self.streams_of(metric).map(move |(key, stream)| (place, key, self.streams[stream as usize].latest))
        });
        let mut streams: Vec<_> = streams.collect();
        while !streams.is_empty() {
            streams.retain_mut(|(place, key, at)| {
                let node = self.node(*at);
                on_cell(*place, *key, node.slot, &node.cell);
                *at = node.before;
                *at != NONE
            });
        }
    }

    /// Calls `on_cell` with every cell of one stream, latest arrival first.
    pub(crate) fn each_cell_of(&self, key: StreamKey, mut on_cell: impl FnMut(u32, &Cell)) {
        let stream = self.streams_of(key.metric).find(|(known, _)| *known == key);
        let mut at = stream.map_or(NONE, |(_, stream)| self.streams[stream as usize].latest);
        while at != NONE {
            let node = self.node(at);
            on_cell(node.slot, &node.cell);
            at = node.before;
        }
    }

    fn streams_of(&self, metric: u32) -> impl Iterator<Item = (StreamKey, u32)> + '_ {
        let mut at = self.first.get(metric as usize).copied().unwrap_or(NONE);
        std::iter::from_fn(move || {
            let stream = self.streams.get(at as usize)?;
            let found = (StreamKey { metric, unit: stream.unit, tier: stream.tier }, at);
            at = stream.next;
            Some(found)
        })
    }

    fn stream_of(&mut self, entry: &Entry) -> u32 {
        let metric = entry.metric as usize;
        if metric >= self.first.len() {
            self.first.resize(metric + 1, NONE);
        }
        let mut at = self.first[metric];
        while let Some(stream) = self.streams.get(at as usize) {
            if stream.unit == entry.unit && stream.tier == entry.tier {
                return at;
            }
            at = stream.next;
        }
        let stream = Stream { unit: entry.unit, tier: entry.tier, next: self.first[metric], latest: NONE };
        self.streams.push(stream);
        self.first[metric] = self.streams.len() as u32 - 1;
        self.first[metric]
    }

    fn push(&mut self, stream: u32, entry: Entry) {
        let at = self.cells;
        if at as usize / BLOCK == self.blocks.len() {
            self.blocks.push(Vec::with_capacity(BLOCK));
        }
        self.distribution_bytes += distribution_bytes(&entry.cell);
        let before = std::mem::replace(&mut self.streams[stream as usize].latest, at);
        self.blocks[at as usize / BLOCK].push(Node { slot: entry.slot, before, cell: entry.cell });
        self.cells += 1;
    }

    fn node(&self, at: u32) -> &Node {
        &self.blocks[at as usize / BLOCK][at as usize % BLOCK]
    }
}

fn distribution_bytes(cell: &Cell) -> usize {
    match cell.distribution() {
        Distribution::Constant | Distribution::Unavailable | Distribution::Percentiles(_) => 0,
        Distribution::Exact(values) => 40 + size_of_val(values.pairs()),
        Distribution::Sketch(sketch) => 48 + size_of_val(sketch.bins()),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    fn entries() -> impl Strategy<Value = Vec<Entry>> {
        let entry = (0u32..4, 0u8..2, 0u8..2, 0u32..12, 0i32..50).prop_map(|(metric, unit, tier, slot, value)| Entry {
            metric,
            unit: Unit::from_code(unit).unwrap(),
            tier: Tier::from_code(tier).unwrap(),
            slot,
            cell: Cell::of(f64::from(value)),
        });
        prop::collection::vec(entry, 0..200)
    }

    proptest! {
        #[test]
        fn it_holds_what_was_added(entries in entries()) {
            let mut head = Head::default();
            let mut expected: BTreeMap<(StreamKey, u32), Cell> = BTreeMap::new();
            for entry in entries {
                let key = StreamKey { metric: entry.metric, unit: entry.unit, tier: entry.tier };
                let at = expected.entry((key, entry.slot));
                at.and_modify(|cell| cell.merge(&entry.cell)).or_insert(entry.cell.clone());
                head.add(entry);
            }
            let mut found: BTreeMap<(StreamKey, u32), Cell> = BTreeMap::new();
            head.each_cell(0..5, |metric, key, slot, cell| {
                assert_eq!(key.metric, metric as u32);
                let at = found.entry((key, slot));
                at.and_modify(|known| known.merge(cell)).or_insert(cell.clone());
            });
            prop_assert_eq!(&found, &expected);
            for key in head.streams() {
                let mut slots = Vec::new();
                head.each_cell_of(key, |slot, _| slots.push(slot));
                prop_assert!(slots.iter().all(|slot| expected.contains_key(&(key, *slot))));
            }
        }
    }
}
