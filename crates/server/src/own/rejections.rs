//! Rejected input is reported to whoever reads the log: once per cause and detail, then as a count.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// Different causes and details that are kept apart. What comes after is counted under its cause alone.
const DIFFERENT_MAX: usize = 256;

/// Why input was rejected, and how often.
#[derive(Debug, Default)]
pub(crate) struct Rejections(Mutex<BTreeMap<(&'static str, String), Count>>);

#[derive(Debug, Default)]
struct Count {
    all: u64,
    reported: u64,
}

impl Rejections {
    /// Counts a rejection, and logs it when it is the first of its kind.
    pub(crate) fn add(&self, cause: &'static str, detail: &str) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_full = known.len() >= DIFFERENT_MAX;
        let detail = if is_full && !known.contains_key(&(cause, detail.to_owned())) { "(other)" } else { detail };
        let count = known.entry((cause, detail.to_owned())).or_default();
        count.all += 1;
        if count.all == 1 {
            count.reported = 1;
            tracing::warn!(cause, "rejected: {detail}");
        }
    }

    /// Logs how often what was reported has happened since.
    pub(crate) fn report(&self) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for ((cause, detail), count) in known.iter_mut().filter(|(_, count)| count.all > count.reported) {
            tracing::warn!(cause, "rejected {} more: {detail}", count.all - count.reported);
            count.reported = count.all;
        }
    }

    /// How often each has happened.
    #[cfg(test)]
    pub(crate) fn counts(&self) -> Vec<(&'static str, String, u64)> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.iter().map(|((cause, detail), count)| (*cause, detail.clone(), count.all)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_differs_without_end_is_counted_under_its_cause() {
        let rejections = Rejections::default();
        for number in 0..=DIFFERENT_MAX {
            rejections.add("Json", &format!("at {number}"));
        }
        rejections.add("Json", "at 0");
        rejections.add("Json", "at 9999");
        let counts = rejections.counts();
        assert_eq!(counts.len(), DIFFERENT_MAX + 1);
        assert!(counts.contains(&("Json", "at 0".to_owned(), 2)));
        assert!(counts.contains(&("Json", "(other)".to_owned(), 2)));
    }
}
