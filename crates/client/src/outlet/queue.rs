//! The payloads that wait for a sink, within bounds.

use std::collections::VecDeque;

use crate::outlet::attempt::Trials;
use crate::sink::Payload;

/// A payload that waits.
#[derive(Debug)]
pub(super) struct Waiting {
    pub(super) payload: Payload,
    /// Its number among all that were put in.
    pub(super) number: u64,
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
    /// The number and the bytes of the one that was taken out and is neither gone nor back.
    away: Option<(u64, usize)>,
    numbers: u64,
}

impl Queue {
    pub(super) fn new(bytes_max: usize, payloads_max: usize) -> Self {
        Queue { bytes_max, payloads_max, waiting: VecDeque::new(), bytes: 0, away: None, numbers: 0 }
    }

    pub(super) fn bytes_max(&self) -> usize {
        self.bytes_max
    }

    pub(super) fn payloads_max(&self) -> usize {
        self.payloads_max
    }

    /// How many bytes are in it, with the payload on its way.
    pub(super) fn bytes(&self) -> usize {
        self.bytes + self.away.map_or(0, |(_, bytes)| bytes)
    }

    /// How many payloads are in it, with the one on its way.
    pub(super) fn len(&self) -> usize {
        self.waiting.len() + usize::from(self.away.is_some())
    }

    pub(super) fn has_waiting(&self) -> bool {
        !self.waiting.is_empty()
    }

    /// Whether a payload with this number, or a lower one, is in it.
    pub(super) fn has_up_to(&self, number: u64) -> bool {
        let waiting = self.waiting.iter().map(|waiting| waiting.number);
        waiting.chain(self.away.map(|(number, _)| number)).any(|there| there <= number)
    }

    /// The number of the last payload that was put in.
    pub(super) fn last_number(&self) -> u64 {
        self.numbers
    }

    /// Puts a payload at the end, then drops from the beginning until everything is within the limits: `dropped` is told
    /// how many samples each had. The one on its way stays.
    pub(super) fn push(&mut self, payload: Payload, mut dropped: impl FnMut(u64)) {
        self.numbers += 1;
        self.bytes += payload.bytes();
        self.waiting.push_back(Waiting { payload, number: self.numbers, trials: Trials::default() });
        while self.bytes() > self.bytes_max || self.len() > self.payloads_max {
            let Some(oldest) = self.pop() else { return };
            dropped(oldest.payload.samples(oldest.payload.len()));
        }
    }

    /// Takes the first one out, on its way.
    pub(super) fn take_first(&mut self) -> Option<Waiting> {
        let first = self.pop()?;
        self.away = Some((first.number, first.payload.bytes()));
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
