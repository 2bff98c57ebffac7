//! Gauges.

use std::sync::Arc;

use super::Handle;
use crate::core::Core;
use crate::series::Named;

/// A level that goes up and down, such as the depth of a queue.
///
/// Its value is sampled when metrics leave the process, once an interval, from when it is first set for as long as a
/// handle of it lives: an alarm on missing data sees that the process lives, even when the level does not move.
#[derive(Debug, Clone)]
pub struct Gauge(Handle);

impl Gauge {
    pub(crate) fn new(core: &Arc<Core>, named: &Named<'_>) -> Self {
        Gauge(Handle::new(core, named))
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
