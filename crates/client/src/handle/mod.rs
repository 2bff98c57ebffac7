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

    /// Counts samples of a handle that has no series.
    #[cold]
    fn lost(&self, samples: u64) {
        if !self.core.is(Gate::Off) {
            self.core.front.drop_at_once(crate::Cause::TooManySeries, samples);
        }
    }
}
