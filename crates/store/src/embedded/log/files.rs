//! The files of a log: what there is, how far it is durable, and what is wrong.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::LogOptions;
use crate::disk::Disk;
use crate::embedded::flush::number_of;
use crate::embedded::frame;
use crate::error::StoreError;
use crate::log::{LogFigures, OnEntry};

/// Begins every file.
pub(super) const MAGIC: &[u8; frame::FILE_HEADER] = b"NEPHOQ01";
const EXTENSION: &str = "queue";
/// The one problem that comes and goes with the disk.
pub(super) const WRITING: &str = "log";

/// Whether entries are taken.
#[derive(Debug, Clone)]
pub(super) enum Condition {
    Taking,
    /// Something went wrong since it was last resumed, or it never was.
    Failed(StoreError),
}

/// What is known of a file.
#[derive(Debug, Clone, Copy)]
struct Known {
    /// How far it is durable; `None` while nobody has read it.
    length: Option<u64>,
    is_damaged: bool,
}

/// What the thread and the callers of a log share.
pub(super) struct Files {
    pub(super) options: LogOptions,
    pub(super) disk: Arc<dyn Disk>,
    known: Mutex<BTreeMap<u64, Known>>,
    condition: Mutex<Condition>,
    problems: Mutex<BTreeMap<String, String>>,
    pub(super) waiting_bytes: AtomicU64,
    syncs: AtomicU64,
    sync_nanos: AtomicU64,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Files {
    /// The files that are in the folder.
    pub(super) fn find(disk: Arc<dyn Disk>, options: LogOptions) -> Result<Self, StoreError> {
        let paths = disk.list(&options.folder).map_err(|source| StoreError::io("list", &options.folder, source))?;
        let ours = paths.iter().filter(|path| path.extension().is_some_and(|extension| extension == EXTENSION));
        let numbers = ours.filter_map(|path| number_of(path));
        let known = numbers.map(|number| (number, Known { length: None, is_damaged: false })).collect();
        Ok(Files {
            options,
            disk,
            known: Mutex::new(known),
            condition: Mutex::new(Condition::Failed(StoreError::Closed)),
            problems: Mutex::default(),
            waiting_bytes: AtomicU64::new(0),
            syncs: AtomicU64::new(0),
            sync_nanos: AtomicU64::new(0),
        })
    }

    pub(super) fn path(&self, number: u64) -> PathBuf {
        self.options.folder.join(format!("{number:010}.{EXTENSION}"))
    }

    /// The number of the last file, or 0.
    pub(super) fn last(&self) -> u64 {
        lock(&self.known).last_key_value().map_or(0, |(number, _)| *number)
    }

    /// Why no entries are taken, if so.
    pub(super) fn failure(&self) -> Option<StoreError> {
        match &*lock(&self.condition) {
            Condition::Taking => None,
            Condition::Failed(error) => Some(error.clone()),
        }
    }

    pub(super) fn set_condition(&self, condition: Condition) {
        *lock(&self.condition) = condition;
    }

    /// Notes that a file is durable up to a length.
    pub(super) fn extend(&self, number: u64, length: u64) {
        let mut known = lock(&self.known);
        known.entry(number).or_insert(Known { length: None, is_damaged: false }).length = Some(length);
    }

    /// How far a file is durable.
    pub(super) fn length(&self, number: u64) -> Option<u64> {
        lock(&self.known).get(&number).and_then(|known| known.length)
    }

    pub(super) fn count_sync(&self, nanos: u64) {
        self.syncs.fetch_add(1, Ordering::Relaxed);
        self.sync_nanos.fetch_add(nanos, Ordering::Relaxed);
    }

    /// Records what is wrong with `what`, once until it is resolved.
    pub(super) fn problem(&self, what: impl Into<String>, words: impl Into<String>) {
        let (what, words) = (what.into(), words.into());
        let mut problems = lock(&self.problems);
        if problems.get(&what) != Some(&words) {
            tracing::error!("{words}");
            problems.insert(what, words);
        }
    }

    pub(super) fn resolved(&self, what: &str) {
        lock(&self.problems).remove(what);
    }

    pub(super) fn replay(&self, on_entry: &mut OnEntry<'_>) -> Result<(), StoreError> {
        let known = lock(&self.known).clone();
        let last = self.last();
        for (number, known) in known {
            match known.length {
                Some(length) => self.replay_file(number, length, on_entry)?,
                None => self.replay_found(number, number == last, on_entry)?,
            }
        }
        Ok(())
    }

    /// Reads what is durable of a file that this process has written or read before.
    fn replay_file(&self, number: u64, length: u64, on_entry: &mut OnEntry<'_>) -> Result<(), StoreError> {
        let (path, contents) = self.read(number)?;
        let whole = contents.get(..length as usize).unwrap_or(&contents);
        frame::scan(&path, whole, MAGIC, |entry| on_entry(number, entry));
        Ok(())
    }

    /// Reads a file that was found. What is not whole at its end was never acknowledged, and is cut off the last one.
    fn replay_found(&self, number: u64, is_last: bool, on_entry: &mut OnEntry<'_>) -> Result<(), StoreError> {
        let (path, contents) = self.read(number)?;
        let scan = frame::scan(&path, &contents, MAGIC, |entry| on_entry(number, entry));
        for damage in &scan.damage {
            self.problem(damage.to_string(), damage.to_string());
        }
        if is_last {
            // What is there counts from now on, so it has to be durable, whoever has written it.
            let mut file = self.disk.reopen(&path, scan.good_length).map_err(|e| StoreError::io("cut", &path, e))?;
            file.sync().map_err(|source| StoreError::io("sync", &path, source))?;
        }
        let known = Known { length: Some(scan.good_length), is_damaged: !scan.damage.is_empty() };
        lock(&self.known).insert(number, known);
        Ok(())
    }

    fn read(&self, number: u64) -> Result<(PathBuf, Vec<u8>), StoreError> {
        let path = self.path(number);
        match self.disk.read(&path) {
            Ok(contents) => Ok((path, contents)),
            Err(source) => Err(StoreError::io("read", &path, source)),
        }
    }

    /// Gives up the files below a number, the oldest first: one that is needed to understand an older one outlives it.
    pub(super) fn give_up(&self, below: u64) {
        let old: Vec<_> = lock(&self.known).range(..below).map(|(number, known)| (*number, known.is_damaged)).collect();
        for (number, is_damaged) in old {
            let path = self.path(number);
            match self.give_up_file(&path, is_damaged) {
                Ok(()) => drop(lock(&self.known).remove(&number)),
                Err(source) => {
                    let error = StoreError::io("remove", &path, source).to_string();
                    return self.problem("give up", error);
                }
            }
        }
        self.resolved("give up");
    }

    fn give_up_file(&self, path: &Path, is_damaged: bool) -> std::io::Result<()> {
        let folder = &self.options.folder;
        match is_damaged {
            true => self.disk.rename(path, &folder.join("damaged").join(path.file_name().unwrap_or_default()))?,
            false => match self.disk.remove(path) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
                _ => {}
            },
        }
        self.disk.sync_folder(folder)
    }

    pub(super) fn figures(&self) -> LogFigures {
        let known = lock(&self.known);
        LogFigures {
            bytes: known.values().filter_map(|known| known.length).sum(),
            files: known.len() as u64,
            waiting_bytes: self.waiting_bytes.load(Ordering::Relaxed),
            syncs: self.syncs.load(Ordering::Relaxed),
            sync_nanos: self.sync_nanos.load(Ordering::Relaxed),
            problems: lock(&self.problems).values().cloned().collect(),
        }
    }
}
