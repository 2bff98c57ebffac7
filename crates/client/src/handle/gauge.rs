//! Gauges.

use std::sync::Arc;

use super::Handle;
use crate::core::Core;
use crate::series::Named;

/// A level that goes up and down, such as the depth of a queue.
///
/// Its value is sampled when metrics leave the process, at each interval and at each flush, from when it is first set for
/// as long as a handle of it lives: an alarm on missing data sees that the process lives, even when the level does not
/// move. After the last handle is dropped, only a value that was not sampled yet still leaves. (The gauges of the
/// `metrics` facade live as long as its recorder.)
#[derive(Debug)]
pub struct Gauge(Handle);

impl Clone for Gauge {
    fn clone(&self) -> Self {
        Gauge::holding(self.0.clone())
    }
}

impl Drop for Gauge {
    fn drop(&mut self) {
        if let Some(series) = &self.0.series {
            series.release();
        }
    }
}

impl Gauge {
    pub(crate) fn new(core: &Arc<Core>, named: &Named<'_>) -> Self {
        Gauge::holding(Handle::new(core, named))
    }

    fn holding(handle: Handle) -> Self {
        if let Some(series) = &handle.series {
            series.hold();
        }
        Gauge(handle)
    }

    /// What tells its series from others, while it lives.
    #[cfg(feature = "metrics")]
    pub(crate) fn address(&self) -> Option<usize> {
        self.0.series.as_ref().map(|series| Arc::as_ptr(series).addr())
    }

    /// Sets the level; of several threads, the last one wins. A value that is not finite, or beyond 2^360, changes
    /// nothing.
    pub fn set(&self, value: f64) {
        let Some(series) = &self.0.series else { return };
        if let Some(value) = self.0.core.checked(value, &self.0.name) {
            series.set(value);
        }
    }

    /// Changes the level by `step`, beginning at 0.
    pub fn add(&self, step: f64) {
        let Some(series) = &self.0.series else { return };
        if let Err(value) = series.change(step) {
            self.0.core.checked(value, &self.0.name);
        }
    }
}
