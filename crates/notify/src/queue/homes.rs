//! Which files of the log are still needed.

use std::collections::BTreeMap;

use nepho_model::Timestamp;

/// Files by number, each with the messages that were last written whole in it, and until when it is needed for its
/// windows.
#[derive(Debug, Clone, Default)]
pub(super) struct Homes(BTreeMap<u64, Home>);

#[derive(Debug, Clone, Copy)]
struct Home {
    messages: usize,
    needed_until: Timestamp,
}

impl Default for Home {
    fn default() -> Self {
        Home { messages: 0, needed_until: Timestamp::from_millis(i64::MIN) }
    }
}

impl Homes {
    pub(super) fn put(&mut self, file: u64) {
        self.0.entry(file).or_default().messages += 1;
    }

    pub(super) fn take(&mut self, file: u64) {
        if let Some(home) = self.0.get_mut(&file) {
            home.messages -= 1;
        }
    }

    pub(super) fn need_until(&mut self, file: u64, until: Timestamp) {
        let home = self.0.entry(file).or_default();
        home.needed_until = home.needed_until.max(until);
    }

    /// The first file that is needed, or `last`.
    pub(super) fn first_needed(&mut self, now: Timestamp, last: u64) -> u64 {
        while let Some(oldest) = self.0.first_entry() {
            if *oldest.key() >= last || oldest.get().messages > 0 || oldest.get().needed_until > now {
                return (*oldest.key()).min(last);
            }
            oldest.remove();
        }
        last
    }

    /// Whether a file is needed for its messages only.
    pub(super) fn is_kept_by_messages(&self, file: u64, now: Timestamp) -> bool {
        self.0.get(&file).is_some_and(|home| home.messages > 0 && home.needed_until <= now)
    }

    /// How many messages are last written whole in a file.
    pub(super) fn messages(&self, file: u64) -> usize {
        self.0.get(&file).map_or(0, |home| home.messages)
    }
}
