//! The library's only clock.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};
#[cfg(not(target_os = "linux"))]
use std::time::{SystemTime, UNIX_EPOCH};

use nepho_model::Timestamp;

/// Tells the time: the system's, or what a test says.
#[derive(Debug, Clone, Default)]
pub enum Clock {
    /// The system's clock.
    #[default]
    System,
    /// A clock that stands still until it is moved.
    Manual(ManualClock),
}

impl Clock {
    /// The time, to the few milliseconds of the kernel's tick where it offers that: it costs a caller a third of the
    /// exact one, and metrics are kept by the second or minute.
    #[inline]
    pub(crate) fn now(&self) -> Timestamp {
        match self {
            Clock::System => system(),
            Clock::Manual(manual) => Timestamp::from_millis(manual.0.load(Ordering::Relaxed)),
        }
    }
}

#[cfg(target_os = "linux")]
#[inline]
fn system() -> Timestamp {
    let now = rustix::time::clock_gettime(rustix::time::ClockId::RealtimeCoarse);
    Timestamp::from_millis(now.tv_sec * 1000 + now.tv_nsec / 1_000_000)
}

#[cfg(not(target_os = "linux"))]
#[expect(clippy::disallowed_methods, reason = "this is the clock")]
fn system() -> Timestamp {
    let elapsed = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_millis(i64::try_from(elapsed.as_millis()).unwrap_or(i64::MAX))
}

/// For timings: steady, and precise to the nanosecond.
#[expect(clippy::disallowed_methods, reason = "a timer is a clock")]
pub(crate) fn steady() -> Instant {
    Instant::now()
}

/// A clock for tests; its copies show the same time.
#[derive(Debug, Clone)]
pub struct ManualClock(Arc<AtomicI64>);

impl ManualClock {
    /// Stands at `start`.
    pub fn at(start: Timestamp) -> Self {
        ManualClock(Arc::new(AtomicI64::new(start.millis())))
    }

    /// Moves on.
    pub fn advance(&self, by: Duration) {
        self.0.fetch_add(i64::try_from(by.as_millis()).unwrap_or(i64::MAX), Ordering::Relaxed);
    }

    /// The time it shows.
    pub fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.0.load(Ordering::Relaxed))
    }
}
