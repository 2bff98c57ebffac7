//! What a queue tells about itself every minute.

use nepho_model::{Cell, Timestamp};

/// What happened since it was last told.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Tally {
    /// Messages that were sent.
    pub sent: u64,
    /// Messages that were received.
    pub received: u64,
    /// Deletions.
    pub deleted: u64,
    /// Receives without a message.
    pub empty_receives: u64,
    /// The sizes of the messages that were sent.
    pub sizes: Option<Cell>,
}

impl Tally {
    pub(super) fn send(&mut self, size: usize) {
        self.sent += 1;
        let size = Cell::of(size as f64);
        match &mut self.sizes {
            Some(sizes) => sizes.merge(&size),
            sizes => *sizes = Some(size),
        }
    }
}

/// How many messages a queue has.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Messages that can be received, or could if none of their group were in flight.
    pub visible: usize,
    /// Messages that were received and not deleted yet.
    pub in_flight: usize,
    /// Messages that cannot be received yet.
    pub delayed: usize,
}

/// What a queue tells about itself.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// Its messages now.
    pub counts: Counts,
    /// Since when the oldest is in it, poison aside.
    pub oldest: Option<Timestamp>,
    /// What happened since the last report.
    pub tally: Tally,
    /// Whether a message was ever sent to it, as far as is known.
    pub has_sent: bool,
}
