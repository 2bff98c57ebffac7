//! The reference: what a store means, in the fewest words, with nothing on disk.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};

use nepho_model::{Batch, Cell, Metric, MetricKey, Point, Read, Scope, Timestamp, Unit, UnitSeries};

use crate::error::StoreError;
use crate::log::{Log, LogFigures, OnEntry};
use crate::receipt::Receipt;
use crate::records::{Change, Record, Records, Table};
use crate::samples::{Figures, Filter, Listed, Page, Samples};
use crate::tier::{Retention, Tier};

/// Cells by tier and start of slot.
type Cells = BTreeMap<(Tier, i64), Cell>;

/// Metrics in memory.
#[derive(Debug, Default)]
pub struct MemorySamples {
    retention: Retention,
    scopes: Mutex<HashMap<Scope, BTreeMap<Metric, Kept>>>,
}

#[derive(Debug, Default)]
struct Kept {
    units: BTreeMap<Unit, Cells>,
    seen: i64,
}

impl MemorySamples {
    /// An empty store that keeps cells for as long as `retention` says.
    pub fn new(retention: Retention) -> Self {
        MemorySamples { retention, scopes: Mutex::default() }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Scope, BTreeMap<Metric, Kept>>> {
        self.scopes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Samples for MemorySamples {
    fn append(&self, scope: &Scope, batch: &Batch, now: Timestamp) -> Receipt {
        let mut scopes = self.lock();
        let metrics = scopes.entry(scope.clone()).or_default();
        for sample in batch.iter() {
            let Some(tier) = self.retention.tier_for(sample.resolution, sample.time, now) else { continue };
            let slot = slot_of(tier, sample.time.seconds());
            let kept = metrics.entry(sample.metric.to_metric()).or_default();
            kept.seen = kept.seen.max(sample.time.seconds());
            merge_into(kept.units.entry(sample.unit).or_default(), (tier, slot), sample.cell);
        }
        Receipt::settled(Ok(()))
    }

    fn read(&self, scope: &Scope, reads: &[Read]) -> Vec<Result<Vec<UnitSeries>, StoreError>> {
        let scopes = self.lock();
        let one = |read: &Read| {
            let kept = scopes.get(scope).and_then(|metrics| metrics.get(&read.metric));
            let units = kept.into_iter().flat_map(|kept| &kept.units);
            let wanted = units.filter(|(unit, _)| read.unit.is_none_or(|wanted| wanted == **unit));
            let series = wanted.map(|(unit, cells)| UnitSeries { unit: *unit, points: points(cells, read) });
            series.filter(|series| !series.points.is_empty()).collect()
        };
        reads.iter().map(|read| Ok(one(read))).collect()
    }

    fn list(&self, scope: &Scope, filter: &Filter, page: &Page) -> Result<Listed, StoreError> {
        let scopes = self.lock();
        let mut listed = Listed::default();
        for (metric, kept) in scopes.get(scope).into_iter().flatten() {
            let key = metric.key();
            let is_after = page.after.as_deref().is_none_or(|after| key.as_str() > after);
            if !is_after || !filter.matches(key, Timestamp::from_seconds(kept.seen)) {
                continue;
            }
            if listed.metrics.len() == page.limit {
                listed.next = listed.metrics.last().map(|last: &Metric| last.key().as_str().to_owned());
                break;
            }
            listed.metrics.push(metric.clone());
        }
        Ok(listed)
    }

    fn maintain(&self, now: Timestamp) -> Result<(), StoreError> {
        for metrics in self.lock().values_mut() {
            metrics.retain(|_, kept| {
                kept.units.values_mut().for_each(|cells| roll_up(cells, &self.retention, now));
                kept.seen >= now.seconds() - self.retention.hour
            });
        }
        Ok(())
    }

    fn figures(&self) -> Figures {
        let scopes = self.lock();
        let kept = || scopes.values().flat_map(BTreeMap::values);
        let cells = kept().flat_map(|kept| kept.units.values()).map(BTreeMap::len).sum::<usize>();
        Figures { metrics: kept().count() as u64, head_cells: cells as u64, ..Figures::default() }
    }

    fn close(&self) -> Result<(), StoreError> {
        Ok(())
    }
}

fn slot_of(tier: Tier, seconds: i64) -> i64 {
    seconds.div_euclid(tier.slot_seconds()) * tier.slot_seconds()
}

fn merge_into(cells: &mut Cells, at: (Tier, i64), cell: &Cell) {
    cells.entry(at).and_modify(|known| known.merge(cell)).or_insert_with(|| cell.clone());
}

fn points(cells: &Cells, read: &Read) -> Vec<Point> {
    let mut merged: BTreeMap<Timestamp, Cell> = BTreeMap::new();
    for ((_, slot), cell) in cells {
        if let Some(time) = read.period_of(Timestamp::from_seconds(*slot)) {
            merged.entry(time).and_modify(|known| known.merge(cell)).or_insert_with(|| cell.clone());
        }
    }
    merged.into_iter().map(|(time, cell)| Point { time, cell }).collect()
}

fn roll_up(cells: &mut Cells, retention: &Retention, now: Timestamp) {
    for tier in Tier::ALL {
        let past: Vec<_> =
            cells.keys().filter(|(t, slot)| *t == tier && retention.is_past(tier, *slot, now)).copied().collect();
        for at in past {
            let cell = cells.remove(&at).expect("the key was just listed");
            if let Some(coarser) = tier.coarser() {
                merge_into(cells, (coarser, slot_of(coarser, at.1)), &cell);
            }
        }
    }
}

impl Filter {
    /// Whether a metric with this key, last seen then, is wanted.
    pub fn matches(&self, key: MetricKey<'_>, seen: Timestamp) -> bool {
        self.seen_since.is_none_or(|since| seen >= since)
            && self.namespace.as_deref().is_none_or(|namespace| namespace == key.namespace())
            && self.name.as_deref().is_none_or(|name| name == key.name())
            && self.dimensions.iter().all(|(name, value)| {
                key.dimensions().any(|(n, v)| n == name && value.as_deref().is_none_or(|value| value == v))
            })
    }
}

/// Records in memory.
#[derive(Debug, Default)]
pub struct MemoryRecords(Mutex<BTreeMap<(Table, String), Vec<u8>>>);

impl MemoryRecords {
    fn lock(&self) -> MutexGuard<'_, BTreeMap<(Table, String), Vec<u8>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Records for MemoryRecords {
    fn get(&self, table: Table, key: &str) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.lock().get(&(table, key.to_owned())).cloned())
    }

    fn scan(&self, table: Table, prefix: &str, after: Option<&str>, limit: usize) -> Result<Vec<Record>, StoreError> {
        let records = self.lock();
        let from = after.unwrap_or(prefix).max(prefix);
        let found = records
            .range((table, from.to_owned())..)
            .take_while(|((t, key), _)| *t == table && key.starts_with(prefix))
            .filter(|((_, key), _)| after.is_none_or(|after| key.as_str() > after));
        Ok(found.take(limit).map(|((_, key), value)| Record { key: key.clone(), value: value.clone() }).collect())
    }

    fn scan_back(
        &self,
        table: Table,
        prefix: &str,
        before: Option<&str>,
        limit: usize,
    ) -> Result<Vec<Record>, StoreError> {
        let records = self.lock();
        let found = records
            .range((table, prefix.to_owned())..)
            .take_while(|((t, key), _)| *t == table && key.starts_with(prefix))
            .filter(|((_, key), _)| before.is_none_or(|before| key.as_str() < before));
        let found: Vec<_> = found.map(|((_, key), value)| Record { key: key.clone(), value: value.clone() }).collect();
        Ok(found.into_iter().rev().take(limit).collect())
    }

    fn commit(&self, changes: &[Change]) -> Result<(), StoreError> {
        let mut records = self.lock();
        for change in changes {
            match change {
                Change::Put(table, record) => {
                    records.insert((*table, record.key.clone()), record.value.clone());
                }
                Change::Delete(table, key) => {
                    records.remove(&(*table, key.clone()));
                }
            }
        }
        Ok(())
    }
}

/// A log in memory.
#[derive(Debug)]
pub struct MemoryLog {
    entries: Mutex<Entries>,
    full_entries: usize,
}

impl Default for MemoryLog {
    fn default() -> Self {
        MemoryLog::with_files_of(FULL_ENTRIES)
    }
}

#[derive(Debug, Default)]
struct Entries {
    files: BTreeMap<u64, Vec<Vec<u8>>>,
    file: u64,
    bytes: u64,
    is_taking: bool,
}

/// Unless it is told otherwise, a file of a log in memory that has so many entries is full.
const FULL_ENTRIES: usize = 10_000;

impl MemoryLog {
    /// A log whose files are full when they have so many entries.
    pub fn with_files_of(full_entries: usize) -> Self {
        MemoryLog { entries: Mutex::default(), full_entries }
    }

    fn lock(&self) -> MutexGuard<'_, Entries> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Log for MemoryLog {
    fn append(&self, entry: &[u8]) -> (u64, Receipt) {
        let mut entries = self.lock();
        if !entries.is_taking {
            return (entries.file, Receipt::settled(Err(StoreError::Closed)));
        }
        let file = entries.file;
        entries.bytes += entry.len() as u64;
        entries.files.entry(file).or_default().push(entry.to_vec());
        (file, Receipt::settled(Ok(())))
    }

    fn is_full(&self) -> bool {
        let entries = self.lock();
        entries.files.get(&entries.file).is_some_and(|file| file.len() >= self.full_entries)
    }

    fn begin_file(&self) -> u64 {
        let mut entries = self.lock();
        entries.file += 1;
        entries.file
    }

    fn give_up_below(&self, number: u64) {
        let mut entries = self.lock();
        let kept = entries.files.split_off(&number);
        let given_up = std::mem::replace(&mut entries.files, kept);
        entries.bytes -= given_up.values().flatten().map(|entry| entry.len() as u64).sum::<u64>();
    }

    fn check(&self) -> Result<(), StoreError> {
        if self.lock().is_taking { Ok(()) } else { Err(StoreError::Closed) }
    }

    fn has_failed(&self) -> bool {
        !self.lock().is_taking
    }

    fn replay(&self, on_entry: &mut OnEntry<'_>) -> Result<(), StoreError> {
        for (file, entries) in &self.lock().files {
            for entry in entries {
                // There is no damage in memory.
                drop(on_entry(*file, entry));
            }
        }
        Ok(())
    }

    fn resume(&self) -> Result<u64, StoreError> {
        let mut entries = self.lock();
        entries.is_taking = true;
        entries.file += 1;
        Ok(entries.file)
    }

    fn figures(&self) -> LogFigures {
        let entries = self.lock();
        LogFigures { bytes: entries.bytes, files: entries.files.len() as u64, ..LogFigures::default() }
    }

    fn close(&self) {
        self.lock().is_taking = false;
    }
}
