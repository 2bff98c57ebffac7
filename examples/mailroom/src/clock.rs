//! How long things take.

use std::time::{Duration, Instant};

/// Runs something, and tells how long it took.
#[expect(clippy::disallowed_methods, reason = "a stopwatch")]
pub fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let start = Instant::now();
    let done = work();
    (done, start.elapsed())
}
