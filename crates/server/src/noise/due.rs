//! When something is due of what is kept.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use nepho_model::Timestamp;
use nepho_store::{Records, StoreError};

use super::record::{NOISE, NoiseRecord};

/// How many records are read at a time.
const PAGE: usize = 1000;

/// When something is due, by the keys of records.
#[derive(Debug, Default)]
pub(crate) struct Noise {
    due: Mutex<Due>,
}

#[derive(Debug, Default)]
struct Due {
    by_key: BTreeMap<String, Timestamp>,
    by_time: BTreeSet<(Timestamp, String)>,
}

impl Due {
    fn set(&mut self, key: &str, due: Option<Timestamp>) {
        if let Some(before) = self.by_key.remove(key) {
            self.by_time.remove(&(before, key.to_owned()));
        }
        if let Some(due) = due {
            self.by_key.insert(key.to_owned(), due);
            self.by_time.insert((due, key.to_owned()));
        }
    }
}

impl Noise {
    /// Reads when something is due. Damaged records are told to `on_damage`.
    ///
    /// # Errors
    /// What the store said.
    pub(crate) fn load(records: &dyn Records, on_damage: &mut dyn FnMut(String)) -> Result<Self, StoreError> {
        let mut due = Due::default();
        let mut after: Option<String> = None;
        loop {
            let page = records.scan(NOISE, "", after.as_deref(), PAGE)?;
            for record in &page {
                match NoiseRecord::read(&record.key, &record.value) {
                    Ok(kept) => due.set(&record.key, Some(kept.due())),
                    Err(error) => on_damage(error.to_string()),
                }
            }
            match page.last() {
                Some(last) if page.len() == PAGE => after = Some(last.key.clone()),
                _ => return Ok(Noise { due: Mutex::new(due) }),
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, Due> {
        self.due.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// When something is due next.
    pub(crate) fn next_deadline(&self) -> Option<Timestamp> {
        self.lock().by_time.first().map(|(due, _)| *due)
    }

    /// The first keys of what is due now, at most so many.
    pub(super) fn due(&self, now: Timestamp, most: usize) -> Vec<String> {
        let due = self.lock();
        due.by_time.iter().take_while(|(at, _)| *at <= now).take(most).map(|(_, key)| key.clone()).collect()
    }

    /// Something is due at another time, or never.
    pub(crate) fn set(&self, due: &[(String, Option<Timestamp>)]) {
        let mut all = self.lock();
        due.iter().for_each(|(key, at)| all.set(key, *at));
    }

    /// All that is kept below a key is due now, as when its rules have changed.
    pub(crate) fn hasten(&self, prefix: &str, now: Timestamp) {
        let mut due = self.lock();
        let later = due.by_key.range(prefix.to_owned()..).take_while(|(key, _)| key.starts_with(prefix));
        let later: Vec<String> = later.filter(|(_, at)| **at > now).map(|(key, _)| key.clone()).collect();
        later.iter().for_each(|key| due.set(key, Some(now)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_due_comes_in_the_order_of_time() {
        let noise = Noise::default();
        let at = Timestamp::from_seconds;
        let set = |key: &str, due: Option<i64>| noise.set(&[(key.to_owned(), due.map(at))]);
        set("t/a/1", Some(30));
        set("t/a/2", Some(10));
        set("t/b/1", Some(20));
        assert_eq!(noise.next_deadline(), Some(at(10)));
        assert_eq!(noise.due(at(20), 10), ["t/a/2", "t/b/1"]);
        assert_eq!(noise.due(at(20), 1), ["t/a/2"]);
        set("t/a/2", None);
        set("t/b/1", Some(40));
        assert_eq!(noise.next_deadline(), Some(at(30)));
        noise.hasten("t/b/", at(5));
        assert_eq!(noise.due(at(5), 10), ["t/b/1"]);
    }
}
