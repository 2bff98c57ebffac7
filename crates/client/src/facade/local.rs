//! The handles a thread has asked for lately: a macro that is called again finds its own without a lock.

use std::cell::RefCell;

use ::metrics::{Counter, Gauge, Histogram, Key};
use hashbrown::HashTable;

use crate::series;

/// The most handles of a kind that a thread remembers; then it forgets those of that kind and begins again.
const HANDLES_MAX: usize = 1024;

thread_local! {
    static LOCAL: RefCell<Local> = RefCell::default();
}

/// Each thread has handles of its own, so that no two threads count the holders of one.
#[derive(Default)]
pub(super) struct Local {
    generation: u64,
    pub(super) counters: HashTable<Entry<Counter>>,
    pub(super) gauges: HashTable<Entry<Gauge>>,
    pub(super) histograms: HashTable<Entry<Histogram>>,
}

pub(super) struct Entry<T> {
    recorder: u32,
    key: Key,
    handle: T,
}

/// The kinds of handles, as places of a [`Local`].
pub(super) type Of<T> = fn(&mut Local) -> &mut HashTable<Entry<T>>;

/// The handle of `key`, which `make` makes when this thread has none.
#[inline]
pub(super) fn handle<T: Clone>(recorder: u32, key: &Key, of: Of<T>, make: impl FnOnce() -> T) -> T {
    handle_of(series::generation(), recorder, key, of, make)
}

#[inline]
fn handle_of<T: Clone>(generation: u64, recorder: u32, key: &Key, of: Of<T>, make: impl FnOnce() -> T) -> T {
    let found = LOCAL.try_with(|local| {
        let mut local = local.try_borrow_mut().ok().filter(|local| local.generation == generation)?;
        let entry = of(&mut local).find(hash(recorder, key), |entry| entry.is(recorder, key))?;
        Some(entry.handle.clone())
    });
    if let Ok(Some(handle)) = found {
        return handle;
    }
    // Outside the borrow: what makes a handle may warn, and who listens to warnings may count them.
    let handle = make();
    remember(generation, of, Entry { recorder, key: key.clone(), handle: handle.clone() });
    handle
}

impl<T> Entry<T> {
    fn is(&self, recorder: u32, key: &Key) -> bool {
        self.recorder == recorder && self.key == *key
    }
}

fn hash(recorder: u32, key: &Key) -> u64 {
    key.get_hash() ^ u64::from(recorder)
}

#[cold]
fn remember<T>(generation: u64, of: Of<T>, entry: Entry<T>) {
    // A thread that is ending remembers nothing more.
    let _ = LOCAL.try_with(|local| {
        let Ok(mut local) = local.try_borrow_mut() else { return };
        let outdated = (local.generation != generation).then(|| std::mem::take(&mut *local));
        local.generation = generation;
        let handles = of(&mut local);
        let forgotten = (handles.len() >= HANDLES_MAX).then(|| std::mem::take(handles));
        handles.insert_unique(hash(entry.recorder, &entry.key), entry, |entry| hash(entry.recorder, &entry.key));
        drop(local);
        // Outside the borrow, too: who drops the last handle of a client drops much else.
        drop((outdated, forgotten));
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thread_remembers_so_many_and_begins_again() {
        let count = || LOCAL.with(|local| local.borrow().gauges.len());
        let ask = |generation, recorder, name: String| {
            handle_of(generation, recorder, &Key::from_name(name), |local| &mut local.gauges, Gauge::noop)
        };
        (0..HANDLES_MAX).for_each(|at| drop(ask(0, 1, format!("gauge-{at}"))));
        assert_eq!(count(), HANDLES_MAX);
        drop(ask(0, 1, "gauge-0".to_owned()));
        assert_eq!(count(), HANDLES_MAX, "it was there");
        drop(ask(0, 2, "gauge-0".to_owned()));
        assert_eq!(count(), 1, "another recorder's is another handle, and there was no room");
        drop(ask(1, 1, "gauge-1".to_owned()));
        assert_eq!(count(), 1, "what was there is out of date");
    }
}
