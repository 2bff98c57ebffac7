//! What topics hand over: a delivery that is made again, because nobody knows what came of it, is the same message.
//!
//! What was handed over is remembered until its sender has written that down, however long the server is away in between. That
//! it has is written along with the next message that is handed over, so that nothing waits for a disk because of it.

use std::collections::{BTreeMap, HashMap};

use nepho_model::Timestamp;
use uuid::Uuid;

use super::draft::Draft;
use super::event::Event;
use super::fault::Fault;
use super::queues::{Queues, Step};
use super::send::Sent;

/// The most deliveries that are remembered; one more, and the oldest is forgotten. A sender has a few hundred on their way at
/// once, and what each kill leaves of those is the oldest that is not needed any more.
pub const HANDED_OVER_MAX: usize = 4096;

/// A queue and the message's id in it.
type Handed = (u64, Uuid);

/// What was handed over and may be handed over again.
#[derive(Debug, Clone, Default)]
pub(super) struct Handover {
    places: HashMap<Handed, u64>,
    /// In the order in which they came.
    order: BTreeMap<u64, Handed>,
    next: u64,
    /// What will not come again, and is not written down yet.
    settled: Vec<Handed>,
}

impl Handover {
    pub(super) fn remember(&mut self, queue: u64, id: Uuid) {
        if self.places.contains_key(&(queue, id)) {
            return;
        }
        if self.places.len() == HANDED_OVER_MAX
            && let Some((_, oldest)) = self.order.pop_first()
        {
            self.places.remove(&oldest);
        }
        self.places.insert((queue, id), self.next);
        self.order.insert(self.next, (queue, id));
        self.next += 1;
    }

    pub(super) fn forget(&mut self, queue: u64, id: Uuid) {
        if let Some(place) = self.places.remove(&(queue, id)) {
            self.order.remove(&place);
        }
    }

    pub(super) fn forget_queue(&mut self, queue: u64) {
        self.places.retain(|(of, _), _| *of != queue);
        self.order.retain(|_, (of, _)| *of != queue);
    }

    /// All that is remembered, the oldest first.
    pub(super) fn events(&self) -> impl Iterator<Item = Event> {
        self.order.values().map(|(queue, id)| Event::HandedOver { queue: *queue, id: *id })
    }
}

impl Queues {
    /// Sends a message to a queue for a sender that may have done so already, and then does nothing.
    ///
    /// # Errors
    ///
    /// As [`send`](Self::send).
    pub fn hand_over(&mut self, id: u64, draft: Draft, now: Timestamp) -> Result<Step<Sent>, Fault> {
        let message = draft.id;
        if self.has_taken(id, message) {
            return Ok(Step { value: Sent::of(&draft), events: Vec::new() });
        }
        let mut sent = self.send(id, draft, now)?;
        let settled = std::mem::take(&mut self.handover.settled).into_iter();
        let mut besides: Vec<_> = settled.map(|(queue, id)| Event::Settled { queue, id }).collect();
        besides.push(Event::HandedOver { queue: id, id: message });
        sent.events.extend(self.done((), besides).events);
        Ok(sent)
    }

    /// Whether a queue was handed this message.
    pub fn has_taken(&self, id: u64, message: Uuid) -> bool {
        self.handover.places.contains_key(&(id, message))
    }

    /// A message that was handed over will not be again.
    pub fn settle_handover(&mut self, id: u64, message: Uuid) {
        if self.has_taken(id, message) {
            self.handover.settled.push((id, message));
        }
    }

    /// What was settled and not written down yet is taken along to queues that are made anew.
    pub(super) fn go_on_settling(&mut self, before: &Self) {
        before.handover.settled.iter().for_each(|(queue, id)| self.settle_handover(*queue, *id));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(handover: &Handover) -> Vec<u128> {
        handover.order.values().map(|(_, id)| id.as_u128()).collect()
    }

    #[test]
    fn the_oldest_is_forgotten_for_one_too_many() {
        let mut handover = Handover::default();
        let most = HANDED_OVER_MAX as u128;
        (0..most).for_each(|n| handover.remember(1, Uuid::from_u128(n)));
        handover.remember(1, Uuid::from_u128(0));
        assert_eq!((handover.places.len(), kept(&handover)[0]), (HANDED_OVER_MAX, 0));
        handover.remember(1, Uuid::from_u128(most));
        assert_eq!((handover.places.len(), kept(&handover)[0]), (HANDED_OVER_MAX, 1));
        handover.forget(1, Uuid::from_u128(1));
        handover.remember(1, Uuid::from_u128(0));
        let ids = kept(&handover);
        assert_eq!((handover.places.len(), ids[0], ids[ids.len() - 1]), (HANDED_OVER_MAX, 2, 0));
        handover.remember(2, Uuid::from_u128(7));
        handover.forget_queue(1);
        assert_eq!((handover.places.len(), kept(&handover)), (1, vec![7]));
    }
}
