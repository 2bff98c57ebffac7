//! Every series of a client, within its caps.

use std::sync::atomic::Ordering::{Acquire, Relaxed};
use std::sync::atomic::{AtomicUsize, fence};
use std::sync::{Arc, Mutex, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use foldhash::fast::RandomState;
use hashbrown::{HashMap, HashTable};
use nepho_model::{Resolution, Unit};

use super::graveyard::Graveyard;
use super::key::Key;
use super::{Alias, Series, local};
use crate::cells::{Collected, Index};
use crate::sink::{DATUMS_MAX, MetricName};

/// The most ways to name series that are remembered; then all are forgotten and found anew.
pub(super) const ALIASES_MAX: usize = 8192;
/// How many series are looked at under one lock.
const AT_ONCE: usize = 64;

/// The most series, of one metric and of all.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Caps {
    pub(crate) per_metric: usize,
    pub(crate) total: usize,
}

/// The series of a client.
#[derive(Debug)]
pub(crate) struct Registry {
    inner: RwLock<Inner>,
    caps: Caps,
    /// Names that were forgotten by a caller, for the worker to drop.
    graveyard: Graveyard,
    /// Series that have come up since the latest collection.
    new: AtomicUsize,
}

#[derive(Debug, Default)]
struct Inner {
    aliases: HashTable<Arc<Alias>>,
    series: HashMap<Identity, Arc<Series>, RandomState>,
    list: Vec<Arc<Series>>,
    /// How many series a metric has, by namespace and name.
    of_metric: HashMap<u16, HashMap<Box<str>, usize, RandomState>, RandomState>,
}

/// What a series is, after everything is checked, sorted and added.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Identity {
    pub(crate) namespace: u16,
    pub(crate) metric: Arc<MetricName>,
    pub(crate) unit: Unit,
    pub(crate) resolution: Resolution,
    pub(crate) is_gauge: bool,
}

/// What room a new series may take.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Room {
    /// That within the caps.
    Capped,
    /// For an overflow series, as much again as the total.
    Overflow,
    /// For the few of the client itself, what they need.
    Own,
}

/// Where a sample goes.
pub(crate) enum Place {
    Found(Arc<Alias>),
    /// There are too many series, of the metric or of all: it goes to the overflow series.
    Overflow {
        of_metric: usize,
        in_total: usize,
    },
    /// Not even the overflow series has room.
    Full,
}

impl Registry {
    pub(crate) fn new(caps: Caps) -> Self {
        Registry { inner: RwLock::default(), caps, graveyard: Graveyard::new(), new: AtomicUsize::new(0) }
    }

    /// The series `key` was found to mean before.
    pub(crate) fn known(&self, key: &Key<'_>, hash: u64) -> Option<Arc<Alias>> {
        self.read().aliases.find(hash, |alias| alias.hash == hash && alias.key.is(key)).cloned()
    }

    /// The series of `identity`, from now on also to be found by `key`.
    pub(crate) fn place(&self, key: &Key<'_>, hash: u64, identity: &Identity, room: Room) -> Place {
        let mut inner = self.write();
        let series = match inner.series.get(identity) {
            Some(series) => Arc::clone(series),
            None => {
                let (of_metric, in_total) = (inner.of_metric(identity), inner.list.len());
                match room {
                    Room::Capped if of_metric >= self.caps.per_metric || in_total >= self.caps.total => {
                        return Place::Overflow { of_metric, in_total };
                    }
                    Room::Overflow if in_total >= self.caps.total.saturating_mul(2) => return Place::Full,
                    Room::Capped | Room::Overflow | Room::Own => {}
                }
                let Some(index) = Index::claim() else { return Place::Full };
                self.new.fetch_add(1, Relaxed);
                inner.insert(identity, index)
            }
        };
        let alias = Arc::new(Alias { hash, key: key.copied(), series });
        if key.is_rememberable() {
            inner.remember(Arc::clone(&alias), &self.graveyard);
        }
        Place::Found(alias)
    }

    /// Whether more series have come up since [`Registry::begin_batch`] than one request takes.
    pub(crate) fn is_batch_full(&self) -> bool {
        self.new.load(Relaxed) >= DATUMS_MAX
    }

    /// Says that all series are being collected.
    pub(crate) fn begin_batch(&self) {
        self.new.store(0, Relaxed);
    }

    /// Visits every series, a few at a time, so that no caller waits for the whole.
    pub(crate) fn for_each(&self, mut visit: impl FnMut(&Series)) {
        let mut from = 0;
        loop {
            let some: Vec<_> = self.read().list.iter().skip(from).take(AT_ONCE).cloned().collect();
            if some.is_empty() {
                return;
            }
            from += some.len();
            some.iter().for_each(|series| visit(series));
        }
    }

    /// How many series there are.
    pub(crate) fn len(&self) -> usize {
        self.read().list.len()
    }

    /// Drops the names that callers and their threads have forgotten. The worker calls this in each round.
    pub(crate) fn bury(&self) {
        self.graveyard.bury();
        local::bury();
    }

    /// Forgets names, and retires the series that nobody holds and nothing came in for; their room is free again.
    pub(crate) fn sweep(&self) {
        local::forget();
        self.bury();
        let names = std::mem::take(&mut self.write().aliases);
        drop(names);
        let mut end = self.len();
        while end > 0 {
            let start = end.saturating_sub(AT_ONCE);
            let retired = self.write().retire(start..end);
            drop(retired);
            end = start;
        }
    }

    fn read(&self) -> RwLockReadGuard<'_, Inner> {
        self.inner.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Inner> {
        self.inner.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    fn of_metric(&self, identity: &Identity) -> usize {
        let of_namespace = self.of_metric.get(&identity.namespace);
        of_namespace.and_then(|metrics| metrics.get(&identity.metric.name)).copied().unwrap_or_default()
    }

    fn insert(&mut self, identity: &Identity, index: Index) -> Arc<Series> {
        let series = Arc::new(Series {
            namespace: identity.namespace,
            metric: Arc::clone(&identity.metric),
            unit: identity.unit,
            resolution: identity.resolution,
            gauge: identity.is_gauge.then(Default::default),
            collected: Mutex::new(Collected::from_now_on(&index)),
            index,
        });
        let of_namespace = self.of_metric.entry(identity.namespace).or_default();
        *of_namespace.entry(identity.metric.name.clone()).or_default() += 1;
        self.series.insert(identity.clone(), Arc::clone(&series));
        self.list.push(Arc::clone(&series));
        series
    }

    fn remember(&mut self, alias: Arc<Alias>, graveyard: &Graveyard) {
        // While what is known cannot be put away, nothing new is remembered.
        if self.aliases.len() < ALIASES_MAX || graveyard.take(&mut self.aliases) {
            self.aliases.insert_unique(alias.hash, alias, |alias| alias.hash);
        }
    }

    fn retire(&mut self, range: std::ops::Range<usize>) -> Vec<Arc<Series>> {
        let mut retired = Vec::new();
        for place in range.rev() {
            let Some(series) = self.list.get(place) else { continue };
            // One in the list, one in the map.
            if Arc::strong_count(series) > 2 {
                continue;
            }
            // Whoever held it last may have recorded on another thread: now that is to be seen.
            fence(Acquire);
            if !series.is_idle() {
                continue;
            }
            let series = self.list.swap_remove(place);
            let identity = Identity {
                namespace: series.namespace,
                metric: Arc::clone(&series.metric),
                unit: series.unit,
                resolution: series.resolution,
                is_gauge: series.gauge.is_some(),
            };
            retired.extend(self.series.remove(&identity));
            let of_namespace = self.of_metric.entry(series.namespace).or_default();
            match of_namespace.get_mut(&series.metric.name) {
                Some(count) if *count > 1 => *count -= 1,
                _ => drop(of_namespace.remove(&series.metric.name)),
            }
            retired.push(series);
        }
        retired
    }
}
