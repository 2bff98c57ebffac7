//! Anomaly detectors: what there are, their models, and the training of both.
//!
//! A detector is a record; so is each of its models, one for each period (and unit) that somebody has asked it for. What
//! falls due is remembered here by key. A band that is asked for without a detector has a model too, which is trained
//! on the spot and kept in memory for a while.

mod cache;
pub(crate) mod detector;
mod kept;
mod lookup;
mod training;
mod zone;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use nepho_model::Timestamp;
use nepho_store::{Records, StoreError};
use tokio::sync::Notify;

use cache::Cache;
use detector::{DETECTORS, Detector};

pub(crate) use kept::{NotKept, ensure, kept_model};
pub(crate) use lookup::model;
pub(crate) use training::{train_due, train_in_background};
pub(crate) use zone::zone;

/// How many records are read at a time.
const PAGE: usize = 500;

/// What is known of all detectors without reading their records.
pub(crate) struct Detectors {
    /// When each falls due to be trained, by the key of its record.
    due: Mutex<BTreeMap<String, Timestamp>>,
    models: Mutex<Cache>,
    /// Held by a request that trains a model on the spot: one at a time does.
    training: Mutex<()>,
    /// That of the next detector that is put.
    revision: AtomicU64,
    /// Told that something has fallen due.
    woken: Notify,
}

impl Detectors {
    /// Reads which detectors there are.
    ///
    /// # Errors
    /// What the store said.
    pub(crate) fn load(records: &dyn Records) -> Result<Self, StoreError> {
        let (mut due, mut revision) = (BTreeMap::new(), 0);
        let mut after: Option<String> = None;
        loop {
            let page = records.scan(DETECTORS, "", after.as_deref(), PAGE)?;
            let Some(last) = page.last() else { break };
            after = Some(last.key.clone());
            // One that is damaged is found out about when it is described, or when its turn to be trained comes.
            for record in &page {
                let detector = Detector::from_bytes(&record.value).ok();
                revision = detector.as_ref().map_or(0, |detector| detector.revision + 1).max(revision);
                due.insert(record.key.clone(), detector.map_or_else(Timestamp::default, |detector| detector.due()));
            }
        }
        Ok(Detectors {
            due: Mutex::new(due),
            models: Mutex::default(),
            training: Mutex::default(),
            revision: AtomicU64::new(revision),
            woken: Notify::new(),
        })
    }

    /// A number that no detector has had, since the oldest that is there.
    pub(crate) fn next_revision(&self) -> u64 {
        self.revision.fetch_add(1, Ordering::Relaxed)
    }

    /// Remembers when a detector is to be trained, and forgets the models that it may have had.
    pub(crate) fn expect(&self, key: &str, due: Timestamp) {
        lock(&self.due).insert(key.to_owned(), due);
        lock(&self.models).forget(key);
    }

    /// Forgets a detector.
    pub(crate) fn forget(&self, key: &str) {
        lock(&self.due).remove(key);
        lock(&self.models).forget(key);
    }

    /// Whether a detector is to be trained by now.
    pub(crate) fn has_due(&self, now: Timestamp) -> bool {
        lock(&self.due).values().any(|due| *due <= now)
    }

    /// Has what is due trained in the background.
    pub(crate) fn wake(&self) {
        self.woken.notify_one();
    }

    /// The keys of the detectors that are to be trained by now, those that have waited longest first.
    fn due(&self, now: Timestamp) -> Vec<String> {
        let due = lock(&self.due);
        let mut due: Vec<_> = due.iter().filter(|(_, due)| **due <= now).map(|(key, due)| (*due, key)).collect();
        due.sort_unstable();
        due.into_iter().map(|(_, key)| key.clone()).collect()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
