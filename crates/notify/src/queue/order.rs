//! In which order the messages of a queue are received.

mod fifo;
mod standard;

use super::message::Message;
use fifo::Fifo;
use standard::Standard;
pub(super) use standard::is_poison;

/// The order of a queue. It holds numbers of messages; a message that changes is taken out before and put in after.
#[derive(Debug, Clone)]
pub(super) enum Order {
    Standard(Standard),
    Fifo(Fifo),
}

impl Order {
    pub(super) fn of(is_fifo: bool) -> Self {
        if is_fifo { Order::Fifo(Fifo::default()) } else { Order::Standard(Standard::default()) }
    }

    pub(super) fn put(&mut self, message: &Message) {
        match self {
            Order::Standard(standard) => standard.put(message),
            Order::Fifo(fifo) => fifo.put(message),
        }
    }

    pub(super) fn take(&mut self, message: &Message) {
        match self {
            Order::Standard(standard) => standard.take(message),
            Order::Fifo(fifo) => fifo.take(message),
        }
    }

    /// The messages that can be received, the first first.
    pub(super) fn receivable(&self) -> Box<dyn Iterator<Item = u64> + '_> {
        match self {
            Order::Standard(standard) => Box::new(standard.receivable()),
            Order::Fifo(fifo) => Box::new(fifo.receivable()),
        }
    }
}
