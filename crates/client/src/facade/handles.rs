//! What the facade's handles do.

use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, OnceLock};

use ::metrics::{CounterFn, GaugeFn, HistogramFn, Key};

use super::shared::Shared;
use super::units::Measure;
use crate::handle::{Counter, Gauge, Histogram};

/// The value a counter was last set to, which all its handles share; empty until it is set for the first time.
pub(super) type Absolute = OnceLock<AtomicU64>;

/// A counter of the facade.
pub(super) struct Counting {
    pub(super) adding: Adding,
    pub(super) shared: Arc<Shared>,
    pub(super) key: Key,
    /// `None` inside when there are too many.
    pub(super) absolute: OnceLock<Option<Arc<Absolute>>>,
}

/// How a counter adds.
pub(super) enum Adding {
    /// In whole numbers, where one costs least.
    Whole(Counter),
    /// In another unit than Count.
    Measured(Histogram, Measure),
}

impl CounterFn for Counting {
    #[inline]
    fn increment(&self, value: u64) {
        if value == 0 {
            return;
        }
        match &self.adding {
            Adding::Whole(counter) => counter.increment_by(value),
            Adding::Measured(histogram, measure) => histogram.record(measure.value(value as f64)),
        }
    }

    fn absolute(&self, value: u64) {
        match self.absolute.get_or_init(|| self.shared.absolute(&self.key)) {
            Some(absolute) => {
                let before = absolute.get_or_init(|| AtomicU64::new(value)).fetch_max(value, Relaxed);
                self.increment(value.saturating_sub(before));
            }
            None => self.shared.is_full(&self.key),
        }
    }
}

/// A gauge of the facade.
pub(super) struct Levelling {
    pub(super) gauge: Gauge,
    pub(super) measure: Measure,
}

impl GaugeFn for Levelling {
    fn increment(&self, value: f64) {
        self.gauge.add(self.measure.value(value));
    }

    fn decrement(&self, value: f64) {
        self.gauge.add(-self.measure.value(value));
    }

    fn set(&self, value: f64) {
        self.gauge.set(self.measure.value(value));
    }
}

/// A histogram of the facade.
pub(super) struct Recording {
    pub(super) histogram: Histogram,
    pub(super) measure: Measure,
}

impl HistogramFn for Recording {
    #[inline]
    fn record(&self, value: f64) {
        self.histogram.record(self.measure.value(value));
    }

    fn record_many(&self, value: f64, count: usize) {
        self.histogram.record_many(self.measure.value(value), count as u64);
    }
}
