//! The worker's end of an outlet.

use std::sync::Arc;
use std::time::Duration;

use crate::account::Accounting;
use crate::breaker::Circuit;
use crate::outlet::shared::Shared;
use crate::sink::{Form, Payload};

/// The end of an outlet that payloads are put into. Nothing here waits for the sink, but what says so.
#[derive(Debug, Clone)]
pub(crate) struct Inlet {
    shared: Arc<Shared>,
}

impl Inlet {
    pub(super) fn new(shared: Arc<Shared>) -> Self {
        Inlet { shared }
    }

    /// The sink's name.
    pub(crate) fn name(&self) -> &str {
        &self.shared.name
    }

    /// What the sink takes.
    pub(crate) fn form(&self) -> Form {
        self.shared.form
    }

    /// Puts a payload in. When there is no room the oldest is dropped.
    pub(crate) fn offer(&self, payload: Payload) {
        self.shared.offer(payload);
    }

    /// Has the sink tried again at once, without waiting for the back-off. The breaker is respected.
    pub(crate) fn hurry(&self) {
        self.shared.hurry();
    }

    /// Takes nothing any more, and has what is left sent until the time `until` of the outlet's clock. After that, or when
    /// the sink fails with its breaker open, what is left is spilled or dropped.
    pub(crate) fn close(&self, until: Duration) {
        self.shared.close(until);
    }

    /// Waits until the outlet has finished after it was closed. Answers whether it has.
    pub(crate) fn wait_until_finished(&self, timeout: Duration) -> bool {
        self.shared.wait_until_finished(timeout)
    }

    /// Gives up on a sink that hangs: what is in memory counts as dropped at shutdown, and is not counted again should the
    /// sink come back. The outlet ends when it does.
    pub(crate) fn abandon(&self) {
        self.shared.abandon();
    }

    /// The account of this sink.
    pub(crate) fn accounting(&self) -> Accounting {
        self.shared.ledger.accounting()
    }

    /// The state of the breaker.
    pub(crate) fn circuit(&self) -> Circuit {
        self.shared.circuit()
    }

    /// How many bytes and how many payloads are in the queue, with what is on its way.
    pub(crate) fn load(&self) -> (usize, usize) {
        self.shared.load()
    }
}
