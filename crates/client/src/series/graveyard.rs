//! Where names go that callers have no room for any more: dropping thousands of them takes milliseconds, and those are
//! the worker's.

use std::sync::{Arc, Mutex, PoisonError};

use hashbrown::HashTable;

use super::Alias;

/// The most names that wait to be dropped; a table that would make it more stays where it is.
pub(super) const NAMES_MAX: usize = 32_768;

/// Names that wait to be dropped.
#[derive(Debug, Default)]
pub(super) struct Graveyard(Mutex<Vec<HashTable<Arc<Alias>>>>);

impl Graveyard {
    pub(super) const fn new() -> Self {
        Graveyard(Mutex::new(Vec::new()))
    }

    /// Empties `names` without dropping or waiting for anything. Answers whether it could; if not, it may the next time.
    pub(super) fn take(&self, names: &mut HashTable<Arc<Alias>>) -> bool {
        if names.is_empty() {
            return true;
        }
        let Ok(mut waiting) = self.0.try_lock() else { return false };
        let has_room = waiting.iter().map(HashTable::len).sum::<usize>() + names.len() <= NAMES_MAX;
        if has_room {
            waiting.push(std::mem::take(names));
        }
        has_room
    }

    /// Drops what waits.
    pub(super) fn bury(&self) {
        let buried = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        // Outside the lock, for which a caller would not wait.
        drop(buried);
    }
}
