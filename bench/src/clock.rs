//! The only place that reads a clock: a benchmark is made of it.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use nepho_model::Timestamp;

#[expect(clippy::disallowed_methods, reason = "measuring time is what this program is for")]
pub(crate) fn instant() -> Instant {
    Instant::now()
}

/// Seconds since the epoch.
#[expect(clippy::disallowed_methods, reason = "the servers judge samples by the machine's clock")]
pub(crate) fn unix_millis() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |passed| passed.as_millis() as i64)
}

pub(crate) fn now() -> Timestamp {
    Timestamp::from_millis(unix_millis())
}

#[expect(clippy::disallowed_methods, reason = "load runs for a time")]
pub(crate) fn sleep(seconds: f64) {
    std::thread::sleep(Duration::from_secs_f64(seconds));
}

/// How long `work` takes, in seconds.
pub(crate) fn timed<T>(work: impl FnOnce() -> T) -> (f64, T) {
    let started = instant();
    let result = work();
    (started.elapsed().as_secs_f64(), result)
}

/// Calls `ready` every few milliseconds until it gives something, for at most `seconds`.
pub(crate) fn wait_for<T>(what: &str, seconds: f64, mut ready: impl FnMut() -> Option<T>) -> crate::Outcome<T> {
    let started = instant();
    loop {
        if let Some(found) = ready() {
            return Ok(found);
        }
        if started.elapsed().as_secs_f64() > seconds {
            return Err(format!("{what}: nothing after {seconds} s").into());
        }
        sleep(0.005);
    }
}
