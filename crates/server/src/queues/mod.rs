//! The queues of a running server: what `nepho-notify` decides, on disk before anybody hears of it.
//!
//! A request is decided on under one lock, and its events go to the log under the same lock; it is answered when they are
//! durable. Whatever a later answer follows from was written before it, so it is durable too. When something cannot be made durable,
//! what is in memory is thrown away and made again of what is.

mod compact;
mod publish;
#[cfg(test)]
mod tests;
mod wait;

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use nepho_model::Timestamp;
use nepho_notify::queue::{Draft, Event, Fault, QueueArn, Queues, Sent, Step, decode, encode};
use nepho_store::{Log, LogFigures, Receipt, StoreError};
use tokio::sync::watch;
use uuid::Uuid;

use compact::{Copying, Lengths};
pub(crate) use publish::Reports;
use wait::Waiting;

/// The most bytes of definitions in one entry of the log.
const HEAD_ENTRY_BYTES: usize = 1 << 20;

/// Why a queue did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub(crate) enum QueueError {
    /// What was asked cannot be.
    #[error(transparent)]
    Fault(#[from] Fault),
    /// The log could not do its part.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The queues, their log, and who waits for messages.
pub(crate) struct DurableQueues {
    held: Mutex<Held>,
    log: Arc<dyn Log>,
    bytes_max: usize,
    lengths: Lengths,
    /// How many receives wait.
    waits: AtomicUsize,
    closing: watch::Sender<bool>,
}

/// What the lock is for.
struct Held {
    queues: Queues,
    /// Whether nothing was decided on since they were made of what is durable.
    is_fresh: bool,
    waiting: HashMap<u64, Waiting>,
    copying: Copying,
}

/// Figures of all queues together.
#[derive(Debug, Clone)]
pub(crate) struct QueueFigures {
    pub(crate) queues: usize,
    pub(crate) messages: usize,
    pub(crate) bytes: usize,
    pub(crate) waits: usize,
    pub(crate) log: LogFigures,
}

impl DurableQueues {
    /// The queues that a log makes. Where it cannot be read, there are none, and every request tries again.
    pub(crate) fn open(log: Arc<dyn Log>, bytes_max: usize) -> Self {
        let held = Held {
            queues: Queues::new(bytes_max),
            is_fresh: false,
            waiting: HashMap::new(),
            copying: Copying::default(),
        };
        let queues = DurableQueues {
            held: Mutex::new(held),
            log,
            bytes_max,
            lengths: Lengths::default(),
            waits: AtomicUsize::new(0),
            closing: watch::Sender::new(false),
        };
        if let Err(error) = queues.recover() {
            tracing::error!("the queues could not be read: {error}");
        }
        queues
    }

    fn lock(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Does something to queues, and answers when it is durable, and what it follows from.
    pub(crate) async fn change<T>(
        self: &Arc<Self>,
        now: Timestamp,
        decide: impl FnOnce(&mut Queues) -> Result<Step<T>, Fault>,
    ) -> Result<T, QueueError> {
        self.ensure_taking().await?;
        let (value, receipt) = {
            let mut held = self.lock();
            self.prepare(&mut held, now)?;
            let step = decide(&mut held.queues)?;
            let receipt = self.write(&mut held, &step.events, now);
            (step.value, receipt)
        };
        receipt.await?;
        Ok(value)
    }

    /// Looks at queues, which may be about to become durable.
    pub(crate) async fn look<T>(self: &Arc<Self>, look: impl FnOnce(&mut Queues) -> T) -> Result<T, QueueError> {
        if self.log.has_failed() {
            self.recover_elsewhere().await.or_else(|error| if self.lock().is_fresh { Ok(()) } else { Err(error) })?;
        }
        Ok(look(&mut self.lock().queues))
    }

    /// Sends a message to a queue. It is durable when this returns.
    ///
    /// Whether the sender may is not asked here: see [`nepho_notify::queue::Queue::allows`].
    pub(crate) async fn send(
        self: &Arc<Self>,
        target: &QueueArn,
        draft: Draft,
        now: Timestamp,
    ) -> Result<Sent, QueueError> {
        self.change(now, |queues| {
            let id = queues.find_by_arn(target)?.id;
            queues.send(id, draft, now)
        })
        .await
    }

    /// A message that was handed over will not be again.
    pub(crate) fn settle_handover(&self, target: &QueueArn, message: Uuid) {
        let queues = &mut self.lock().queues;
        if let Ok(id) = queues.find_by_arn(target).map(|queue| queue.id) {
            queues.settle_handover(id, message);
        }
    }

    /// Makes sure that events can be written, and begins a new file when the last is full.
    fn prepare(&self, held: &mut Held, now: Timestamp) -> Result<(), StoreError> {
        self.log.check()?;
        if self.log.is_full() {
            let file = self.log.begin_file();
            self.write_head(held, file);
            self.give_up(held, now);
            self.consider_copying(held, now);
        }
        Ok(())
    }

    /// Writes events that have been applied. Even without events there is an entry: what was found may not be durable yet.
    fn write(&self, held: &mut Held, events: &[Event], now: Timestamp) -> Receipt {
        held.is_fresh = false;
        let (_, receipt) = self.log.append(&encode(events));
        held.wake(events, now);
        self.copy_some(held, now);
        receipt
    }

    /// Writes what a new file begins with: everything but the messages.
    fn write_head(&self, held: &mut Held, file: u64) {
        held.queues.set_file(file);
        let mut entry = Vec::new();
        for event in held.queues.head() {
            entry.extend(encode(&[event]));
            if entry.len() >= HEAD_ENTRY_BYTES {
                self.log.append(&std::mem::take(&mut entry));
            }
        }
        if !entry.is_empty() {
            self.log.append(&entry);
        }
    }

    async fn ensure_taking(self: &Arc<Self>) -> Result<(), StoreError> {
        if self.log.has_failed() { self.recover_elsewhere().await } else { Ok(()) }
    }

    async fn recover_elsewhere(self: &Arc<Self>) -> Result<(), StoreError> {
        let queues = self.clone();
        match tokio::task::spawn_blocking(move || queues.recover()).await {
            Ok(done) => done,
            Err(error) => std::panic::resume_unwind(error.into_panic()),
        }
    }

    /// Makes the queues again of what is durable, and takes requests again if the disk does. May block.
    fn recover(&self) -> Result<(), StoreError> {
        let mut held = self.lock();
        if !self.log.has_failed() {
            return Ok(());
        }
        if !held.is_fresh {
            let mut queues = Queues::new(self.bytes_max);
            self.log.replay(&mut |file, entry| {
                queues.set_file(file);
                decode(entry)?.iter().try_for_each(|event| queues.apply(event))
            })?;
            queues.go_on_counting(&held.queues);
            held.queues = queues;
            held.is_fresh = true;
            held.copying = Copying::default();
            held.waiting.values().for_each(Waiting::wake_all);
        }
        let file = self.log.resume()?;
        self.write_head(&mut held, file);
        Ok(())
    }

    pub(crate) fn figures(&self) -> QueueFigures {
        let mut log = self.log.figures();
        if let Err(error) = self.log.check()
            && log.problems.is_empty()
        {
            log.problems.push(format!("queues take nothing: {error}"));
        }
        let waits = self.waits.load(Ordering::Relaxed);
        let Held { queues, .. } = &*self.lock();
        QueueFigures { queues: queues.len(), messages: queues.messages(), bytes: queues.bytes(), waits, log }
    }

    /// Ends all waits for messages.
    pub(crate) fn end_waits(&self) {
        self.closing.send_replace(true);
    }

    /// Waits until all is durable, and takes nothing any more. May block.
    pub(crate) fn close(&self) {
        self.log.close();
    }
}
