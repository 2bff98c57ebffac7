//! Which events were taken already.

use std::collections::{HashMap, VecDeque};

/// How many events are remembered; the oldest are forgotten. (A service with a database keeps them there, in the
/// transaction that changes the subscription, and for as long as the billing service repeats deliveries.)
pub const DELIVERIES_MAX: usize = 100_000;

/// Events that were taken, by id, each with the time its delivery was signed at.
#[derive(Debug, Default)]
pub(super) struct Deliveries {
    signed_at: HashMap<String, u64>,
    oldest_first: VecDeque<String>,
}

/// What a delivery is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Delivery {
    /// The first of its event.
    New,
    /// Another one of an event that was taken.
    Again,
    /// The one that was taken.
    Replayed,
}

impl Deliveries {
    pub(super) fn look(&self, id: &str, signed_at: u64) -> Delivery {
        match self.signed_at.get(id) {
            None => Delivery::New,
            Some(taken) if *taken == signed_at => Delivery::Replayed,
            Some(_) => Delivery::Again,
        }
    }

    pub(super) fn remember(&mut self, id: String, signed_at: u64) {
        if self.oldest_first.len() == DELIVERIES_MAX
            && let Some(oldest) = self.oldest_first.pop_front()
        {
            self.signed_at.remove(&oldest);
        }
        self.oldest_first.push_back(id.clone());
        self.signed_at.insert(id, signed_at);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_is_forgotten_past_the_limit() {
        let mut deliveries = Deliveries::default();
        (0..DELIVERIES_MAX).for_each(|n| deliveries.remember(n.to_string(), 7));
        assert_eq!(deliveries.look("0", 7), Delivery::Replayed);
        assert_eq!(deliveries.look("0", 8), Delivery::Again);
        deliveries.remember("one more".to_owned(), 7);
        assert_eq!(deliveries.look("0", 7), Delivery::New);
        assert_eq!(deliveries.look("1", 7), Delivery::Replayed);
        assert_eq!(deliveries.look("one more", 7), Delivery::Replayed);
        assert_eq!((deliveries.signed_at.len(), deliveries.oldest_first.len()), (DELIVERIES_MAX, DELIVERIES_MAX));
    }
}
