//! What the customers counted, and what the metrics have to be then.

use std::collections::BTreeMap;

use nepho::Unit;

use super::cloudwatch::Stored;

/// What the customers counted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counts {
    /// Seats asked for.
    pub bookings: u64,
    /// Seats got.
    pub booked: u64,
    /// Refusals, by the word of the answer.
    pub refused: BTreeMap<String, u64>,
    /// Payments tried.
    pub payments: u64,
    /// Payments taken.
    pub paid: u64,
    /// Messages put into the queue that nobody can read.
    pub disturbances: u64,
}

/// What a metric has to be.
#[derive(Debug, Clone, PartialEq)]
pub struct Expected {
    /// The metric's name.
    pub name: &'static str,
    /// The dimension it has beside the default ones.
    pub dimension: Option<(&'static str, String)>,
    /// The unit.
    pub unit: Unit,
    /// How many samples.
    pub samples: u64,
    /// Their sum, where a customer can know it.
    pub sum: Option<u64>,
}

impl Expected {
    /// Whether that is what is stored.
    pub fn is(&self, stored: &Stored) -> bool {
        stored.samples == self.samples as f64 && self.sum.is_none_or(|sum| stored.sum == sum as f64)
    }
}

impl Counts {
    /// Adds what another customer counted.
    pub fn add(&mut self, other: &Counts) {
        self.bookings += other.bookings;
        self.booked += other.booked;
        for (word, count) in &other.refused {
            *self.refused.entry(word.clone()).or_default() += count;
        }
        self.payments += other.payments;
        self.paid += other.paid;
        self.disturbances += other.disturbances;
    }

    /// Every metric of the service, and what it has to be.
    pub fn expected(&self) -> Vec<Expected> {
        let refused = |word: &str| self.refused.get(word).copied().unwrap_or_default();
        let failures: u64 = self.refused.values().sum();
        let locked = self.booked + refused("seat_taken");
        let messages = self.paid + self.disturbances;
        let mut rows = vec![
            count("booking.attempts", self.bookings),
            count("booking.success", self.booked),
            Expected {
                sum: Some(100 * self.booked),
                unit: Unit::Percent,
                ..count("booking.success_rate", self.bookings)
            },
            Expected { dimension: status("success"), ..time("booking.duration", self.booked) },
            Expected { dimension: status("failure"), ..time("booking.duration", failures) },
            count("payment.attempts", self.payments),
            count("payment.success", self.paid),
            count("payment.failure", self.payments - self.paid),
            time("payment.duration", self.payments),
            count("reservation.lock_acquired", locked),
            count("reservation.lock_failed", refused("seat_locked")),
            time("reservation.lock_duration", locked),
            count("consumer.messages_processed", self.paid),
            count("consumer.errors", self.disturbances),
            Expected { sum: None, ..count("consumer.lag", messages) },
        ];
        let failures = self.refused.iter().map(|(word, times)| Expected {
            dimension: Some(("error_type", word.clone())),
            ..count("booking.failure", *times)
        });
        rows.splice(2..2, failures);
        rows
    }
}

fn count(name: &'static str, times: u64) -> Expected {
    Expected { name, dimension: None, unit: Unit::Count, samples: times, sum: Some(times) }
}

fn time(name: &'static str, times: u64) -> Expected {
    Expected { unit: Unit::Milliseconds, sum: None, ..count(name, times) }
}

fn status(status: &str) -> Option<(&'static str, String)> {
    Some(("status", status.to_owned()))
}
