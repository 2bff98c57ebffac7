//! The flush thread: turns frozen heads into segments, and is the only one that changes the manifest.

use std::path::Path;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, Sender};
use std::sync::{Arc, RwLock};

use nepho_model::{Cell, Timestamp};

use crate::disk;
use crate::embedded::activity;
use crate::embedded::entry::Definitions;
use crate::embedded::frame;
use crate::embedded::head::{Head, StreamKey};
use crate::embedded::journal::{Closed, put_definition_frames};
use crate::embedded::maintain;
use crate::embedded::manifest::{LiveSection, Manifest};
use crate::embedded::segment::{Section, Segment, SegmentWriter};
use crate::embedded::state::{State, View, read_head};
use crate::error::StoreError;
use crate::tier::Tier;

/// Begins every metrics file.
pub(crate) const METRICS_MAGIC: &[u8; frame::FILE_HEADER] = b"NEPHOM01";

/// What the flush thread is asked.
pub(crate) enum FlushCommand {
    /// Bring a head to a segment; then the journals it came with can go.
    Flush { head: Arc<RwLock<Head>>, closed: Closed, done: Vec<Sender<Result<(), StoreError>>> },
    /// Do what falls due by now.
    Maintain { now: Timestamp, done: Sender<Result<(), StoreError>> },
}

/// The state of the thread: what the manifest on disk says, and what is yet to be flushed.
pub(crate) struct Flusher {
    pub(crate) state: Arc<State>,
    pub(crate) manifest: Manifest,
    /// The number the next segment gets.
    pub(crate) next_segment: u64,
    /// Length of the metrics file, and what is defined in it.
    pub(crate) metrics_length: u64,
    pub(crate) persisted_metrics: u32,
    /// Journals that are not whole: they are kept.
    pub(crate) damaged_journals: Vec<u64>,
    /// Heads whose flush failed or has not been tried, the oldest first.
    pub(crate) pending: Vec<(Arc<RwLock<Head>>, Closed)>,
}

impl Flusher {
    /// Works until the apply thread and the store are gone.
    pub(crate) fn run(mut self, commands: &Receiver<FlushCommand>) {
        while let Ok(command) = commands.recv() {
            match command {
                FlushCommand::Flush { head, closed, done } => {
                    self.pending.push((head, closed));
                    let outcome = self.flush_pending();
                    done.into_iter().for_each(|done| drop(done.send(outcome.clone())));
                }
                FlushCommand::Maintain { now, done } => {
                    let outcome = self.flush_pending().and_then(|()| maintain::run(&mut self, now));
                    drop(done.send(outcome));
                }
            }
        }
    }

    /// Flushes what waits, in order.
    pub(crate) fn flush_pending(&mut self) -> Result<(), StoreError> {
        while let Some((head, closed)) = self.pending.first().cloned() {
            if let Err(error) = self.flush(&head, closed) {
                self.state.problem("flush", error.to_string());
                return Err(error);
            }
            self.state.resolved("flush");
            self.pending.remove(0);
        }
        Ok(())
    }

    fn flush(&mut self, head: &Arc<RwLock<Head>>, closed: Closed) -> Result<(), StoreError> {
        let sections = self.write_head(&read_head(head))?;
        self.persist_definitions(closed)?;
        activity::store(&self.state)?;
        self.commit(sections, &[], Some((head, closed.through)))?;
        self.drop_journals(closed.through);
        Ok(())
    }

    /// Writes the cells of a head as a segment.
    fn write_head(&mut self, head: &Head) -> Result<Vec<Section>, StoreError> {
        if head.cells() == 0 {
            return Ok(Vec::new());
        }
        let chunks = chunks_of(head);
        self.write_segment(|writer| {
            let mut begun = None;
            let mut cells = Vec::new();
            for (tier, start, metric, unit) in chunks {
                if begun != Some((tier, start)) {
                    writer.begin(tier, start)?;
                    begun = Some((tier, start));
                }
                cells.clear();
                head.each_cell_of(StreamKey { metric, unit, tier }, |slot, cell| {
                    if let Some(slot) = slot_in_partition(tier, start, slot) {
                        cells.push((slot, cell.clone()));
                    }
                });
                sort_and_merge(&mut cells);
                writer.add(metric, unit, &cells)?;
            }
            Ok(())
        })
    }

    /// Writes a segment that `write` fills, and opens it. On an error nothing of it is left.
    pub(crate) fn write_segment(
        &mut self,
        write: impl FnOnce(&mut SegmentWriter) -> Result<(), StoreError>,
    ) -> Result<Vec<Section>, StoreError> {
        let number = self.next_segment;
        self.next_segment += 1;
        let path = self.state.segment_path(number);
        let disk = &*self.state.disk;
        let io = |source| StoreError::io("create", &path, source);
        let all = || {
            let mut writer = SegmentWriter::new(&path, disk.create(&path).map_err(io)?);
            write(&mut writer)?;
            writer.finish()?;
            disk.sync_folder(&self.state.folder("segments")).map_err(io)
        };
        let opened = all().and_then(|()| Segment::open(disk, &path, number));
        if opened.is_err() {
            // It is in no manifest, so a later start removes what cannot be removed now.
            drop(disk.remove(&path));
        }
        opened
    }

    /// Appends the definitions that only journals have to the metrics file.
    fn persist_definitions(&mut self, closed: Closed) -> Result<(), StoreError> {
        if closed.metrics_end <= self.persisted_metrics {
            return Ok(());
        }
        let definitions = self.state.index().definitions(self.persisted_metrics);
        let metrics_end = end(&definitions, closed.metrics_end);
        let path = self.state.metrics_path(self.manifest.metrics);
        let mut frames = Vec::new();
        put_definition_frames(&mut frames, &definitions);
        let append = || {
            let mut file = self.state.disk.reopen(&path, self.metrics_length)?;
            file.append(&frames)?;
            file.sync()
        };
        append().map_err(|source| StoreError::io("append to", &path, source))?;
        self.metrics_length += frames.len() as u64;
        self.persisted_metrics = metrics_end;
        Ok(())
    }

    /// Makes new sections live and others dead in one step, on disk and for readers.
    pub(crate) fn commit(
        &mut self,
        added: Vec<Section>,
        removed: &[Arc<Section>],
        flushed: Option<(&Arc<RwLock<Head>>, u64)>,
    ) -> Result<(), StoreError> {
        self.manifest.generation += 1;
        let mut manifest = self.manifest.clone();
        for section in &added {
            let live = LiveSection { ordinal: section.ordinal, tier: section.entry.tier, start: section.entry.start };
            manifest.segments.entry(section.segment.number).or_default().push(live);
        }
        for section in removed {
            if let Some(live) = manifest.segments.get_mut(&section.segment.number) {
                live.retain(|live| live.ordinal != section.ordinal);
            }
        }
        manifest.segments.retain(|_, live| !live.is_empty());
        if let Some((_, through)) = flushed {
            manifest.journal = through + 1;
        }
        manifest.store(&*self.state.disk, &self.state.options.folder)?;
        let before = std::mem::replace(&mut self.manifest, manifest);
        self.show(added, removed, flushed.map(|(head, _)| head));
        let dead = before.segments.into_keys().filter(|number| !self.manifest.segments.contains_key(number));
        dead.for_each(|number| self.remove(&self.state.segment_path(number)));
        Ok(())
    }

    /// Lets readers see what the manifest says.
    fn show(&self, added: Vec<Section>, removed: &[Arc<Section>], flushed: Option<&Arc<RwLock<Head>>>) {
        let mut added = Some(added);
        self.state.change_view(|view| {
            let is_removed = |section: &Arc<Section>| removed.iter().any(|gone| Arc::ptr_eq(gone, section));
            let is_flushed = |head: &Arc<RwLock<Head>>| flushed.is_some_and(|flushed| Arc::ptr_eq(flushed, head));
            let kept = view.sections.iter().filter(|section| !is_removed(section)).cloned();
            let added = added.take().into_iter().flatten().map(Arc::new);
            View {
                sections: kept.chain(added).collect(),
                heads: view.heads.iter().filter(|head| !is_flushed(head)).cloned().collect(),
                unreadable: view.unreadable.clone(),
            }
        });
        if let Some(head) = flushed {
            self.state.counts.frozen_bytes.fetch_sub(read_head(head).bytes(), Ordering::Relaxed);
        }
    }

    fn drop_journals(&mut self, through: u64) {
        let Ok(files) = self.state.disk.list(&self.state.folder("journal")) else { return };
        for path in files {
            let Some(number) = number_of(&path) else { continue };
            if number > through {
                continue;
            }
            let bytes = self.state.disk.open(&path).and_then(|file| file.length()).unwrap_or(0);
            let journal_bytes = &self.state.counts.journal_bytes;
            let left = journal_bytes.load(Ordering::Relaxed).saturating_sub(bytes.saturating_sub(8));
            journal_bytes.store(left, Ordering::Relaxed);
            if self.damaged_journals.contains(&number) {
                self.keep_damaged(&path);
            } else {
                self.remove(&path);
            }
        }
    }

    /// Moves a file that is not whole out of the way, for a person to look at.
    fn keep_damaged(&self, path: &Path) {
        let Some(name) = path.file_name() else { return };
        let kept = self.state.folder("damaged").join(name);
        match self.state.disk.rename(path, &kept) {
            Ok(()) => tracing::warn!("kept {} as {}", path.display(), kept.display()),
            Err(error) => tracing::warn!("could not move {}: {error}", path.display()),
        }
    }

    /// Removes a file that nothing refers to. If that fails, the next start does it.
    pub(crate) fn remove(&self, path: &Path) {
        if let Err(error) = self.state.disk.remove(path) {
            tracing::warn!("could not remove {}: {error}", path.display());
        }
    }

    /// Writes a metrics file of what the index knows now, in place of the one that grew.
    pub(crate) fn rewrite_metrics(&mut self) -> Result<(), StoreError> {
        let definitions = self.state.index().definitions(0);
        let mut contents = METRICS_MAGIC.to_vec();
        put_definition_frames(&mut contents, &definitions);
        let number = self.manifest.metrics + 1;
        let path = self.state.metrics_path(number);
        disk::replace(&*self.state.disk, &path, &contents).map_err(|source| StoreError::io("write", &path, source))?;
        self.manifest.generation += 1;
        let manifest = Manifest { metrics: number, ..self.manifest.clone() };
        manifest.store(&*self.state.disk, &self.state.options.folder)?;
        let before = std::mem::replace(&mut self.manifest, manifest);
        self.metrics_length = contents.len() as u64;
        self.persisted_metrics = end(&definitions, self.persisted_metrics);
        self.remove(&self.state.metrics_path(before.metrics));
        Ok(())
    }
}

/// The number in a file's name.
pub(crate) fn number_of(path: &Path) -> Option<u64> {
    path.file_stem()?.to_str()?.parse().ok()
}

/// One past the greatest metric id among definitions, at least `least`.
fn end(definitions: &Definitions, least: u32) -> u32 {
    definitions.metrics.last().map_or(least, |last| least.max(last.id + 1))
}

/// What chunks the cells of a head make, in the order of a segment.
fn chunks_of(head: &Head) -> Vec<(Tier, i64, u32, nepho_model::Unit)> {
    let mut chunks = Vec::new();
    for key in head.streams() {
        let mut last = None;
        head.each_cell_of(key, |slot, _| {
            let start = key.tier.partition_of(i64::from(slot) * key.tier.slot_seconds());
            if last != Some(start) {
                chunks.push((key.tier, start, key.metric, key.unit));
                last = Some(start);
            }
        });
    }
    chunks.sort_unstable();
    chunks.dedup();
    chunks
}

/// The slot within its partition; `None` when it is in another.
fn slot_in_partition(tier: Tier, start: i64, slot: u32) -> Option<u32> {
    let seconds = i64::from(slot) * tier.slot_seconds();
    (tier.partition_of(seconds) == start).then(|| ((seconds - start) / tier.slot_seconds()) as u32)
}

/// Sorts cells by slot, and merges those of one slot.
pub(crate) fn sort_and_merge(cells: &mut Vec<(u32, Cell)>) {
    if cells.is_sorted_by(|a, b| a.0 > b.0) {
        cells.reverse();
        return;
    }
    cells.sort_by_key(|(slot, _)| *slot);
    cells.dedup_by(|later, earlier| {
        let same = later.0 == earlier.0;
        if same {
            earlier.1.merge(&later.1);
        }
        same
    });
}
