//! The embedded store: a journal that makes writes durable, a head in memory, segments on disk.
//!
//! A batch goes from the caller to the journal thread (which groups batches and syncs), from there to the apply
//! thread (which puts it into the head and acknowledges it); when a journal is full, its head is frozen and the flush
//! thread turns it into a segment. Readers take a view of heads and sections and hold nobody up.
//! `docs/format/store.md` describes what is on disk.

mod activity;
mod append;
mod apply;
mod entry;
mod flush;
mod found;
mod frame;
mod head;
mod index;
mod journal;
mod log;
mod maintain;
mod manifest;
mod open;
mod options;
mod read;
mod records;
mod runs;
mod segment;
mod state;
#[cfg(test)]
mod tests;

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

pub use log::{EmbeddedLog, LogOptions};
use nepho_model::{Batch, Numbers, Read, Scope, Timestamp, UnitSeries};
pub use options::Options;
pub use records::EmbeddedRecords;

use crate::disk::{Disk, SystemDisk};
use crate::error::StoreError;
use crate::receipt::Receipt;
use crate::samples::{Figures, Filter, Listed, OnRun, Page, Samples};
use crate::search::{Found, SearchRequest};
use crate::tier::SETTLE_SECONDS;
use flush::FlushCommand;
use journal::JournalCommand;
use state::State;

/// Metrics in a folder.
pub struct EmbeddedSamples {
    state: Arc<State>,
    /// `None` once closed.
    threads: Mutex<Option<Threads>>,
    /// The hour up to which everything was sent to segments.
    flushed_hour: AtomicI64,
    /// Held as long as the folder is in use.
    _lock: std::fs::File,
}

struct Threads {
    journal: Sender<JournalCommand>,
    flush: Sender<FlushCommand>,
    handles: Vec<JoinHandle<()>>,
}

impl EmbeddedSamples {
    /// Opens the store in a folder, and makes a new one where there is none.
    ///
    /// # Errors
    /// The folder is in use, cannot be written, or its manifest is damaged. Damage to other files does not keep the
    /// store from opening; it is told in [`Figures::problems`].
    pub fn open(options: Options) -> Result<Self, StoreError> {
        Self::open_on(Arc::new(SystemDisk), options)
    }

    fn open_on(disk: Arc<dyn Disk>, options: Options) -> Result<Self, StoreError> {
        open::open(disk, options)
    }

    /// Asks a thread for something and waits until it is done.
    fn ask<C>(
        &self,
        sender: impl FnOnce(&Threads) -> Sender<C>,
        command: impl FnOnce(Sender<Result<(), StoreError>>) -> C,
    ) -> Result<(), StoreError> {
        let sender = self.lock_threads().as_ref().map(sender).ok_or(StoreError::Closed)?;
        let (done, outcome) = channel();
        sender.send(command(done)).map_err(|_| StoreError::Closed)?;
        outcome.recv().map_err(|_| StoreError::Closed)?
    }

    /// Brings everything in the head to a segment.
    fn flush(&self) -> Result<(), StoreError> {
        self.ask(|threads| threads.journal.clone(), |done| JournalCommand::Rotate { done })
    }

    /// Ends the threads after what they were asked already.
    fn stop(&self) {
        let Some(Threads { journal, flush, handles }) = self.lock_threads().take() else { return };
        drop((journal, flush));
        for handle in handles {
            if handle.join().is_err() {
                tracing::error!("a thread of the store panicked");
            }
        }
    }

    fn lock_threads(&self) -> std::sync::MutexGuard<'_, Option<Threads>> {
        self.threads.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Samples for EmbeddedSamples {
    fn append(&self, scope: &Scope, batch: &Batch, now: Timestamp) -> Receipt {
        let prepared = append::prepare(&self.state, scope, batch, now);
        let (write, receipt) = match prepared {
            Ok(Some(prepared)) => prepared,
            Ok(None) => return Receipt::settled(Ok(())),
            Err(error) => return Receipt::settled(Err(error)),
        };
        let footprint = write.footprint();
        let sent = self.lock_threads().as_ref().map(|threads| threads.journal.send(JournalCommand::Write(write)));
        if !matches!(sent, Some(Ok(()))) {
            self.state.counts.waiting_bytes.fetch_sub(footprint, Ordering::Relaxed);
        }
        receipt
    }

    fn read(&self, scope: &Scope, reads: &[Read]) -> Vec<Result<Vec<UnitSeries>, StoreError>> {
        read::read(&self.state, scope, reads)
    }

    fn each_run(
        &self,
        scope: &Scope,
        reads: &[Read],
        numbers: Numbers,
        sinks: &mut [&mut OnRun<'_>],
    ) -> Vec<Result<(), StoreError>> {
        runs::each_run(&self.state, scope, reads, numbers, sinks)
    }

    fn list(&self, scope: &Scope, filter: &Filter, page: &Page) -> Result<Listed, StoreError> {
        self.state.index().list(scope, filter, page)
    }

    fn search(&self, scope: &Scope, request: &SearchRequest, limit: usize) -> Result<Found, StoreError> {
        index::search(self.state.index_lock(), scope, request, limit)
    }

    fn maintain(&self, now: Timestamp) -> Result<(), StoreError> {
        let hour = (now.seconds() - SETTLE_SECONDS).div_euclid(3600);
        if self.flushed_hour.load(Ordering::Relaxed) != hour {
            self.flush()?;
            self.flushed_hour.store(hour, Ordering::Relaxed);
        }
        self.ask(|threads| threads.flush.clone(), |done| FlushCommand::Maintain { now, done })
    }

    fn figures(&self) -> Figures {
        let (counts, view) = (&self.state.counts, self.state.view());
        let mut segments: Vec<_> = view.sections.iter().map(|section| &section.segment).collect();
        segments.sort_by_key(|segment| segment.number);
        segments.dedup_by_key(|segment| segment.number);
        Figures {
            metrics: self.state.index().live() as u64,
            head_cells: view.heads.iter().map(|head| state::read_head(head).cells() as u64).sum(),
            chunks: view.sections.iter().map(|section| section.entry.chunks).sum(),
            journal_bytes: counts.journal_bytes.load(Ordering::Relaxed),
            segment_bytes: segments.iter().map(|segment| segment.bytes).sum(),
            waiting_bytes: counts.waiting_bytes.load(Ordering::Relaxed) as u64,
            syncs: counts.syncs.load(Ordering::Relaxed),
            sync_nanos: counts.sync_nanos.load(Ordering::Relaxed),
            expired_samples: counts.expired_samples.load(Ordering::Relaxed),
            problems: self.state.problems(),
        }
    }

    fn close(&self) -> Result<(), StoreError> {
        let flushed = self.flush();
        self.stop();
        flushed
    }
}

impl Drop for EmbeddedSamples {
    /// Stops the threads. What is in the head stays in the journal, which the next start reads.
    fn drop(&mut self) {
        self.stop();
    }
}
