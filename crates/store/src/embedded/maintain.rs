//! What falls due with time: roll-up, expiry, merging of small sections, forgetting of metrics.

use std::collections::BTreeMap;
use std::sync::Arc;

use nepho_model::Timestamp;

use crate::embedded::flush::{Flusher, sort_and_merge};
use crate::embedded::segment::{Chunk, Section, SegmentWriter};
use crate::error::StoreError;
use crate::tier::{SETTLE_SECONDS, Tier};

/// A closed partition with more sections than this is merged into one, however small they are.
const SECTIONS_PER_PARTITION: usize = 3;
/// So is one whose smaller sections together hold at least this share of the cells of the largest. Late samples by
/// the handful stay beside the hour they belong to instead of having it written anew.
const WORTH_MERGING: f64 = 0.25;

/// Does what falls due by `now`. Each step is one manifest, so it happens as a whole or not at all.
pub(crate) fn run(flusher: &mut Flusher, now: Timestamp) -> Result<(), StoreError> {
    for tier in Tier::ALL {
        roll_up(flusher, tier, now)?;
    }
    merge_small(flusher, now)?;
    forget(flusher, now)
}

/// Moves the partitions of a tier that are over their age to the next tier, or drops them after the last.
fn roll_up(flusher: &mut Flusher, tier: Tier, now: Timestamp) -> Result<(), StoreError> {
    let retention = flusher.state.options.retention;
    let partitions =
        partitions(flusher, |section| section.entry.tier == tier && retention.is_past(tier, section.entry.start, now));
    for ((_, start), sections) in partitions {
        match tier.coarser() {
            None => flusher.commit(Vec::new(), &sections, None)?,
            Some(coarser) => replace(flusher, coarser, start, sections)?,
        }
    }
    Ok(())
}

/// Merges partitions that lie in many sections.
fn merge_small(flusher: &mut Flusher, now: Timestamp) -> Result<(), StoreError> {
    let is_closed = |section: &Section| {
        section.entry.start + section.entry.tier.partition_seconds() + SETTLE_SECONDS <= now.seconds()
    };
    for ((tier, start), sections) in partitions(flusher, is_closed) {
        if is_worth_merging(&sections) {
            replace(flusher, tier, start, sections)?;
        }
    }
    Ok(())
}

fn is_worth_merging(sections: &[Arc<Section>]) -> bool {
    let cells = || sections.iter().map(|section| section.entry.cells);
    let largest = cells().max().unwrap_or(0);
    let others = cells().sum::<u64>() - largest;
    sections.len() > SECTIONS_PER_PARTITION || others > 0 && others as f64 >= largest as f64 * WORTH_MERGING
}

/// Drops metrics that have had no data for as long as anything is kept.
fn forget(flusher: &mut Flusher, now: Timestamp) -> Result<(), StoreError> {
    let oldest = now.seconds() - flusher.state.options.retention.hour;
    let count = flusher.state.index_mut().forget(u32::try_from(oldest).unwrap_or(0));
    if count > 0 {
        tracing::info!("forgot {count} metrics without data");
        flusher.rewrite_metrics()?;
    }
    Ok(())
}

/// Live sections by tier and start of partition.
fn partitions(flusher: &Flusher, wanted: impl Fn(&Section) -> bool) -> BTreeMap<(Tier, i64), Vec<Arc<Section>>> {
    let mut partitions: BTreeMap<(Tier, i64), Vec<Arc<Section>>> = BTreeMap::new();
    for section in flusher.state.view().sections.iter().filter(|section| wanted(section)) {
        partitions.entry((section.entry.tier, section.entry.start)).or_default().push(section.clone());
    }
    partitions
}

/// Merges the sections of one partition into one section of `tier`, which is their own or the next coarser one.
/// A section that cannot be read whole stays as it is.
fn replace(flusher: &mut Flusher, tier: Tier, start: i64, mut sections: Vec<Arc<Section>>) -> Result<(), StoreError> {
    loop {
        let is_one_already = sections.len() == 1 && sections[0].entry.tier == tier;
        if sections.is_empty() || is_one_already {
            return Ok(());
        }
        match flusher.write_segment(|writer| merge(&sections, tier, tier.partition_of(start), writer)) {
            Ok(added) => return flusher.commit(added, &sections, None),
            Err(error) => {
                let before = sections.len();
                sections.retain(|section| is_readable(flusher, section));
                if sections.len() == before {
                    return Err(error);
                }
            }
        }
    }
}

/// Whether every chunk of a section can be read; reports the first that cannot.
fn is_readable(flusher: &Flusher, section: &Section) -> bool {
    let error = section.chunks().find_map(Result::err);
    if let Some(error) = &error {
        flusher.state.problem(error.to_string(), error.to_string());
    }
    error.is_none()
}

/// Writes the cells of all `sections` as one section, chunk by chunk in the order that they all have.
fn merge(sections: &[Arc<Section>], tier: Tier, start: i64, writer: &mut SegmentWriter) -> Result<(), StoreError> {
    writer.begin(tier, start)?;
    let mut sources: Vec<_> = sections.iter().map(|section| (section, section.chunks().peekable())).collect();
    loop {
        let heads = sources.iter_mut().filter_map(|(_, chunks)| chunks.peek());
        let Some(key) = heads.filter_map(|chunk| chunk.as_ref().ok().map(|chunk| chunk.key)).min() else { break };
        let mut cells = Vec::new();
        for (section, chunks) in &mut sources {
            let is_next = |chunk: &Result<Chunk, StoreError>| chunk.as_ref().map_or(true, |chunk| chunk.key == key);
            if let Some(chunk) = chunks.next_if(is_next) {
                let slot_of = |slot: u32| slot_in(section, slot, tier, start);
                cells.extend(chunk?.cells.into_iter().map(|(slot, cell)| (slot_of(slot), cell)));
            }
        }
        sort_and_merge(&mut cells);
        writer.add(key.0, key.1, &cells)?;
    }
    sources.into_iter().try_for_each(|(_, mut chunks)| chunks.next().map_or(Ok(()), |chunk| chunk.map(drop)))
}

/// The slot of a section's cell in the partition of another tier.
fn slot_in(section: &Section, slot: u32, tier: Tier, start: i64) -> u32 {
    let seconds = section.entry.start + i64::from(slot) * section.entry.tier.slot_seconds();
    ((seconds - start) / tier.slot_seconds()) as u32
}
