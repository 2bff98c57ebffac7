//! What all handles of a recorder share.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use ::metrics::{Key, KeyName};
use nepho_model::Unit;

use super::handles::{Absolute, Adding, Counting, Levelling, Recording};
use super::units::Measure;
use crate::account::Cause;
use crate::core::Core;
use crate::handle::{Counter, Gauge, Histogram};
use crate::metrics::Metrics;
use crate::series::{self, Kind, Named};
use crate::warnings::Notice;

/// The most descriptions, and the most counters that are set to absolute values, that a recorder remembers.
pub(super) const REMEMBERED_MAX: usize = 10_000;

#[derive(Debug)]
pub(super) struct Shared {
    /// Tells its handles from other recorders' in the memory of a thread.
    pub(super) id: u32,
    core: Arc<Core>,
    namespace: u16,
    measures: Mutex<HashMap<(Described, KeyName), Measure>>,
    absolutes: Mutex<HashMap<Key, Arc<Absolute>>>,
    /// Gauges live as long as the recorder, although a macro holds no handle. By address, and so no more than there
    /// are series.
    gauges: Mutex<HashMap<usize, Gauge>>,
}

/// What a description is of: the same name may be several.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Described {
    Counter,
    Gauge,
    Histogram,
}

impl Shared {
    pub(super) fn new(metrics: &Metrics) -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let (core, namespace) = metrics.unowned();
        Shared {
            id: NEXT.fetch_add(1, Ordering::Relaxed),
            core,
            namespace,
            measures: Mutex::default(),
            absolutes: Mutex::default(),
            gauges: Mutex::default(),
        }
    }

    pub(super) fn describe(&self, described: Described, name: KeyName, unit: Option<::metrics::Unit>) {
        let Some(unit) = unit else { return };
        let mut measures = unpoisoned(&self.measures);
        let key = (described, name);
        if measures.len() >= REMEMBERED_MAX && !measures.contains_key(&key) {
            drop(measures);
            let detail = format_args!("{REMEMBERED_MAX} descriptions are the limit, and this one is left out");
            return self.core.warnings.notice(Notice::Setting, key.1.as_str(), detail);
        }
        let measure = Measure::from(unit);
        if measures.insert(key, measure) != Some(measure) {
            drop(measures);
            // Threads that have a handle in another unit ask again.
            series::forget();
        }
    }

    pub(super) fn counter(self: &Arc<Self>, key: &Key) -> Counting {
        let measure = self.measure(Described::Counter, key).unwrap_or(Measure::plain(Unit::Count));
        let adding = self.named(key, measure.unit, Kind::default(), |named| {
            if measure == Measure::plain(Unit::Count) {
                Adding::Whole(Counter::new(&self.core, named))
            } else {
                Adding::Measured(Histogram::new(&self.core, named), measure)
            }
        });
        Counting { adding, shared: Arc::clone(self), key: key.clone(), absolute: OnceLock::new() }
    }

    pub(super) fn gauge(&self, key: &Key) -> Levelling {
        let measure = self.measure(Described::Gauge, key).unwrap_or(Measure::plain(Unit::None));
        let kind = Kind { is_gauge: true, ..Kind::default() };
        let gauge = self.named(key, measure.unit, kind, |named| {
            let gauge = Gauge::new(&self.core, named);
            if let Some(address) = gauge.address() {
                unpoisoned(&self.gauges).entry(address).or_insert_with(|| gauge.clone());
            }
            gauge
        });
        Levelling { gauge, measure }
    }

    pub(super) fn histogram(&self, key: &Key) -> Recording {
        let measure = self.measure(Described::Histogram, key).unwrap_or(Measure::plain(Unit::None));
        let histogram = self.named(key, measure.unit, Kind::default(), |named| Histogram::new(&self.core, named));
        Recording { histogram, measure }
    }

    /// Where the absolute values of a counter are compared, unless there are too many of them.
    pub(super) fn absolute(&self, key: &Key) -> Option<Arc<Absolute>> {
        let mut absolutes = unpoisoned(&self.absolutes);
        if absolutes.len() >= REMEMBERED_MAX && !absolutes.contains_key(key) {
            return None;
        }
        Some(Arc::clone(absolutes.entry(key.clone()).or_default()))
    }

    /// Counts an absolute value that there is no room to compare.
    #[cold]
    pub(super) fn is_full(&self, key: &Key) {
        self.core.front.drop_at_once(Cause::TooManySeries, 1);
        let detail = format_args!("{REMEMBERED_MAX} counters with absolute values are the limit");
        self.core.warnings.dropped(Cause::TooManySeries, key.name(), detail);
    }

    fn measure(&self, described: Described, key: &Key) -> Option<Measure> {
        unpoisoned(&self.measures).get(&(described, key.name_shared())).copied()
    }

    fn named<R>(&self, key: &Key, unit: Unit, kind: Kind, with: impl FnOnce(&Named<'_>) -> R) -> R {
        let dimensions: Vec<_> = key.labels().map(|label| (label.key(), label.value())).collect();
        with(&Named { namespace: self.namespace, name: key.name(), unit, kind, dimensions: &dimensions })
    }
}

fn unpoisoned<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
