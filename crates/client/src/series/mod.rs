//! Series: what is counted under one name with one set of dimensions, and how a call finds it.

mod directory;
mod key;
mod local;
mod registry;

use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::{Acquire, Relaxed, Release};
use std::sync::{Arc, Mutex, PoisonError};

use nepho_model::{Resolution, Unit, check_number};

use crate::cells::{self, Collected, Index, Tally};
use crate::sink::MetricName;

pub(crate) use directory::{Directory, Named};
pub(crate) use key::{Key, Kind};
#[cfg(feature = "metrics")]
pub(crate) use local::{forget, generation};
pub(crate) use registry::{Caps, Identity, Registry};

/// What calls added together, until the worker takes it.
#[derive(Debug)]
pub(crate) struct Series {
    pub(crate) namespace: u16,
    pub(crate) metric: Arc<MetricName>,
    pub(crate) unit: Unit,
    pub(crate) resolution: Resolution,
    index: Index,
    /// The value of a gauge, which all threads share: the last one that is set counts.
    gauge: Option<Level>,
    collected: Mutex<Collected>,
}

/// The state of a gauge.
#[derive(Debug, Default)]
struct Level {
    bits: AtomicU64,
    /// 0 until it is set for the first time.
    is_set: AtomicU64,
}

impl Series {
    #[inline]
    pub(crate) fn increment(&self) {
        cells::increment(&self.index);
    }

    /// Adds a sample; the caller has checked the value.
    #[inline]
    pub(crate) fn record(&self, value: f64) {
        cells::record(&self.index, value, 1);
    }

    /// Adds samples of one value, at least one; the caller has checked the value.
    pub(crate) fn record_many(&self, value: f64, count: u64) {
        cells::record(&self.index, value, count);
    }

    /// Sets a gauge; the caller has checked the value.
    pub(crate) fn set(&self, value: f64) {
        if let Some(level) = &self.gauge {
            level.bits.store(value.to_bits(), Relaxed);
            level.is_set.store(1, Release);
        }
    }

    /// Changes a gauge by `step`, from 0 if it was not set.
    ///
    /// # Errors
    /// The value it would have, which CloudWatch does not take: it stays where it is.
    pub(crate) fn change(&self, step: f64) -> Result<(), f64> {
        let Some(level) = &self.gauge else { return Ok(()) };
        let next = |bits| check_number(f64::from_bits(bits) + step).ok().map(f64::to_bits);
        let changed = level.bits.fetch_update(Relaxed, Relaxed, next);
        changed.map_err(|bits| f64::from_bits(bits) + step)?;
        level.is_set.store(1, Release);
        Ok(())
    }

    /// Puts into `tally` what came in since the last time; at the end of an interval, also the value of a gauge that was
    /// ever set. `false` when something had to be left for the next time.
    pub(crate) fn collect(&self, is_end: bool, tally: &mut Tally) -> bool {
        let is_all = self.collected.lock().unwrap_or_else(PoisonError::into_inner).collect(&self.index, tally);
        if let Some(level) = &self.gauge
            && is_end
            && level.is_set.load(Acquire) == 1
        {
            tally.add(f64::from_bits(level.bits.load(Relaxed)), 1);
        }
        is_all
    }

    /// How many samples wait to be collected.
    pub(crate) fn waiting(&self) -> u64 {
        self.collected.lock().unwrap_or_else(PoisonError::into_inner).waiting(&self.index)
    }
}

/// A way to name a series. Several names may lead to one: dimensions in another order, values that are too long, values
/// that are hashed, or too many.
#[derive(Debug)]
pub(crate) struct Alias {
    hash: u64,
    key: key::OwnedKey,
    pub(crate) series: Arc<Series>,
}
