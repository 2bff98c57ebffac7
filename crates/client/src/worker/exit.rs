//! A way out: one sink with what waits for it.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use crate::account::{Accounting, Cause, Fate, Ledger, Place};
use crate::breaker::Circuit;
use crate::core::{Core, Gate};
use crate::sink::{Form, Payload, Sink};

pub(crate) struct Exit {
    sink: Box<dyn Sink>,
    pending: VecDeque<Payload>,
    pub(crate) ledger: Arc<Ledger>,
}

impl std::fmt::Debug for Exit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Exit")
    }
}

impl Exit {
    pub(crate) fn new(sink: Box<dyn Sink>) -> Self {
        Exit { sink, pending: VecDeque::new(), ledger: Arc::default() }
    }
    pub(crate) fn name(&self) -> &str {
        self.sink.name()
    }
    pub(crate) fn form(&self) -> Form {
        self.sink.form()
    }
    pub(crate) fn offer(&mut self, payload: Payload) {
        self.ledger.accept(Place::Memory, payload.samples(payload.len()));
        self.pending.push_back(payload);
    }
    pub(crate) fn pump(&mut self, now: Duration, _hurry: bool) -> Option<Duration> {
        while let Some(payload) = self.pending.pop_front() {
            let samples = payload.samples(payload.len());
            match self.sink.send(&payload) {
                Ok(()) => self.ledger.settle(Place::Memory, Fate::Delivered, samples),
                Err(_) => {
                    self.pending.push_front(payload);
                    return Some(now + Duration::from_secs(1));
                }
            }
        }
        None
    }
    pub(crate) fn is_drained(&self) -> bool {
        self.pending.is_empty()
    }
    pub(crate) fn circuit(&self, _: Duration) -> Circuit {
        Circuit::CLOSED
    }
    pub(crate) fn abandon(&mut self) {
        self.ledger.abandon(Cause::Shutdown);
    }
    pub(crate) fn account(&self) -> Account {
        Account { name: self.sink.name().to_owned(), form: self.form(), ledger: Arc::clone(&self.ledger) }
    }
}

/// The account of one sink, to be read from any thread.
#[derive(Debug)]
pub(crate) struct Account {
    name: String,
    form: Form,
    ledger: Arc<Ledger>,
}

impl Account {
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// The account of this moment, with what is on the way to the sink and what was dropped on it. To be called in the
    /// passage. `left`: samples that were on the way when the client was shut down.
    pub(crate) fn read(&self, core: &Core, left: u64) -> Accounting {
        let mut accounting = self.ledger.accounting();
        accounting.add(&core.front.accounting());
        let waiting = core.waiting(self.form);
        accounting.accepted += waiting;
        if core.is(Gate::Closed) {
            accounting.drop_further(Cause::Shutdown, left.min(waiting));
            accounting.drop_further(Cause::Closed, waiting - left.min(waiting));
        } else {
            accounting.buffered += waiting;
        }
        accounting
    }

    pub(crate) fn abandon(&self, cause: Cause) {
        self.ledger.abandon(cause);
    }
}
