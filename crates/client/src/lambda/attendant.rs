//! The thread that flushes: when an invocation is over, and when its time runs out.

use std::pin::Pin;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use nepho_model::Timestamp;
use tokio::sync::oneshot;

use super::Layer;
use super::invocation::Invocation;
use crate::clock::{Clock, steady};
use crate::metrics::Metrics;

/// What part of a short invocation is left for its last flush, instead of [`Layer::DEADLINE_MARGIN`].
const SHORT_MARGIN: u32 = 4;

/// Flushes on a thread of its own, so that neither a sink that hangs stops a runtime, nor a handler that blocks its
/// thread stops a flush.
#[derive(Debug)]
pub(super) struct Attendant {
    metrics: Metrics,
    /// None when there can be no thread.
    tasks: Option<Sender<Task>>,
}

/// When Lambda kills an invocation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Deadline(Instant);

#[derive(Debug)]
enum Task {
    /// Emit and flush what the invocation has when the margin begins.
    Watch { invocation: Invocation, deadline: Deadline, margin_at: Instant },
    /// The invocation is over: flush, say so, and watch it no longer.
    Flush { invocation: Invocation, time: Duration, done: oneshot::Sender<()> },
}

impl Attendant {
    pub(super) fn new(metrics: &Metrics) -> Self {
        let (tasks, received) = channel();
        let of_thread = metrics.clone();
        let thread = std::thread::Builder::new().name("nepho-lambda".to_owned());
        let spawned = thread.spawn(move || attend(&of_thread, &received));
        if let Err(error) = &spawned {
            tracing::warn!("no thread to flush metrics: {error}; handlers wait for their flush themselves");
        }
        Attendant { metrics: metrics.clone(), tasks: spawned.ok().map(|_| tasks) }
    }

    /// Sees to it that an invocation that lasts too long leaves its metrics. The deadline is in milliseconds since 1970.
    pub(super) fn watch(&self, invocation: &Invocation, deadline: u64) -> Deadline {
        let deadline = Timestamp::from_millis(i64::try_from(deadline).unwrap_or(i64::MAX));
        let left = deadline.millis().saturating_sub(Clock::System.now().millis());
        let left = Duration::from_millis(u64::try_from(left).unwrap_or_default());
        let now = steady();
        let margin = Layer::DEADLINE_MARGIN.min(left / SHORT_MARGIN);
        // Further away than the clock can count is never.
        let deadline = now.checked_add(left).unwrap_or(now + Layer::FLUSH_TIME);
        if let Some(tasks) = &self.tasks
            && let Some(margin_at) = now.checked_add(left - margin)
        {
            let watch = Task::Watch { invocation: invocation.clone(), deadline: Deadline(deadline), margin_at };
            // Without its thread there is nobody to watch; a flush will say so.
            let _ = tasks.send(watch);
        }
        Deadline(deadline)
    }

    /// Begins to flush what an invocation that is over left behind.
    pub(super) fn flush(&self, invocation: &Invocation, deadline: Deadline, time_max: Duration) -> Flushing {
        let time = deadline.0.saturating_duration_since(steady()).min(time_max);
        let (done, flushed) = oneshot::channel();
        let task = Task::Flush { invocation: invocation.clone(), time, done };
        let is_taken = self.tasks.as_ref().is_some_and(|tasks| tasks.send(task).is_ok());
        if !is_taken {
            self.metrics.flush_and_wait(time);
        }
        Flushing(flushed)
    }
}

/// A flush on its way.
#[derive(Debug)]
pub(super) struct Flushing(oneshot::Receiver<()>);

impl Flushing {
    /// Ready when it is done, given up, or was done at once.
    pub(super) fn poll(&mut self, context: &mut Context<'_>) -> Poll<()> {
        Pin::new(&mut self.0).poll(context).map(drop)
    }
}

fn attend(metrics: &Metrics, tasks: &Receiver<Task>) {
    let mut watched: Vec<(Instant, Deadline, Invocation)> = Vec::new();
    loop {
        let next = watched.iter().map(|(margin_at, ..)| *margin_at).min();
        let task = match next {
            None => tasks.recv().map_err(|_| RecvTimeoutError::Disconnected),
            Some(next) => tasks.recv_timeout(next.saturating_duration_since(steady())),
        };
        match task {
            Ok(Task::Watch { invocation, deadline, margin_at }) => watched.push((margin_at, deadline, invocation)),
            Ok(Task::Flush { invocation, time, done }) => {
                watched.retain(|(.., watched)| *watched != invocation);
                metrics.flush_and_wait(time);
                // Whoever waited may have been cancelled.
                let _ = done.send(());
            }
            Err(RecvTimeoutError::Timeout) => {
                let now = steady();
                let (due, later) = watched.into_iter().partition(|(margin_at, ..)| *margin_at <= now);
                watched = later;
                leave(metrics, due);
            }
            Err(RecvTimeoutError::Disconnected) => return,
        }
    }
}

/// Emits and flushes what invocations have whose time is nearly over.
fn leave(metrics: &Metrics, due: Vec<(Instant, Deadline, Invocation)>) {
    for (_, deadline, invocation) in due {
        invocation.end();
        metrics.flush_and_wait(deadline.0.saturating_duration_since(steady()));
    }
}
