//! How callers and the worker hear of each other.

use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering::{AcqRel, Relaxed, SeqCst};
use std::sync::{Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread::Thread;
use std::time::{Duration, Instant};

use crate::clock;

/// Wishes of callers, and what became of them.
#[derive(Debug, Default)]
pub(crate) struct Signal {
    /// Whether the worker sleeps until somebody wakes it.
    is_asleep: AtomicBool,
    thread: OnceLock<Thread>,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default, Clone, Copy)]
struct State {
    /// The number of the latest wish for a flush.
    wished: u64,
    /// The latest wish that is done with.
    done: u64,
    /// How many callers wait for a wish.
    waiters: usize,
    /// Since when, and how long at most, the worker is to stop.
    stopping: Option<(Instant, Duration)>,
    /// Whether everything had left the process when the worker ended.
    stopped: Option<bool>,
}

impl Signal {
    /// Wakes the worker for a unit of work, if it sleeps. When it is missed by a hair, the worker comes all the same
    /// within [`NAP_MAX`](super::run::NAP_MAX).
    #[inline]
    pub(crate) fn something_came(&self) {
        if self.is_asleep.load(Relaxed) {
            self.wake();
        }
    }

    /// Wakes the worker, wherever it waits.
    #[cold]
    pub(crate) fn wake(&self) {
        if self.is_asleep.swap(false, AcqRel)
            && let Some(thread) = self.thread.get()
        {
            thread.unpark();
        }
    }

    /// As [`Signal::wake`], also when the worker is only about to sleep.
    pub(crate) fn wake_surely(&self) {
        self.is_asleep.store(false, SeqCst);
        if let Some(thread) = self.thread.get() {
            thread.unpark();
        }
    }

    pub(super) fn is_run_by(&self, thread: Thread) {
        let _ = self.thread.set(thread);
    }

    /// Sleeps. `can_be_woken` by a unit of work; by [`Signal::flush`] and [`Signal::stop`] in any case.
    pub(super) fn sleep(&self, time: Duration, can_be_woken: bool) {
        self.is_asleep.store(can_be_woken, SeqCst);
        std::thread::park_timeout(time);
        self.is_asleep.store(false, SeqCst);
    }

    /// Asks for everything to be sent, and waits no longer than `timeout`; whether everything has left the process.
    pub(crate) fn flush(&self, timeout: Duration) -> bool {
        if self.is_without_thread() {
            return false;
        }
        let mut state = self.state();
        state.wished += 1;
        state.waiters += 1;
        let wish = state.wished;
        drop(state);
        self.wake_surely();
        let state = self.wait(timeout, |state| state.stopped.is_some() || state.done >= wish);
        self.state().waiters -= 1;
        state.is_some_and(|state| state.done >= wish || state.stopped == Some(true))
    }

    /// Asks the worker to send everything and end, and waits no longer than `timeout`.
    pub(crate) fn stop(&self, timeout: Duration) -> bool {
        if self.is_without_thread() {
            return false;
        }
        self.state().stopping = Some((clock::steady(), timeout));
        self.wake_surely();
        let state = self.wait(timeout, |state| state.stopped.is_some());
        state.is_some_and(|state| state.stopped == Some(true))
    }

    /// Waits until the worker has ended, no longer than `timeout`; whether it has.
    pub(crate) fn wait_until_stopped(&self, timeout: Duration) -> bool {
        self.is_without_thread() || self.wait(timeout, |state| state.stopped.is_some()).is_some()
    }

    /// Whether a test moves the worker: then nobody would answer.
    fn is_without_thread(&self) -> bool {
        self.thread.get().is_none()
    }

    fn wait(&self, timeout: Duration, is_done: impl Fn(&State) -> bool) -> Option<State> {
        let until: Option<Instant> = clock::steady().checked_add(timeout);
        let mut state = self.state();
        while !is_done(&state) {
            let left = until.map_or(timeout, |until| until.saturating_duration_since(clock::steady()));
            if left.is_zero() {
                return None;
            }
            state = self.changed.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        Some(*state)
    }

    /// The latest wish for a flush.
    pub(super) fn wished(&self) -> u64 {
        self.state().wished
    }

    /// How long the worker may go on, when it is to stop.
    pub(super) fn stopping(&self) -> Option<Duration> {
        self.state().stopping.map(|(since, timeout)| timeout.saturating_sub(since.elapsed()))
    }

    /// Whether a wish is not done with.
    pub(super) fn is_waited_for(&self) -> bool {
        let state = self.state();
        state.waiters > 0 && state.wished > state.done
    }

    pub(super) fn flushed(&self, wish: u64) {
        let mut state = self.state();
        let is_news = state.done < wish;
        state.done = wish;
        drop(state);
        if is_news {
            self.changed.notify_all();
        }
    }

    pub(super) fn stopped(&self, is_drained: bool) {
        self.state().stopped = Some(is_drained);
        self.changed.notify_all();
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
