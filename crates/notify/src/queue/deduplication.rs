//! Duplicates that are sent to a FIFO queue, and receives that are tried again.

use std::collections::{HashMap, VecDeque};
use std::hash::Hash;

use nepho_model::Timestamp;
use uuid::Uuid;

/// How long a duplicate is known as one, in milliseconds. A receive can be tried again as long.
pub const WINDOW_MILLIS: i64 = 5 * 60 * 1000;

/// What is known under a key for a while.
#[derive(Debug, Clone)]
pub(super) struct Windows<K, V> {
    known: HashMap<K, (Timestamp, V)>,
    /// The keys in the order of their times; a key that was renewed is in it more than once.
    order: VecDeque<(Timestamp, K)>,
}

impl<K, V> Default for Windows<K, V> {
    fn default() -> Self {
        Windows { known: HashMap::new(), order: VecDeque::new() }
    }
}

/// When a window that begins at a time is closed.
pub(super) fn end_of_window(begin: Timestamp) -> Timestamp {
    Timestamp::from_millis(begin.millis().saturating_add(WINDOW_MILLIS))
}

impl<K: Clone + Eq + Hash, V> Windows<K, V> {
    /// Opens a window.
    pub(super) fn open(&mut self, key: K, begin: Timestamp, value: V) {
        self.order.push_back((begin, key.clone()));
        self.known.insert(key, (begin, value));
    }

    /// What is known under a key in a window that is open, and when that began.
    pub(super) fn find(&self, key: &K, now: Timestamp) -> Option<(Timestamp, &V)> {
        let (begin, value) = self.known.get(key)?;
        (now < end_of_window(*begin)).then_some((*begin, value))
    }

    /// What is known under a key, whether or not its window is still open.
    pub(super) fn known(&self, key: &K) -> Option<(Timestamp, &V)> {
        self.known.get(key).map(|(begin, value)| (*begin, value))
    }

    pub(super) fn find_mut(&mut self, key: &K) -> Option<&mut V> {
        self.known.get_mut(key).map(|(_, value)| value)
    }

    /// Forgets windows that are closed.
    pub(super) fn forget(&mut self, now: Timestamp) {
        while let Some((begin, _)) = self.order.front()
            && end_of_window(*begin) <= now
        {
            let Some((begin, key)) = self.order.pop_front() else { return };
            // One that was opened again since then stays.
            if self.known.get(&key).is_some_and(|(known, _)| *known == begin) {
                self.known.remove(&key);
            }
        }
    }
}

/// What duplicates have in common: the id, and the group where duplicates are looked for in the group only.
pub(super) type DuplicateKey = (Option<String>, String);

/// The message that others are duplicates of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Original {
    pub(super) id: Uuid,
    pub(super) number: u64,
}

/// What a receive gave to a client that may not have got it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Attempt {
    /// Numbers, and the how many-th receive of each it was.
    pub(super) messages: Vec<(u64, u32)>,
    pub(super) until: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(millis: i64) -> Timestamp {
        Timestamp::from_millis(millis)
    }

    #[test]
    fn windows_are_open_for_five_minutes() {
        let mut windows = Windows::default();
        windows.open("a", at(0), 1);
        windows.open("b", at(1000), 2);
        assert_eq!(windows.find(&"a", at(WINDOW_MILLIS - 1)), Some((at(0), &1)));
        assert_eq!(windows.find(&"a", at(WINDOW_MILLIS)), None);
        windows.open("a", at(WINDOW_MILLIS), 3);
        windows.forget(at(WINDOW_MILLIS + 1000));
        assert_eq!((windows.known.len(), windows.order.len()), (1, 1));
        assert_eq!(windows.find(&"a", at(WINDOW_MILLIS + 1000)), Some((at(WINDOW_MILLIS), &3)));
    }
}
