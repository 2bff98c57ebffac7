//! Series: what is counted under one name with one set of dimensions, and how a call finds it.

mod directory;
mod graveyard;
mod key;
mod local;
mod registry;
#[cfg(test)]
mod tests;

use std::sync::atomic::Ordering::{Acquire, Relaxed, Release};
use std::sync::atomic::{AtomicU8, AtomicU64, AtomicUsize};
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
    state: AtomicU8,
    /// How many handles there are.
    holders: AtomicUsize,
}

/// The state of a level that was sampled since it was set; 0 is that of one that was never set.
const SAMPLED: u8 = 1;
/// The state of a level that was set since it was sampled.
const NEWS: u8 = 2;

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
            level.state.store(NEWS, Release);
        }
    }

    /// Counts another handle of a gauge: it is sampled while there is one.
    pub(crate) fn hold(&self) {
        if let Some(level) = &self.gauge {
            level.holders.fetch_add(1, Relaxed);
        }
    }

    /// Undoes [`Series::hold`].
    pub(crate) fn release(&self) {
        if let Some(level) = &self.gauge {
            level.holders.fetch_sub(1, Release);
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
        level.state.store(NEWS, Release);
        Ok(())
    }

    /// Puts into `tally` what came in since the last time; when metrics leave, also the value of a gauge that was ever set,
    /// if somebody holds it or it is news. `false` when something had to be left for the next time.
    pub(crate) fn collect(&self, is_end: bool, tally: &mut Tally) -> bool {
        let is_all = self.collected.lock().unwrap_or_else(PoisonError::into_inner).collect(&self.index, tally);
        if let Some(level) = &self.gauge
            && is_end
            && level.is_due()
        {
            tally.add(f64::from_bits(level.bits.load(Relaxed)), 1);
        }
        is_all
    }

    /// Whether there is nothing left to collect.
    fn is_idle(&self) -> bool {
        self.waiting() == 0 && self.gauge.as_ref().is_none_or(|level| level.state.load(Acquire) != NEWS)
    }

    /// How many samples wait to be collected.
    pub(crate) fn waiting(&self) -> u64 {
        self.collected.lock().unwrap_or_else(PoisonError::into_inner).waiting(&self.index)
    }
}

impl Level {
    /// Whether it is to be sampled now. The last value before the last handle was dropped is, once.
    fn is_due(&self) -> bool {
        // First the state, then the value: one that is set in between is news the next time.
        let is_news = self.state.compare_exchange(NEWS, SAMPLED, Acquire, Relaxed);
        is_news.is_ok() || is_news == Err(SAMPLED) && self.holders.load(Acquire) > 0
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
