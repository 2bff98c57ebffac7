//! Slots: one for each thread, with a cell for each series.

use std::cell::Cell;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError, RwLock};

use super::samples::Samples;
use super::tally::Tally;

/// Cells in a page; pages come when a thread first touches one of their series.
const PAGE: usize = 512;
const PAGES: usize = 128;
/// The most series the clients of a process have between them.
const INDEXES_MAX: u32 = (PAGE * PAGES) as u32;

/// Where a series has its cell in every slot. Given back when it is dropped.
#[derive(Debug)]
pub(crate) struct Index(u32);

struct Free {
    given_back: Vec<u32>,
    next: u32,
}

static FREE: Mutex<Free> = Mutex::new(Free { given_back: Vec::new(), next: 0 });

impl Index {
    /// A place that no other series has, unless all [`INDEXES_MAX`] are taken.
    pub(crate) fn claim() -> Option<Self> {
        let mut free = unpoisoned(&FREE);
        if let Some(index) = free.given_back.pop() {
            return Some(Index(index));
        }
        let index = free.next;
        (index < INDEXES_MAX).then(|| {
            free.next += 1;
            Index(index)
        })
    }

    #[cfg(test)]
    pub(super) fn number(&self) -> u32 {
        self.0
    }

    fn page(&self) -> usize {
        self.0 as usize / PAGE % PAGES
    }

    fn place(&self) -> usize {
        self.0 as usize % PAGE
    }
}

impl Drop for Index {
    fn drop(&mut self) {
        unpoisoned(&FREE).given_back.push(self.0);
    }
}

struct Page<T>([T; PAGE]);
type Pages<T> = [OnceLock<Box<Page<T>>>; PAGES];

/// A thread's cells. Slots live as long as the process; a thread that ends leaves its slot to a later one.
pub(crate) struct Slot {
    /// How often one was added. It only grows: the reader remembers what it has seen.
    ones: Pages<AtomicU64>,
    samples: Pages<OnceLock<Box<Samples>>>,
}

impl Slot {
    const fn new() -> Self {
        Slot { ones: [const { OnceLock::new() }; PAGES], samples: [const { OnceLock::new() }; PAGES] }
    }

    #[inline]
    fn ones(&self, index: &Index) -> Option<&AtomicU64> {
        self.ones[index.page()].get().map(|page| &page.0[index.place()])
    }

    #[inline]
    fn samples(&self, index: &Index) -> Option<&Samples> {
        self.samples[index.page()].get()?.0[index.place()].get().map(|samples| &**samples)
    }

    #[inline]
    fn add_one(&self, index: &Index) {
        let cell = match self.ones(index) {
            Some(cell) => cell,
            None => self.ones_page(index),
        };
        cell.store(cell.load(Relaxed).wrapping_add(1), Relaxed);
    }

    #[inline]
    fn add(&self, index: &Index, value: f64, count: u64) {
        let cell = match self.samples(index) {
            Some(cell) => cell,
            None => self.samples_cell(index),
        };
        cell.record(value, count);
    }

    #[cold]
    #[inline(never)]
    fn ones_page(&self, index: &Index) -> &AtomicU64 {
        let page = self.ones[index.page()].get_or_init(|| Box::new(Page([const { AtomicU64::new(0) }; PAGE])));
        &page.0[index.place()]
    }

    #[cold]
    #[inline(never)]
    fn samples_cell(&self, index: &Index) -> &Samples {
        let page = self.samples[index.page()].get_or_init(|| Box::new(Page([const { OnceLock::new() }; PAGE])));
        page.0[index.place()].get_or_init(Box::default)
    }
}

/// Every slot there is.
static SLOTS: RwLock<Vec<&'static Slot>> = RwLock::new(Vec::new());
/// Slots whose threads have ended.
static VACANT: Mutex<Vec<&'static Slot>> = Mutex::new(Vec::new());
/// For calls from a thread that is ending and has given its slot back; guarded by [`SHARED_WRITER`].
static SHARED: Slot = Slot::new();
static SHARED_WRITER: Mutex<()> = Mutex::new(());

thread_local! {
    static SLOT: Cell<Option<&'static Slot>> = const { Cell::new(None) };
    /// Its destructor gives the slot back.
    static TENANCY: Tenancy = const { Tenancy };
}

struct Tenancy;

impl Drop for Tenancy {
    fn drop(&mut self) {
        if let Some(slot) = SLOT.take() {
            unpoisoned(&VACANT).push(slot);
        }
    }
}

/// Adds one sample of value 1 to the series at `index`.
#[inline]
pub(crate) fn increment(index: &Index) {
    match SLOT.get() {
        Some(slot) => slot.add_one(index),
        None => in_new_slot(|slot| slot.add_one(index)),
    }
}

/// Adds `count` samples of one value, at least one, to the series at `index`.
#[inline]
pub(crate) fn record(index: &Index, value: f64, count: u64) {
    match SLOT.get() {
        Some(slot) => slot.add(index, value, count),
        None => in_new_slot(|slot| slot.add(index, value, count)),
    }
}

#[cold]
#[inline(never)]
fn in_new_slot(add: impl FnOnce(&Slot)) {
    if TENANCY.try_with(|_| ()).is_err() {
        let _writer = unpoisoned(&SHARED_WRITER);
        return add(&SHARED);
    }
    let vacant = unpoisoned(&VACANT).pop();
    let slot = vacant.unwrap_or_else(|| {
        let slot: &'static Slot = Box::leak(Box::new(Slot::new()));
        SLOTS.write().unwrap_or_else(PoisonError::into_inner).push(slot);
        slot
    });
    SLOT.set(Some(slot));
    add(slot);
}

/// What the reader of one series has taken from its cells so far. Cells outlive the series that used them before, so
/// it begins with what they hold.
#[derive(Debug)]
pub(crate) struct Collected {
    ones: u64,
}

impl Collected {
    /// Nothing yet: what the cells hold now was an earlier series'.
    pub(crate) fn from_now_on(index: &Index) -> Self {
        let mut collected = Collected { ones: 0 };
        collected.collect(index, &mut Tally::default());
        collected
    }

    /// Puts into `tally` what was recorded since; whether that is all. What a thread that was stopped in the middle of a
    /// sample has recorded is left for the next time.
    pub(crate) fn collect(&mut self, index: &Index, tally: &mut Tally) -> bool {
        let (mut ones, mut is_all) = (0u64, true);
        for_each(|slot| {
            if let Some(cell) = slot.ones(index) {
                ones = ones.wrapping_add(cell.load(Relaxed));
            }
            if let Some(samples) = slot.samples(index) {
                is_all &= samples.collect(tally);
            }
        });
        tally.add(1.0, ones.wrapping_sub(self.ones));
        self.ones = ones;
        is_all
    }

    /// How many samples wait to be collected.
    pub(crate) fn waiting(&self, index: &Index) -> u64 {
        let (mut ones, mut waiting) = (0u64, 0);
        for_each(|slot| {
            if let Some(cell) = slot.ones(index) {
                ones = ones.wrapping_add(cell.load(Relaxed));
            }
            if let Some(samples) = slot.samples(index) {
                waiting += samples.waiting();
            }
        });
        ones.wrapping_sub(self.ones) + waiting
    }
}

fn for_each(mut visit: impl FnMut(&Slot)) {
    visit(&SHARED);
    SLOTS.read().unwrap_or_else(PoisonError::into_inner).iter().for_each(|slot| visit(slot));
}

fn unpoisoned<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
