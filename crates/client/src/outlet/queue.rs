//! The payloads that wait for a sink, within bounds.

use std::collections::VecDeque;

use crate::outlet::attempt::Trials;
use crate::sink::Payload;

/// A payload that waits.
#[derive(Debug)]
pub(super) struct Waiting {
    pub(super) payload: Payload,
    pub(super) trials: Trials,
}

/// The payloads that wait, and the one on its way. It knows no time and no threads.
#[derive(Debug)]
pub(super) struct Queue {
    bytes_max: usize,
    payloads_max: usize,
    waiting: VecDeque<Waiting>,
    /// Of those that wait.
    bytes: usize,
    /// The bytes of the one that was taken out and is neither gone nor back.
    away: Option<usize>,
}

impl Queue {
    pub(super) fn new(bytes_max: usize, payloads_max: usize) -> Self {
        Queue { bytes_max, payloads_max, waiting: VecDeque::new(), bytes: 0, away: None }
    }

    pub(super) fn bytes_max(&self) -> usize {
        self.bytes_max
    }

    pub(super) fn payloads_max(&self) -> usize {
        self.payloads_max
    }

    /// How many bytes are in it, with the payload on its way.
    pub(super) fn bytes(&self) -> usize {
        self.bytes + self.away.unwrap_or(0)
    }

    /// How many payloads are in it, with the one on its way.
    pub(super) fn len(&self) -> usize {
        self.waiting.len() + usize::from(self.away.is_some())
    }

    pub(super) fn has_waiting(&self) -> bool {
        !self.waiting.is_empty()
    }

    /// Puts a payload at the end, then drops from the beginning until everything is within the limits: `dropped` is told
    /// how many samples each had. The one on its way stays.
    pub(super) fn push(&mut self, payload: Payload, mut dropped: impl FnMut(u64)) {
        self.bytes += payload.bytes();
        self.waiting.push_back(Waiting { payload, trials: Trials::default() });
        while self.bytes() > self.bytes_max || self.len() > self.payloads_max {
            let Some(oldest) = self.pop() else { return };
            dropped(oldest.payload.samples(oldest.payload.len()));
        }
    }

    /// Takes the first one out, on its way.
    pub(super) fn take_first(&mut self) -> Option<Waiting> {
        let first = self.pop()?;
        self.away = Some(first.payload.bytes());
        Some(first)
    }

    /// Puts what is left of the one on its way back, as the first or as the last.
    pub(super) fn put_back(&mut self, waiting: Waiting, is_first: bool) {
        self.away = None;
        if waiting.payload.is_empty() {
            return;
        }
        self.bytes += waiting.payload.bytes();
        if is_first { self.waiting.push_front(waiting) } else { self.waiting.push_back(waiting) }
    }

    /// Empties it, as far as nothing is on its way.
    pub(super) fn clear(&mut self) {
        self.waiting.clear();
        self.bytes = 0;
    }

    fn pop(&mut self) -> Option<Waiting> {
        let first = self.waiting.pop_front()?;
        self.bytes -= first.payload.bytes();
        Some(first)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sink::Documents;

    /// Documents of four bytes and a sample.
    fn payload(documents: usize) -> Payload {
        let mut all = Documents::default();
        (0..documents).for_each(|_| all.push(1, |text| text.extend_from_slice(b"123")));
        Payload::Documents(all)
    }

    fn push(queue: &mut Queue, documents: usize) -> Vec<u64> {
        let mut dropped = Vec::new();
        queue.push(payload(documents), |samples| dropped.push(samples));
        dropped
    }

    #[test]
    fn the_one_on_its_way_has_its_place() {
        let mut queue = Queue::new(24, 2);
        assert!(push(&mut queue, 3).is_empty());
        let mut away = queue.take_first().unwrap();
        assert_eq!((queue.len(), queue.bytes(), queue.has_waiting()), (1, 12, false));
        assert!(push(&mut queue, 3).is_empty());
        assert_eq!(push(&mut queue, 1), [3]);
        // There is no room for this one beside it: it goes itself.
        assert_eq!(push(&mut queue, 4), [1, 4]);
        assert_eq!((queue.len(), queue.bytes()), (1, 12));
        away.payload.remove_first(2);
        queue.put_back(away, true);
        assert_eq!((queue.len(), queue.bytes()), (1, 4));
        let away = queue.take_first().unwrap();
        queue.clear();
        assert_eq!((queue.len(), queue.bytes()), (1, 4));
        queue.put_back(Waiting { payload: payload(0), ..away }, true);
        assert_eq!((queue.len(), queue.bytes()), (0, 0));
    }

    #[test]
    fn what_comes_back_is_the_first_or_the_last() {
        for (is_first, expected) in [(true, [1, 2, 3]), (false, [2, 3, 1])] {
            let mut queue = Queue::new(1000, 10);
            (1..=3).for_each(|documents| assert!(push(&mut queue, documents).is_empty()));
            let away = queue.take_first().unwrap();
            queue.put_back(away, is_first);
            let order: Vec<_> = std::iter::from_fn(|| queue.pop()).map(|waiting| waiting.payload.len()).collect();
            assert_eq!(order, expected);
        }
    }
}
