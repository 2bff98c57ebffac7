//! Rejected input is reported to whoever reads the log: each cause and detail once, and then every minute as a count
//! for as long as it goes on.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Mutex, PoisonError};

/// Different details of one cause that are kept apart in a minute. What comes after is counted under the cause alone.
const DETAILS_MAX: usize = 16;

/// Why input was rejected, and how often since the last report.
#[derive(Debug, Default)]
pub(crate) struct Rejections(Mutex<BTreeMap<&'static str, Details>>);

/// The details of one cause, each with how often it came since it was logged.
#[derive(Debug, Default)]
struct Details {
    known: BTreeMap<String, u64>,
    others: u64,
}

/// Where rejected input came from, as far as that is known.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Source<'a> {
    pub(crate) log_group: Option<&'a str>,
    pub(crate) peer: Option<SocketAddr>,
}

impl Rejections {
    /// Counts a rejection, and logs it when it is the first of its kind.
    pub(crate) fn add(&self, cause: &'static str, detail: &str, source: Source<'_>) {
        let mut causes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let details = causes.entry(cause).or_default();
        if let Some(count) = details.known.get_mut(detail) {
            *count += 1;
        } else if details.known.len() >= DETAILS_MAX {
            details.others += 1;
        } else {
            details.known.insert(detail.to_owned(), 0);
            let peer = source.peer.map(tracing::field::display);
            tracing::warn!(cause, log_group = source.log_group, peer, "rejected: {detail}");
        }
    }

    /// Logs how often what was logged has happened since, and forgets what has not.
    pub(crate) fn report(&self) {
        let mut causes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for (cause, details) in causes.iter_mut() {
            details.known.retain(|detail, count| {
                let count = std::mem::take(count);
                if count > 0 {
                    tracing::warn!(cause, "rejected {count} more: {detail}");
                }
                count > 0
            });
            let others = std::mem::take(&mut details.others);
            if others > 0 {
                tracing::warn!(cause, "rejected {others} more for this cause, of further kinds");
            }
        }
        causes.retain(|_, details| !details.known.is_empty());
    }

    /// How often each has come since it was logged; further kinds under `(other)`.
    #[cfg(test)]
    fn counts(&self) -> Vec<(&'static str, String, u64)> {
        let causes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let counts = causes.iter().flat_map(|(cause, details)| {
            let known = details.known.iter().map(|(detail, count)| (*cause, detail.clone(), *count));
            known.chain((details.others > 0).then(|| (*cause, "(other)".to_owned(), details.others)))
        });
        counts.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(cause: &'static str, detail: &str, count: u64) -> (&'static str, String, u64) {
        (cause, detail.to_owned(), count)
    }

    #[test]
    fn what_differs_without_end_leaves_room_for_other_causes_and_later_minutes() {
        // After 256 different details no reason was ever logged again.
        let rejections = Rejections::default();
        let add = |cause, detail: &str| rejections.add(cause, detail, Source::default());
        for number in 0..DETAILS_MAX {
            add("not_json", &format!("at {number}"));
        }
        assert!(!rejections.counts().contains(&count("not_json", "(other)", 1)), "at the limit all are kept apart");
        add("not_json", "at 0");
        add("not_json", "at 9998");
        add("not_json", "at 9999");
        add("unit", "parsecs");
        let kept = rejections.counts();
        assert_eq!(kept.len(), DETAILS_MAX + 2);
        for expected in [count("not_json", "at 0", 1), count("not_json", "(other)", 2), count("unit", "parsecs", 0)] {
            assert!(kept.contains(&expected), "{expected:?}");
        }
        // What goes on stays known, the rest makes room.
        rejections.report();
        assert_eq!(rejections.counts(), [count("not_json", "at 0", 0)]);
        add("not_json", "at 9999");
        assert_eq!(rejections.counts(), [count("not_json", "at 0", 0), count("not_json", "at 9999", 0)]);
        rejections.report();
        assert_eq!(rejections.counts(), []);
    }
}
