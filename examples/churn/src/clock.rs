//! The only place that reads time.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// How long things take: by the machine's clock, or as a test says.
#[derive(Debug, Clone, Default)]
pub enum Clock {
    /// The machine's clock.
    #[default]
    System,
    /// One that stands still, in nanoseconds, until something takes its time on purpose.
    Manual(Arc<AtomicU64>),
}

/// A running measurement.
#[derive(Debug)]
pub struct Stopwatch<'a> {
    clock: &'a Clock,
    start: Duration,
}

impl Clock {
    /// A clock that stands still.
    pub fn manual() -> Self {
        Clock::Manual(Arc::default())
    }

    /// Starts a measurement.
    pub fn start(&self) -> Stopwatch<'_> {
        Stopwatch { clock: self, start: self.now() }
    }

    /// Lets time pass.
    #[expect(clippy::disallowed_methods, reason = "slowness on purpose, of a thread that may block")]
    pub(crate) fn pass(&self, time: Duration) {
        match self {
            Clock::System => std::thread::sleep(time),
            Clock::Manual(nanos) => {
                nanos.fetch_add(u64::try_from(time.as_nanos()).unwrap_or(u64::MAX), Ordering::Relaxed);
            }
        }
    }

    /// The time since something.
    #[expect(clippy::disallowed_methods, reason = "what is measured is how long things take")]
    fn now(&self) -> Duration {
        static START: std::sync::LazyLock<Instant> = std::sync::LazyLock::new(Instant::now);
        match self {
            Clock::System => START.elapsed(),
            Clock::Manual(nanos) => Duration::from_nanos(nanos.load(Ordering::Relaxed)),
        }
    }
}

impl Stopwatch<'_> {
    /// How long it has been running.
    pub fn elapsed(&self) -> Duration {
        self.clock.now().saturating_sub(self.start)
    }
}
