//! Histograms.

use std::sync::Arc;

use super::Handle;
use crate::core::Core;
use crate::series::Named;

/// Records values.
///
/// What leaves the process has the exact number, sum, minimum and maximum, and up to 150 distinct values with counts:
/// the values themselves while they are no more than that, buckets of nearby ones otherwise. Memory is bounded whatever
/// is recorded.
#[derive(Debug, Clone)]
pub struct Histogram(Handle);

impl Histogram {
    /// The most samples that [`record_many`](Histogram::record_many) takes at a time.
    pub const AT_ONCE_MAX: u64 = u32::MAX as u64;

    pub(crate) fn new(core: &Arc<Core>, named: &Named<'_>) -> Self {
        Histogram(Handle::new(core, named))
    }

    /// Records one value. One that is not finite, or beyond 2^360, is dropped and counted.
    #[inline]
    pub fn record(&self, value: f64) {
        self.0.record(value);
    }

    /// Records one value `count` times, at the cost of once. Of more than [`AT_ONCE_MAX`](Histogram::AT_ONCE_MAX) at a
    /// time, the rest is dropped and counted.
    pub fn record_many(&self, value: f64, count: u64) {
        self.0.record_many(value, count);
    }
}
