//! From a batch to what the journal takes: identities become ids, times become slots.

use std::sync::atomic::Ordering;

use nepho_model::{Batch, EXACT_VALUES_MAX, SampleRef, Scope, Timestamp};

use crate::embedded::entry::{Entry, put_samples};
use crate::embedded::frame;
use crate::embedded::index::Index;
use crate::embedded::journal::Write;
use crate::embedded::state::State;
use crate::error::StoreError;
use crate::receipt::Receipt;
use crate::tier::Tier;

/// Samples in one frame. With the largest distribution each, they stay below the limit of a payload.
const SAMPLES_PER_FRAME: usize = 16_384;
/// The most bytes of a sample: numbers, and [`EXACT_VALUES_MAX`] values with weights or as many bins as there can be.
const SAMPLE_BYTES_MAX: usize = 64 + EXACT_VALUES_MAX * 18;
const _: () = assert!(SAMPLES_PER_FRAME * SAMPLE_BYTES_MAX < frame::MAX_PAYLOAD);

/// Prepares a batch for the journal, and counts it among the bytes that wait. `None` when nothing of it is to be kept.
///
/// # Errors
/// Too much waits already, or the batch brings too many metrics. Nothing is stored then.
pub(crate) fn prepare(
    state: &State,
    scope: &Scope,
    batch: &Batch,
    now: Timestamp,
) -> Result<Option<(Write, Receipt)>, StoreError> {
    check_room(state)?;
    let entries = resolve(state, scope, batch, now)?;
    if entries.is_empty() {
        return Ok(None);
    }
    let mut bytes = Vec::with_capacity(entries.len() * 24 + 64);
    put_sample_frames(&mut bytes, &entries);
    let (acknowledge, receipt) = Receipt::open();
    let write = Write { frame: bytes, entries, acknowledge };
    state.counts.waiting_bytes.fetch_add(write.footprint(), Ordering::Relaxed);
    Ok(Some((write, receipt)))
}

/// Appends samples as frames. Only a batch of more samples than any request brings takes more than one.
fn put_sample_frames(out: &mut Vec<u8>, entries: &[Entry]) {
    for some in entries.chunks(SAMPLES_PER_FRAME) {
        frame::put(out, |out| put_samples(out, some));
    }
}

fn check_room(state: &State) -> Result<(), StoreError> {
    let options = &state.options;
    let waiting = state.counts.waiting_bytes.load(Ordering::Relaxed);
    if waiting > options.waiting_bytes_max {
        return Err(StoreError::Busy { waiting, limit: options.waiting_bytes_max });
    }
    let unflushed = state.unflushed_bytes();
    if unflushed > options.unflushed_bytes_max {
        return Err(StoreError::Busy { waiting: unflushed, limit: options.unflushed_bytes_max });
    }
    Ok(())
}

/// The entries of a batch. Most batches bring no new metric, and then a shared lock is enough.
fn resolve(state: &State, scope: &Scope, batch: &Batch, now: Timestamp) -> Result<Vec<Entry>, StoreError> {
    let mut entries = Vec::with_capacity(batch.len());
    let mut samples = batch.iter().peekable();
    {
        let index = state.index();
        if let Some(scope) = index.scope_id(scope) {
            while let Some(sample) = samples.peek() {
                let Some(metric) = index.find(scope, sample.metric) else { break };
                entries.extend(entry(state, &index, metric, sample, now));
                samples.next();
            }
        }
    }
    if samples.peek().is_some() {
        let mut index = state.index_mut();
        let scope = index.scope(scope);
        for sample in samples {
            let metric = index.resolve(scope, sample.metric, state.options.metrics_max)?;
            entries.extend(entry(state, &index, metric, &sample, now));
        }
    }
    Ok(entries)
}

/// The entry of a sample; `None` when it is too old for every tier.
fn entry(state: &State, index: &Index, metric: u32, sample: &SampleRef<'_>, now: Timestamp) -> Option<Entry> {
    let seconds = sample.time.seconds();
    let tier = state.options.retention.tier_for(sample.resolution, sample.time, now);
    let slot = tier.and_then(|tier| slot_of(tier, seconds));
    let Some((tier, slot)) = tier.zip(slot) else {
        state.counts.expired_samples.fetch_add(1, Ordering::Relaxed);
        return None;
    };
    index.touch(metric, u32::try_from(seconds).unwrap_or(0));
    Some(Entry { metric, unit: sample.unit, tier, slot, cell: sample.cell.clone() })
}

/// The slot of a time; `None` before 1970 and after what 32 bits hold.
fn slot_of(tier: Tier, seconds: i64) -> Option<u32> {
    u32::try_from(seconds).ok().map(|seconds| seconds / tier.slot_seconds() as u32)
}
