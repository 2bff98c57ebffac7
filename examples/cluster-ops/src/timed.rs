//! How long a function took, whichever way it ends.

use nepho::MetricsPort;
use tokio::time::Instant;

/// Records a duration when it is dropped: at the end, at an early return, at an error, at a panic.
pub(crate) struct Timed<'a> {
    metrics: &'a dyn MetricsPort,
    name: &'a str,
    start: Instant,
}

impl<'a> Timed<'a> {
    pub(crate) fn start(metrics: &'a dyn MetricsPort, name: &'a str) -> Self {
        Timed { metrics, name, start: Instant::now() }
    }
}

impl Drop for Timed<'_> {
    fn drop(&mut self) {
        self.metrics.record_timing(self.name, self.start.elapsed(), &[]);
    }
}
