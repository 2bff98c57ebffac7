//! The loop of the thread that an outlet lives on.

use std::sync::Arc;
use std::time::Duration;

use crate::outlet::shared::Shared;
use crate::outlet::{Next, Outlet};

impl Outlet {
    /// Pumps as long as there is something to send at once. Answers when to come again.
    pub(crate) fn pump_all(&mut self, clock: &dyn Fn() -> Duration) -> Next {
        loop {
            match self.pump(clock) {
                Next::Now => {}
                next => return next,
            }
        }
    }

    /// Sends until the outlet is closed and empty. `clock` is what the times of [`Inlet::close`](crate::outlet::Inlet::close)
    /// are of.
    pub(crate) fn run(mut self, clock: &dyn Fn() -> Duration) {
        let _finish = Finish(self.shared.clone());
        loop {
            match self.pump_all(clock) {
                Next::Now => {}
                Next::At(time) => self.shared.wait_for_news(Some(time.saturating_sub(clock()))),
                Next::Idle => self.shared.wait_for_news(None),
                Next::Finished => return,
            }
        }
    }
}

/// Tells who waits that the loop is over, however it ended.
struct Finish(Arc<Shared>);

impl Drop for Finish {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.abandon();
        }
        self.0.finish();
    }
}
