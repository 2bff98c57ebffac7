//! A client without a thread, moved by a test.

use std::time::Duration;

use crate::worker::{Pump, Round};

/// The worker of a client that was built by [`build_stepped`](crate::Builder::build_stepped): it runs when it is told,
/// at a time that it is told.
#[derive(Debug)]
pub struct Steps {
    pump: Pump,
    elapsed: Duration,
}

impl Steps {
    pub(crate) fn new(pump: Pump) -> Self {
        Steps { pump, elapsed: Duration::ZERO }
    }

    /// Lets `by` pass for intervals, breakers and back-off, and does what is due then. The client's clock, which gives
    /// samples their time, is moved by whoever made it.
    pub fn run(&mut self, by: Duration) -> bool {
        self.elapsed += by;
        self.round(false)
    }

    /// Sends everything; whether nothing is left.
    pub fn flush(&mut self) -> bool {
        self.round(true)
    }

    fn round(&mut self, hurry: bool) -> bool {
        let Round { is_drained, is_all, .. } = self.pump.round(&|| self.elapsed, hurry);
        is_drained && is_all
    }
}
