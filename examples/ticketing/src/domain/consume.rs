//! The third use case: a ticket is written for each paid booking.

use std::sync::Arc;

use nepho::{MetricsPort, Unit};
use serde::{Deserialize, Serialize};

use super::ports::{AdvanceError, Bookings};
use super::{BookingId, State};

/// Writes tickets.
#[derive(Clone)]
pub struct Consume {
    /// Where the metrics `consumer.*` go.
    pub metrics: Arc<dyn MetricsPort>,
    /// The bookings.
    pub bookings: Arc<dyn Bookings>,
}

/// A message in the queue: a booking was paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// The booking.
    pub booking: BookingId,
}

impl Message {
    /// As it is in the queue.
    pub fn encode(self) -> Vec<u8> {
        serde_json::to_vec(&self).expect("a number can be written as JSON")
    }
}

/// Why a message was no use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ConsumeError {
    /// It cannot be read.
    #[error("malformed")]
    Malformed,
    /// There is no such booking.
    #[error("unknown_booking")]
    UnknownBooking,
    /// The booking is not paid, or has its ticket.
    #[error("not_due")]
    NotDue,
}

impl From<AdvanceError> for ConsumeError {
    fn from(error: AdvanceError) -> Self {
        match error {
            AdvanceError::Unknown => ConsumeError::UnknownBooking,
            AdvanceError::Is(_) => ConsumeError::NotDue,
        }
    }
}

impl Consume {
    /// Writes the ticket that a message asks for. Behind the message, `waiting` others were in the queue when it was
    /// taken.
    ///
    /// # Errors
    /// Why there is none. The message is not tried again.
    pub fn run(&self, message: &[u8], waiting: usize) -> Result<BookingId, ConsumeError> {
        self.metrics.put_metric("consumer.lag", waiting as f64, Unit::Count, &[]);
        let outcome = self.ticket(message);
        let name = if outcome.is_ok() { "consumer.messages_processed" } else { "consumer.errors" };
        self.metrics.increment(name, &[]);
        outcome
    }

    fn ticket(&self, message: &[u8]) -> Result<BookingId, ConsumeError> {
        let Message { booking } = serde_json::from_slice(message).map_err(|_| ConsumeError::Malformed)?;
        self.bookings.advance(booking, State::Paid, State::Ticketed)?;
        Ok(booking)
    }
}
