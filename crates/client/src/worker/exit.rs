//! A way out: one sink with what waits for it.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use super::own;
use crate::account::{Accounting, Cause};
use crate::breaker::Circuit;
use crate::core::{Core, Gate};
use crate::outlet::{Inlet, Next, Outlet, Settings, outlet};
use crate::sink::{DOCUMENT_BYTES_MAX, Form, Payload, Sink};

/// Each sink has a thread of its own, so that one that hangs or is slow holds up neither others nor the collection. In a test
/// that moves the worker itself, the worker sends.
pub(crate) struct Exit {
    inlet: Inlet,
    document_bytes_max: usize,
    here: Option<Outlet>,
    is_finished: bool,
}

impl Exit {
    pub(crate) fn new(sink: Box<dyn Sink>, settings: Settings) -> Self {
        // A sink that panics is dealt with when it is to send.
        let document_bytes_max = catch_unwind(AssertUnwindSafe(|| sink.document_bytes_max()));
        let document_bytes_max = document_bytes_max.unwrap_or(DOCUMENT_BYTES_MAX).min(DOCUMENT_BYTES_MAX);
        let (inlet, outlet) = outlet(sink, settings);
        Exit { document_bytes_max, inlet, here: Some(outlet), is_finished: false }
    }

    /// Gives the sink a thread of its own.
    ///
    /// # Errors
    /// The system has no thread to give; the sink stays with the worker.
    pub(super) fn send_off(&mut self, clock: impl Fn() -> Duration + Send + 'static) -> std::io::Result<()> {
        let Some(outlet) = self.here.take() else { return Ok(()) };
        // Where it is until the thread has it: a closure that cannot be spawned is lost with what it holds.
        let hand = Arc::new(Mutex::new(Some(outlet)));
        let taken = |hand: &Mutex<Option<Outlet>>| hand.lock().unwrap_or_else(PoisonError::into_inner).take();
        let theirs = Arc::clone(&hand);
        let thread = thread::Builder::new().name(format!("nepho {}", self.inlet.name()));
        let spawned = thread.spawn(move || {
            own::claim();
            if let Some(outlet) = taken(&theirs) {
                outlet.run(&clock);
            }
        });
        spawned.map(drop).inspect_err(|_| self.here = taken(&hand))
    }

    pub(super) fn name(&self) -> &str {
        self.inlet.name()
    }

    pub(crate) fn form(&self) -> Form {
        self.inlet.form()
    }

    pub(crate) fn document_bytes_max(&self) -> usize {
        self.document_bytes_max
    }

    pub(super) fn offer(&self, payload: Payload) {
        self.inlet.offer(payload);
    }

    /// Sends what is due, and says when it wants to be called again.
    pub(super) fn pump(&mut self, clock: &dyn Fn() -> Duration) -> Option<Duration> {
        match self.here.as_mut()?.pump_all(clock) {
            Next::At(time) => Some(time),
            Next::Finished => {
                self.is_finished = true;
                None
            }
            Next::Now | Next::Idle => None,
        }
    }

    /// Has a sink that failed tried again at once.
    pub(super) fn hurry(&self) {
        self.inlet.hurry();
    }

    /// Sends what is left, until `until`, and takes nothing more.
    pub(super) fn close(&self, until: Duration) {
        self.inlet.close(until);
    }

    /// Whether it has ended after [`Exit::close`].
    pub(super) fn is_finished(&self) -> bool {
        self.is_finished || (self.here.is_none() && self.inlet.wait_until_finished(Duration::ZERO))
    }

    /// Whether nothing is left in memory.
    pub(super) fn is_drained(&self) -> bool {
        self.inlet.load().1 == 0
    }

    pub(super) fn circuit(&self) -> Circuit {
        self.inlet.circuit()
    }

    pub(crate) fn account(&self) -> Account {
        Account(self.inlet.clone())
    }
}

impl std::fmt::Debug for Exit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Exit").field(&self.inlet.name()).finish()
    }
}

/// The account of one sink, to be read from any thread.
#[derive(Debug)]
pub(crate) struct Account(Inlet);

impl Account {
    pub(crate) fn name(&self) -> &str {
        self.0.name()
    }

    pub(crate) fn form(&self) -> Form {
        self.0.form()
    }

    /// The account of this moment, with what is on the way to the sink and what was dropped on it. To be called in the
    /// passage. `left`: samples that were on the way when the client was shut down.
    pub(crate) fn read(&self, core: &Core, left: u64) -> Accounting {
        let mut accounting = self.0.accounting();
        accounting.add(&core.front.accounting());
        if let Some(of_form) = core.dropped_for(self.form()) {
            accounting.add(&of_form.accounting());
        }
        let (waiting, lost) = (core.waiting(self.form()), core.lanes.lost());
        accounting.accepted += waiting + lost;
        accounting.drop_further(Cause::UnitsFull, lost);
        if core.is(Gate::Closed) {
            let left = left.min(waiting);
            accounting.drop_further(Cause::Shutdown, left);
            accounting.drop_further(Cause::Closed, waiting - left);
        } else {
            accounting.buffered += waiting;
        }
        accounting
    }

    /// Whether nothing had to be dropped because the client was shut down.
    pub(crate) fn is_complete(&self) -> bool {
        self.0.accounting().dropped(Cause::Shutdown) == 0
    }

    /// Gives up what waits for a sink that hangs.
    pub(crate) fn abandon(&self) {
        self.0.abandon();
    }
}
