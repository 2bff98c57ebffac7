//! The only place that reads a clock: a benchmark is made of it.

use std::time::{Duration, Instant};

use nix::sys::resource::{UsageWho, getrusage};
use nix::time::{ClockId, clock_gettime};

#[expect(clippy::disallowed_methods, reason = "measuring time is what this program is for")]
pub(crate) fn instant() -> Instant {
    Instant::now()
}

#[expect(clippy::disallowed_methods, reason = "load is paced, and runs for a time")]
pub(crate) fn sleep(duration: Duration) {
    std::thread::sleep(duration);
}

/// How much processor time this thread has had.
pub(crate) fn thread_time() -> Duration {
    clock_gettime(ClockId::CLOCK_THREAD_CPUTIME_ID).map_or(Duration::ZERO, Duration::from)
}

/// How much processor time the process has had, apart from this thread.
pub(crate) fn other_threads_time() -> Duration {
    let process = clock_gettime(ClockId::CLOCK_PROCESS_CPUTIME_ID).map_or(Duration::ZERO, Duration::from);
    process.saturating_sub(thread_time())
}

/// How often this thread has given the processor away because it had to wait.
pub(crate) fn thread_waits() -> i64 {
    getrusage(UsageWho::RUSAGE_THREAD).map_or(0, |usage| usage.voluntary_context_switches())
}

/// Nanoseconds for each of `operations`.
pub(crate) fn nanos_each(elapsed: Duration, operations: u64) -> f64 {
    elapsed.as_secs_f64() * 1e9 / operations as f64
}

/// What the machine's clock says, for a peer that wants to be told.
#[expect(clippy::disallowed_methods, reason = "a document has a time")]
pub(crate) fn wall() -> std::time::SystemTime {
    std::time::SystemTime::now()
}

/// Returns when `done` says so. It looks now and then: looking all the time would slow whoever is to get it done.
pub(crate) fn wait_until(done: impl Fn() -> bool) {
    const PAUSE: Duration = Duration::from_micros(50);
    const PATIENCE: Duration = Duration::from_secs(60);
    let started = instant();
    while !done() {
        assert!(started.elapsed() < PATIENCE, "what was waited for has not come in {PATIENCE:?}");
        sleep(PAUSE);
    }
}
