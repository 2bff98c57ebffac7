//! Opening a folder: what the manifest says is live, and what the journals say came after.

use std::collections::BTreeSet;
use std::io;
use std::path::Path;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::mpsc::{channel, sync_channel};
use std::sync::{Arc, Mutex, RwLock};
use std::thread;

use crate::disk::{self, Disk};
use crate::embedded::apply::{self, ApplyCommand};
use crate::embedded::entry::{Payload, read_payload};
use crate::embedded::flush::{FlushCommand, Flusher, METRICS_MAGIC, number_of};
use crate::embedded::head::Head;
use crate::embedded::index::Index;
use crate::embedded::journal::{Closed, JOURNAL_MAGIC, Journal};
use crate::embedded::manifest::Manifest;
use crate::embedded::options::Options;
use crate::embedded::segment::{Section, Segment};
use crate::embedded::state::{State, Unreadable, View};
use crate::embedded::{EmbeddedSamples, Threads, activity, frame};
use crate::error::StoreError;

/// Groups of writes that wait for the head while the next is being synced.
const GROUPS_BETWEEN: usize = 4;
const FOLDERS: [&str; 4] = ["journal", "segments", "metrics", "damaged"];

pub(crate) fn open(disk: Arc<dyn Disk>, options: Options) -> Result<EmbeddedSamples, StoreError> {
    for folder in FOLDERS.map(|name| options.folder.join(name)) {
        disk.create_folder(&folder).map_err(|source| StoreError::io("create", &folder, source))?;
    }
    let lock = lock(&options.folder)?;
    let loaded = Manifest::load(&*disk, &options.folder)?;
    let state = Arc::new(State::new(options, disk, Index::default(), View::default()));
    for error in &loaded.damage {
        state.problem(error.to_string(), error.to_string());
    }
    let is_whole = loaded.damage.is_empty();
    let manifest = match loaded.manifest {
        Some(manifest) => manifest,
        None => begin(&state)?,
    };
    let metrics_length = read_metrics(&state, manifest.metrics);
    let persisted_metrics = state.index().end();
    let (sections, unreadable, next_segment) = open_segments(&state, &manifest, is_whole)?;
    reserve_ids(&state, &sections);
    read_activity(&state, &sections);
    let mut replay = Replay::default();
    let last_journal = replay.run(&state, &manifest)?;
    report_kept(&state);
    let pending = show(&state, sections, unreadable, replay.head, last_journal);

    let (apply_sender, apply_commands) = sync_channel::<ApplyCommand>(GROUPS_BETWEEN);
    let (flush_sender, flush_commands) = channel::<FlushCommand>();
    let (journal_sender, journal_commands) = channel();
    let journal = Journal::create(state.clone(), last_journal + 1, apply_sender);
    let flusher = Flusher {
        state: state.clone(),
        manifest,
        next_segment,
        metrics_length,
        persisted_metrics,
        damaged_journals: replay.damaged,
        pending: Vec::new(),
    };
    if let Some((head, closed)) = pending {
        drop(flush_sender.send(FlushCommand::Flush { head, closed, done: Vec::new() }));
    }
    let (apply_state, apply_flush) = (state.clone(), flush_sender.clone());
    let handles = vec![
        spawn("store-journal", move || journal.run(&journal_commands))?,
        spawn("store-apply", move || apply::run(&apply_state, &apply_commands, &apply_flush))?,
        spawn("store-flush", move || flusher.run(&flush_commands))?,
    ];
    let threads = Mutex::new(Some(Threads { journal: journal_sender, flush: flush_sender, handles }));
    Ok(EmbeddedSamples { state, threads, flushed_hour: AtomicI64::new(0), _lock: lock })
}

pub(crate) fn spawn(name: &str, work: impl FnOnce() + Send + 'static) -> Result<thread::JoinHandle<()>, StoreError> {
    let spawned = thread::Builder::new().name(name.to_owned()).spawn(work);
    spawned.map_err(|source| StoreError::io("start a thread for", Path::new(name), source))
}

/// Makes sure that no other process uses the folder.
pub(crate) fn lock(folder: &Path) -> Result<std::fs::File, StoreError> {
    let path = folder.join("LOCK");
    let io = |source| StoreError::io("lock", &path, source);
    let file = disk::private_file().create(true).append(true).open(&path).map_err(io)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(std::fs::TryLockError::WouldBlock) => Err(StoreError::Locked { path: folder.to_owned() }),
        Err(std::fs::TryLockError::Error(source)) => Err(io(source)),
    }
}

/// Makes a new folder's first files.
fn begin(state: &State) -> Result<Manifest, StoreError> {
    let manifest = Manifest { generation: 1, journal: 1, metrics: 1, segments: Default::default() };
    let path = state.metrics_path(manifest.metrics);
    disk::replace(&*state.disk, &path, METRICS_MAGIC).map_err(|source| StoreError::io("create", &path, source))?;
    manifest.store(&*state.disk, &state.options.folder)?;
    Ok(manifest)
}

/// Defines the metrics of the metrics file; gives back its length without a torn tail.
fn read_metrics(state: &State, number: u64) -> u64 {
    let path = state.metrics_path(number);
    let contents = match state.disk.read(&path) {
        Ok(contents) => contents,
        Err(source) => {
            let error = StoreError::io("read", &path, source);
            state.problem(error.to_string(), error.to_string());
            return frame::FILE_HEADER as u64;
        }
    };
    let mut index = state.index_mut();
    let scan = frame::scan(&path, &contents, METRICS_MAGIC, |payload| match read_payload(payload)? {
        Payload::Definitions(definitions) => index.define(definitions),
        Payload::Samples(_) => Err("samples among the metrics".to_owned()),
    });
    drop(index);
    report(state, &scan.damage);
    scan.good_length
}

/// Sections, stretches of time that cannot be read, and the number of the next segment.
type OpenedSegments = (Vec<Arc<Section>>, Vec<Unreadable>, u64);

/// Opens the live sections. Files that are in no manifest are what an unfinished flush left: they go, unless the
/// manifest itself is in doubt.
fn open_segments(state: &State, manifest: &Manifest, is_whole: bool) -> Result<OpenedSegments, StoreError> {
    let mut sections = Vec::new();
    let mut unreadable = Vec::new();
    for (number, live) in &manifest.segments {
        match Segment::open(&*state.disk, &state.segment_path(*number), *number) {
            Ok(all) => {
                let is_live = |section: &Section| live.iter().any(|live| live.ordinal == section.ordinal);
                sections.extend(all.into_iter().filter(is_live).map(Arc::new));
            }
            Err(error) => {
                report(state, std::slice::from_ref(&error));
                unreadable.extend(live.iter().map(|live| Unreadable {
                    start: live.start,
                    end: live.start + live.tier.partition_seconds(),
                    error: error.clone(),
                }));
            }
        }
    }
    let folder = state.folder("segments");
    let files = state.disk.list(&folder).map_err(|source| StoreError::io("list", &folder, source))?;
    let mut last = manifest.segments.keys().last().copied().unwrap_or(0);
    for path in files {
        let Some(number) = number_of(&path) else { continue };
        last = last.max(number);
        if is_whole && !manifest.segments.contains_key(&number) {
            tracing::info!("removing {}, which an unfinished flush left", path.display());
            state.disk.remove(&path).map_err(|source| StoreError::io("remove", &path, source))?;
        }
    }
    Ok((sections, unreadable, last + 1))
}

/// Keeps ids that data on disk carries from being given to other metrics, should their definitions be damaged.
fn reserve_ids(state: &State, sections: &[Arc<Section>]) {
    let end = sections.iter().map(|section| section.entry.last_metric.saturating_add(1)).max().unwrap_or(0);
    if let Err(words) = state.index_mut().reserve(end) {
        state.problem("ids", words);
    }
}

fn read_activity(state: &State, sections: &[Arc<Section>]) {
    let path = state.folder("activity");
    let known = match state.disk.read(&path) {
        Ok(contents) => activity::read(&contents),
        Err(error) if error.kind() == io::ErrorKind::NotFound && sections.is_empty() => Some(Vec::new()),
        Err(_) => None,
    };
    let index = state.index();
    match known {
        Some(times) => times.into_iter().enumerate().for_each(|(id, seconds)| index.saw(id as u32, seconds)),
        None => {
            report(state, &[StoreError::damaged(&path, 0, "it cannot be read; every metric counts as seen lately")]);
            let end = |section: &Arc<Section>| section.entry.start + section.entry.tier.partition_seconds();
            let latest = sections.iter().map(end).max().unwrap_or(1);
            let latest = u32::try_from(latest).unwrap_or(u32::MAX);
            (0..index.end()).for_each(|id| index.saw(id, latest));
        }
    }
}

/// What the journals hold.
#[derive(Default)]
struct Replay {
    head: Head,
    /// Journals that are not whole.
    damaged: Vec<u64>,
}

impl Replay {
    /// Reads every journal that the manifest has not left behind, cuts a torn tail off the last, and gives back the last one's number.
    fn run(&mut self, state: &State, manifest: &Manifest) -> Result<u64, StoreError> {
        let first = manifest.journal;
        let folder = state.folder("journal");
        let files = state.disk.list(&folder).map_err(|source| StoreError::io("list", &folder, source))?;
        let numbers: BTreeSet<u64> = files.iter().filter_map(|path| number_of(path)).collect();
        for number in numbers.iter().filter(|number| **number < first) {
            drop(state.disk.remove(&state.journal_path(*number)));
        }
        // The first manifest is written before any journal; every later one names a journal that was begun before.
        let must_be_there = manifest.generation > 1;
        if must_be_there && !numbers.contains(&first) {
            report(state, &[StoreError::damaged(&state.journal_path(first), 0, "the file is missing")]);
        }
        let last = numbers.last().copied().unwrap_or(0).max(first.saturating_sub(1));
        for number in numbers.range(first..).next().copied().unwrap_or(first)..=last {
            let path = state.journal_path(number);
            match state.disk.read(&path) {
                Ok(contents) if must_be_there && number == first && contents.len() < frame::FILE_HEADER => {
                    self.damaged.push(number);
                    report(state, &[StoreError::damaged(&path, 0, "the file is empty")]);
                }
                Ok(contents) => self.read(state, number, &path, &contents)?,
                Err(source) => {
                    self.damaged.push(number);
                    report(state, &[StoreError::io("read", &path, source)]);
                }
            }
        }
        Ok(last)
    }

    fn read(&mut self, state: &State, number: u64, path: &Path, contents: &[u8]) -> Result<(), StoreError> {
        let mut index = state.index_mut();
        let scan = frame::scan(path, contents, JOURNAL_MAGIC, |payload| match read_payload(payload)? {
            Payload::Definitions(definitions) => index.define(definitions),
            Payload::Samples(entries) => {
                for entry in entries {
                    index.reserve(entry.metric.saturating_add(1))?;
                    let seconds = i64::from(entry.slot) * entry.tier.slot_seconds();
                    index.saw(entry.metric, u32::try_from(seconds).unwrap_or(u32::MAX));
                    self.head.add(entry);
                }
                Ok(())
            }
        });
        drop(index);
        state.counts.journal_bytes.fetch_add(contents.len() as u64, Ordering::Relaxed);
        if !scan.damage.is_empty() {
            self.damaged.push(number);
            report(state, &scan.damage);
        }
        if scan.torn > 0 {
            tracing::info!("cutting {} unacknowledged bytes off {}", scan.torn, path.display());
            let cut = state.disk.reopen(path, scan.good_length).map(drop);
            cut.map_err(|source| StoreError::io("cut", path, source))?;
        }
        Ok(())
    }
}

/// Makes what was found readable; what came from journals is to be flushed.
fn show(
    state: &State,
    sections: Vec<Arc<Section>>,
    unreadable: Vec<Unreadable>,
    replayed: Head,
    last_journal: u64,
) -> Option<(Arc<RwLock<Head>>, Closed)> {
    let closed = Closed { through: last_journal, metrics_end: state.index().end() };
    state.counts.frozen_bytes.store(replayed.bytes(), Ordering::Relaxed);
    let replayed = Arc::new(RwLock::new(replayed));
    let heads = vec![replayed.clone(), Arc::default()];
    state.change_view(|_| View { heads, sections, unreadable });
    (last_journal > 0).then_some((replayed, closed))
}

/// Keeps what was damaged before in mind, until a person has seen to it.
fn report_kept(state: &State) {
    let folder = state.folder("damaged");
    for path in state.disk.list(&folder).unwrap_or_default() {
        let words = "it was damaged when it was read, and is kept for a person to look at and remove";
        report(state, &[StoreError::damaged(&path, 0, words)]);
    }
}

fn report(state: &State, errors: &[StoreError]) {
    errors.iter().for_each(|error| state.problem(error.to_string(), error.to_string()));
}
