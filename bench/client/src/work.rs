//! The unit of work that is written as a document: five metrics, three dimensions.

use std::sync::Arc;

use crate::random::Random;
use crate::values::{LABELS, Labels, labels};

pub(crate) const NAMESPACE: &str = "Shop/Checkout";
/// So many units are worked through in turn.
const UNITS: usize = 1024;
/// The dimensions of units of work have so many distinct sets of values.
pub(crate) const SERIES: usize = 16;

/// What one unit of work has measured.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Measured {
    /// Milliseconds, with three decimals.
    pub(crate) latency: f64,
    pub(crate) requests: u64,
    pub(crate) rows_read: u64,
    pub(crate) payload_bytes: u64,
    pub(crate) retries: u64,
}

/// Units of work that differ, in turn.
#[derive(Debug, Clone)]
pub(crate) struct Units {
    measured: Arc<[Measured]>,
    labels: Arc<[Labels; LABELS]>,
    next: usize,
}

impl Units {
    /// Units whose dimensions have `series` sets of values.
    pub(crate) fn new(series: usize) -> Self {
        let mut random = Random::new(9);
        let measured = (0..UNITS).map(|_| Measured {
            latency: ((3.0 + 0.8 * random.normal()).exp() * 1000.0).round() / 1000.0,
            requests: 1,
            rows_read: random.below(5000),
            payload_bytes: 200 + random.below(60_000),
            retries: 1 + random.below(3),
        });
        Units { measured: measured.collect(), labels: labels(series), next: 0 }
    }

    /// The next one, and the values of its dimensions.
    pub(crate) fn next(&mut self) -> (Measured, &Labels) {
        self.next += 1;
        (self.measured[self.next % UNITS], &self.labels[self.next % LABELS])
    }
}
