//! Standard queues: the oldest first, as far as it can be received.

use std::collections::BTreeSet;

use crate::queue::message::{Message, State};

/// Receives after which a message goes behind those that had fewer, so that it is in nobody's way.
const POISON_RECEIVES: u32 = 3;

/// Whether a message was received so often that something must be wrong with it.
pub(crate) fn is_poison(message: &Message) -> bool {
    message.receives >= POISON_RECEIVES
}

/// The messages that can be received.
#[derive(Debug, Clone, Default)]
pub(in crate::queue) struct Standard(BTreeSet<(bool, u64)>);

impl Standard {
    pub(super) fn put(&mut self, message: &Message) {
        if message.state == State::Ready {
            self.0.insert((is_poison(message), message.number));
        }
    }

    pub(super) fn take(&mut self, message: &Message) {
        self.0.remove(&(is_poison(message), message.number));
    }

    pub(super) fn receivable(&self) -> impl Iterator<Item = u64> {
        self.0.iter().map(|(_, number)| *number)
    }
}
