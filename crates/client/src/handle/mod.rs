//! Handles: metrics whose names and dimensions are resolved once.

mod counter;
mod gauge;
mod histogram;
mod timer;

pub use counter::Counter;
pub use gauge::Gauge;
pub use histogram::Histogram;
pub use timer::{Timer, TimerGuard};

use std::sync::Arc;

use crate::account::Cause;
use crate::core::{Core, Gate};
use crate::series::{Named, Series};

/// What every handle holds.
#[derive(Debug, Clone)]
struct Handle {
    core: Arc<Core>,
    /// `None` when metrics are off, or no series was to be had.
    series: Option<Arc<Series>>,
    name: Arc<str>,
}

impl Handle {
    fn new(core: &Arc<Core>, named: &Named<'_>) -> Self {
        let series = (!core.is(Gate::Off)).then(|| core.directory.series(named)).flatten();
        Handle { core: Arc::clone(core), series, name: named.name.into() }
    }

    #[inline]
    fn record(&self, value: f64) {
        let Some(series) = &self.series else { return self.lost(1) };
        if let Some(value) = self.core.checked(value, &self.name) {
            series.record(value);
        }
    }

    fn record_many(&self, value: f64, count: u64) {
        const LIMIT: u64 = Histogram::AT_ONCE_MAX;
        let (taken, rest) = (count.min(LIMIT), count.saturating_sub(LIMIT));
        let Some(series) = &self.series else { return self.lost(count) };
        if taken == 0 {
            return;
        }
        if rest > 0 {
            self.core.front.drop_at_once(Cause::TooLarge, rest);
            let detail = format_args!("{count} samples at a time exceed the limit of {LIMIT}");
            self.core.warnings.dropped(Cause::TooLarge, &self.name, detail);
        }
        if let Some(value) = self.core.checked_many(value, taken, &self.name) {
            series.record_many(value, taken);
        }
    }

    /// Counts samples of a handle that has no series.
    #[cold]
    fn lost(&self, samples: u64) {
        let cause = if self.name.trim().is_empty() { Cause::InvalidName } else { Cause::TooManySeries };
        if !self.core.is(Gate::Off) {
            self.core.front.drop_at_once(cause, samples);
        }
    }
}
