//! The only place that reads a clock: a benchmark is made of it.

use std::time::{Duration, Instant};

use jiff::Timestamp;
use nepho_operational::Clock;

#[expect(clippy::disallowed_methods, reason = "measuring time is what this program is for")]
pub(crate) fn instant() -> Instant {
    Instant::now()
}

/// How long `work` takes, in seconds.
pub(crate) async fn timed<T>(work: impl Future<Output = T>) -> (f64, T) {
    let started = instant();
    let result = work.await;
    (started.elapsed().as_secs_f64(), result)
}

/// It is always this time, and waiting takes as long as it takes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Standing(pub(crate) Timestamp);

impl Clock for Standing {
    fn now(&self) -> Timestamp {
        self.0
    }

    async fn sleep(&self, time: Duration) {
        tokio::time::sleep(time).await;
    }
}
