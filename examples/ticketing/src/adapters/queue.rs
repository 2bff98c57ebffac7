//! The queue of paid bookings, and the consumer that reads it.

use tokio::sync::mpsc::{Permit, Receiver, Sender, channel};

use crate::domain::Consume;
use crate::domain::ports::{Place, TicketQueue};

/// The most messages that wait.
pub const QUEUE_MESSAGES_MAX: usize = 10_000;

/// The end of the queue where messages come in.
#[derive(Debug, Clone)]
pub struct ChannelQueue(Sender<Vec<u8>>);

/// The end of the queue where messages are taken out.
#[derive(Debug)]
pub struct Inbox(Receiver<Vec<u8>>);

/// A queue of at most [`QUEUE_MESSAGES_MAX`] messages.
pub fn queue() -> (ChannelQueue, Inbox) {
    let (sender, receiver) = channel(QUEUE_MESSAGES_MAX);
    (ChannelQueue(sender), Inbox(receiver))
}

impl TicketQueue for ChannelQueue {
    fn place(&self) -> Option<Box<dyn Place + '_>> {
        Some(Box::new(self.0.try_reserve().ok()?))
    }
}

impl Place for Permit<'_, Vec<u8>> {
    fn put(self: Box<Self>, message: Vec<u8>) {
        self.send(message);
    }
}

impl Inbox {
    /// Takes what is in the queue, one message after the other, until it is empty and nobody can put anything any more.
    pub async fn consume(mut self, consume: Consume) {
        while let Some(message) = self.0.recv().await {
            take(&message, self.0.len(), &consume);
        }
    }

    /// Takes what is in the queue now.
    pub fn consume_waiting(&mut self, consume: &Consume) {
        while let Ok(message) = self.0.try_recv() {
            take(&message, self.0.len(), consume);
        }
    }
}

fn take(message: &[u8], waiting: usize, consume: &Consume) {
    // What is wrong with a message is counted by the use case; there is nobody here to do more about it.
    let _ = consume.run(message, waiting);
}
