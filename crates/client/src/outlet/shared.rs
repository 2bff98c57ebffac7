//! What both ends of an outlet see.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::account::{Cause, Fate, Ledger, Place};
use crate::breaker::Circuit;
use crate::outlet::queue::{Queue, Waiting};
use crate::sink::{Form, Payload};
use crate::warnings::Warnings;

#[derive(Debug)]
pub(super) struct Shared {
    pub(super) name: String,
    pub(super) form: Form,
    pub(super) ledger: Ledger,
    pub(super) warnings: Warnings,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug)]
struct State {
    queue: Queue,
    circuit: Circuit,
    is_spill_full: bool,
    is_hurried: bool,
    /// Until when the outlet may go on, once it is closed.
    closed: Option<Duration>,
    is_abandoned: bool,
    is_finished: bool,
    /// Whether something came since the outlet looked.
    is_news: bool,
}

/// What an outlet is to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Orders {
    /// Send; without waiting for the back-off when somebody is in a hurry.
    Send { is_hurried: bool },
    /// Send what is left, until this time.
    Close { until: Duration },
    /// Nothing any more.
    Abandoned,
}

impl Shared {
    pub(super) fn new(name: String, form: Form, bytes_max: usize, payloads_max: usize) -> Self {
        let state = State {
            queue: Queue::new(bytes_max, payloads_max),
            circuit: Circuit::CLOSED,
            is_spill_full: false,
            is_hurried: false,
            closed: None,
            is_abandoned: false,
            is_finished: false,
            is_news: false,
        };
        Shared {
            name,
            form,
            ledger: Ledger::default(),
            warnings: Warnings::default(),
            state: Mutex::new(state),
            changed: Condvar::new(),
        }
    }

    /// Puts a payload into the queue, and drops what that pushes out.
    pub(super) fn offer(&self, payload: Payload) {
        let (samples, bytes) = (payload.samples(payload.len()), payload.bytes());
        if payload.is_empty() {
            return;
        }
        let mut state = self.state();
        let (bytes_max, payloads_max) = (state.queue.bytes_max(), state.queue.payloads_max());
        if state.closed.is_some() {
            return self.refuse(state, Cause::Closed, samples, format_args!("it is closed"));
        }
        if bytes > bytes_max {
            let detail = format_args!("payload of {bytes} bytes exceeds the limit of {bytes_max}");
            return self.refuse(state, Cause::TooLarge, samples, detail);
        }
        self.ledger.accept(Place::Memory, samples);
        let cause = state.overflow();
        let mut is_over = false;
        state.queue.push(payload, |samples| {
            self.ledger.settle(Place::Memory, Fate::Dropped(cause), samples);
            is_over = true;
        });
        state.is_news = true;
        drop(state);
        self.changed.notify_all();
        if is_over {
            let detail = format_args!("the queue exceeds its limit of {bytes_max} bytes or {payloads_max} payloads");
            self.warnings.dropped(cause, &self.name, detail);
        }
    }

    fn refuse(&self, state: MutexGuard<'_, State>, cause: Cause, samples: u64, detail: std::fmt::Arguments<'_>) {
        self.ledger.drop_at_once(cause, samples);
        drop(state);
        self.warnings.dropped(cause, &self.name, detail);
    }

    pub(super) fn settle(&self, place: Place, fate: Fate, samples: u64) {
        if samples > 0 {
            self.ledger.settle(place, fate, samples);
        }
    }

    pub(super) fn has_waiting(&self) -> bool {
        self.state().queue.has_waiting()
    }

    pub(super) fn take_first(&self) -> Option<Waiting> {
        self.state().queue.take_first()
    }

    /// Puts back what is left of the payload that was taken out. After everything was given up, that is nothing.
    pub(super) fn put_back(&self, mut waiting: Waiting, is_first: bool) {
        let mut state = self.state();
        if state.is_abandoned {
            waiting.payload.remove_first(waiting.payload.len());
        }
        state.queue.put_back(waiting, is_first);
        drop(state);
        self.changed.notify_all();
    }

    /// Drops what waits.
    pub(super) fn drop_waiting(&self, cause: Cause) {
        let mut state = self.state();
        let is_any = state.queue.has_waiting();
        state.queue.clear();
        self.ledger.abandon(cause);
        drop(state);
        self.changed.notify_all();
        if is_any {
            self.warnings.dropped(cause, &self.name, format_args!("not everything could be sent before the stop"));
        }
    }

    pub(super) fn take_orders(&self) -> Orders {
        let mut state = self.state();
        let is_hurried = std::mem::take(&mut state.is_hurried);
        match state.closed {
            _ if state.is_abandoned => Orders::Abandoned,
            Some(until) => Orders::Close { until },
            None => Orders::Send { is_hurried },
        }
    }

    pub(super) fn show_circuit(&self, circuit: Circuit) {
        self.state().circuit = circuit;
    }

    pub(super) fn show_spill(&self, is_full: bool) {
        self.state().is_spill_full = is_full;
    }

    pub(super) fn circuit(&self) -> Circuit {
        self.state().circuit
    }

    /// How many bytes and payloads are in the queue.
    pub(super) fn load(&self) -> (usize, usize) {
        let state = self.state();
        (state.queue.bytes(), state.queue.len())
    }

    pub(super) fn hurry(&self) {
        self.change(|state| state.is_hurried = true);
    }

    pub(super) fn close(&self, until: Duration) {
        self.change(|state| state.closed = Some(state.closed.map_or(until, |earlier| earlier.min(until))));
    }

    pub(super) fn finish(&self) {
        self.change(|state| state.is_finished = true);
    }

    /// Closes it, and gives up everything in memory, also what is on its way.
    pub(super) fn abandon(&self) {
        self.change(|state| {
            state.is_abandoned = true;
            state.closed = Some(Duration::ZERO);
        });
        self.drop_waiting(Cause::Shutdown);
    }

    /// Waits for news, at most so long. News that came since the last wait count.
    pub(super) fn wait_for_news(&self, timeout: Option<Duration>) {
        self.wait(timeout, |state| std::mem::take(&mut state.is_news));
    }

    pub(super) fn wait_until_finished(&self, timeout: Duration) -> bool {
        self.wait(Some(timeout), |state| state.is_finished)
    }

    /// Waits until something is so, at most so long. Answers whether it is.
    fn wait(&self, timeout: Option<Duration>, mut is_so: impl FnMut(&mut State) -> bool) -> bool {
        let timeout = timeout.unwrap_or(Duration::MAX);
        let mut has_been = false;
        let is_waiting = |state: &mut State| {
            has_been = is_so(state);
            !has_been
        };
        drop(self.changed.wait_timeout_while(self.state(), timeout, is_waiting));
        has_been
    }

    fn change(&self, change: impl FnOnce(&mut State)) {
        let mut state = self.state();
        change(&mut state);
        state.is_news = true;
        drop(state);
        self.changed.notify_all();
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Why something is dropped that does not fit.
    fn overflow(&self) -> Cause {
        match self.circuit {
            _ if self.is_spill_full => Cause::SpillFull,
            Circuit::Open { .. } | Circuit::HalfOpen => Cause::BreakerOpen,
            Circuit::Closed { .. } => Cause::QueueFull,
        }
    }
}
