//! A capture that keeps account of what it tells.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use nepho::Sink;
use nepho::sink::{Capture, Form, Payload, SendError};

/// A capture that remembers how many samples it took and said that it had not: they will come again.
#[derive(Clone)]
pub(crate) struct Watched {
    pub(crate) capture: Capture,
    untold: Arc<AtomicU64>,
}

impl Watched {
    pub(crate) fn new(capture: Capture) -> Self {
        Watched { capture, untold: Arc::default() }
    }

    /// What it took, each sample as often as it said so.
    pub(crate) fn told(&self) -> u64 {
        self.capture.samples() - self.untold.load(Ordering::Relaxed)
    }
}

impl Sink for Watched {
    fn name(&self) -> &str {
        "watched"
    }

    fn form(&self) -> Form {
        self.capture.form()
    }

    fn send(&mut self, payload: &Payload) -> Result<(), SendError> {
        let before = self.capture.samples();
        let sent = self.capture.send(payload);
        let taken = self.capture.samples() - before;
        let told = match &sent {
            Ok(()) => payload.samples(payload.len()),
            Err(error) => {
                let mut kept = payload.clone();
                kept.remove_each(&error.refused);
                kept.samples(error.delivered)
            }
        };
        self.untold.fetch_add(taken - told, Ordering::Relaxed);
        sent
    }
}
