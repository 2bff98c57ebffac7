//! What the store's threads and its callers share.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use crate::disk::Disk;
use crate::embedded::head::Head;
use crate::embedded::index::Index;
use crate::embedded::options::Options;
use crate::embedded::segment::Section;
use crate::error::StoreError;

/// What the threads and the callers share.
pub(crate) struct State {
    pub(crate) options: Options,
    pub(crate) disk: Arc<dyn Disk>,
    index: RwLock<Index>,
    view: RwLock<Arc<View>>,
    problems: Mutex<BTreeMap<String, String>>,
    pub(crate) counts: Counts,
}

/// Where all samples are at one moment. Whoever holds a view can read it at leisure.
#[derive(Default)]
pub(crate) struct View {
    /// Heads, the one that takes samples last.
    pub(crate) heads: Vec<Arc<RwLock<Head>>>,
    /// Live sections.
    pub(crate) sections: Vec<Arc<Section>>,
    /// Live sections of segments that cannot be read.
    pub(crate) unreadable: Vec<Unreadable>,
}

/// A stretch of time whose cells are not all known: a read of it is refused.
#[derive(Debug, Clone)]
pub(crate) struct Unreadable {
    /// In seconds since the epoch.
    pub(crate) start: i64,
    pub(crate) end: i64,
    /// Which file cannot be read, and why.
    pub(crate) error: StoreError,
}

/// Running figures.
#[derive(Default)]
pub(crate) struct Counts {
    /// Bytes handed to the journal that are not yet readable.
    pub(crate) waiting_bytes: AtomicUsize,
    /// Memory of the head that takes samples.
    pub(crate) head_bytes: AtomicUsize,
    /// Memory of heads that wait for a segment.
    pub(crate) frozen_bytes: AtomicUsize,
    pub(crate) journal_bytes: AtomicU64,
    pub(crate) syncs: AtomicU64,
    pub(crate) sync_nanos: AtomicU64,
    pub(crate) expired_samples: AtomicU64,
}

impl State {
    pub(crate) fn new(options: Options, disk: Arc<dyn Disk>, index: Index, view: View) -> Self {
        State {
            options,
            disk,
            index: RwLock::new(index),
            view: RwLock::new(Arc::new(view)),
            problems: Mutex::default(),
            counts: Counts::default(),
        }
    }

    pub(crate) fn index(&self) -> RwLockReadGuard<'_, Index> {
        self.index.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// The index for who takes its lock again and again.
    pub(crate) fn index_lock(&self) -> &RwLock<Index> {
        &self.index
    }

    pub(crate) fn index_mut(&self) -> RwLockWriteGuard<'_, Index> {
        self.index.write().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn view(&self) -> Arc<View> {
        self.view.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Replaces the view by what `change` makes of it, in one step for readers.
    pub(crate) fn change_view(&self, change: impl FnOnce(&View) -> View) {
        let mut view = self.view.write().unwrap_or_else(PoisonError::into_inner);
        *view = Arc::new(change(&view));
    }

    /// Records what is wrong with `what`, once until it is resolved.
    pub(crate) fn problem(&self, what: impl Into<String>, words: impl Into<String>) {
        let (what, words) = (what.into(), words.into());
        let mut problems = self.problems.lock().unwrap_or_else(PoisonError::into_inner);
        if problems.get(&what) != Some(&words) {
            tracing::error!("{words}");
            problems.insert(what, words);
        }
    }

    /// Takes back what was wrong with `what`.
    pub(crate) fn resolved(&self, what: &str) {
        self.problems.lock().unwrap_or_else(PoisonError::into_inner).remove(what);
    }

    pub(crate) fn problems(&self) -> Vec<String> {
        self.problems.lock().unwrap_or_else(PoisonError::into_inner).values().cloned().collect()
    }

    /// Bytes of cells that are in no segment.
    pub(crate) fn unflushed_bytes(&self) -> usize {
        self.counts.head_bytes.load(Ordering::Relaxed) + self.counts.frozen_bytes.load(Ordering::Relaxed)
    }

    pub(crate) fn journal_path(&self, number: u64) -> PathBuf {
        self.numbered("journal", number)
    }

    pub(crate) fn segment_path(&self, number: u64) -> PathBuf {
        self.folder("segments").join(format!("{number:010}.segment"))
    }

    pub(crate) fn metrics_path(&self, number: u64) -> PathBuf {
        self.numbered("metrics", number)
    }

    pub(crate) fn folder(&self, name: &str) -> PathBuf {
        self.options.folder.join(name)
    }

    fn numbered(&self, kind: &str, number: u64) -> PathBuf {
        self.folder(kind).join(format!("{number:010}.{kind}"))
    }
}

pub(crate) fn read_head(head: &RwLock<Head>) -> RwLockReadGuard<'_, Head> {
    head.read().unwrap_or_else(PoisonError::into_inner)
}

pub(crate) fn write_head(head: &RwLock<Head>) -> RwLockWriteGuard<'_, Head> {
    head.write().unwrap_or_else(PoisonError::into_inner)
}
