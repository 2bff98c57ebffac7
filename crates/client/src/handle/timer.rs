//! Timers.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::Handle;
use crate::clock;
use crate::core::Core;
use crate::port::milliseconds;
use crate::series::Named;

/// Records how long things take, in milliseconds.
#[derive(Debug, Clone)]
pub struct Timer(Handle);

impl Timer {
    pub(crate) fn new(core: &Arc<Core>, named: &Named<'_>) -> Self {
        Timer(Handle::new(core, named))
    }

    /// Records a time that was measured elsewhere.
    #[inline]
    pub fn record(&self, elapsed: Duration) {
        self.0.record(milliseconds(elapsed));
    }

    /// Starts to measure; the time is recorded when the guard is dropped, however that comes about.
    ///
    /// ```
    /// # let metrics = nepho::Metrics::builder("Shop").sink(nepho::sink::Discard::new(nepho::sink::Form::Documents)).build();
    /// let timer = metrics.timer("checkout.duration", &[]);
    /// {
    ///     let _timing = timer.start();
    ///     // what takes its time
    /// }
    /// ```
    pub fn start(&self) -> TimerGuard<'_> {
        TimerGuard { timer: Some(self), start: clock::steady() }
    }
}

/// A running measurement of a [`Timer`].
#[derive(Debug)]
#[must_use = "the time is recorded when this is dropped"]
pub struct TimerGuard<'a> {
    timer: Option<&'a Timer>,
    start: Instant,
}

impl TimerGuard<'_> {
    /// Records the time now, and says it.
    pub fn stop(mut self) -> Duration {
        let elapsed = self.start.elapsed();
        if let Some(timer) = self.timer.take() {
            timer.record(elapsed);
        }
        elapsed
    }

    /// Records nothing.
    pub fn discard(mut self) {
        self.timer = None;
    }
}

impl Drop for TimerGuard<'_> {
    fn drop(&mut self) {
        if let Some(timer) = self.timer {
            timer.record(self.start.elapsed());
        }
    }
}
