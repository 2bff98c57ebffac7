//! The second use case: the customer pays.

use std::sync::Arc;

use nepho::MetricsPort;

use super::ports::{AdvanceError, Bookings, Declined, Hall, PaymentGateway, Receipt, TicketQueue};
use super::{BookingId, Message, State};
use crate::clock::Stopwatch;

/// Takes payments.
#[derive(Clone)]
pub struct Pay {
    /// Where the metrics `payment.*` go.
    pub metrics: Arc<dyn MetricsPort>,
    /// The seats.
    pub hall: Arc<dyn Hall>,
    /// The bookings.
    pub bookings: Arc<dyn Bookings>,
    /// Who gets the money.
    pub gateway: Arc<dyn PaymentGateway>,
    /// Where paid bookings go.
    pub queue: Arc<dyn TicketQueue>,
}

/// Why a booking was not paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PaymentError {
    /// There is no such booking.
    #[error("unknown_booking")]
    UnknownBooking,
    /// It is paid, or being paid.
    #[error("already_paid")]
    AlreadyPaid,
    /// No tickets can be written at present; the card was not charged.
    #[error("queue_full")]
    QueueFull,
    /// The card was declined; the seat is free again.
    #[error("declined")]
    Declined,
}

impl From<AdvanceError> for PaymentError {
    fn from(error: AdvanceError) -> Self {
        match error {
            AdvanceError::Unknown => PaymentError::UnknownBooking,
            AdvanceError::Is(_) => PaymentError::AlreadyPaid,
        }
    }
}

impl Pay {
    /// Pays a booking.
    ///
    /// # Errors
    /// Why it is not paid.
    pub fn run(&self, booking: BookingId, card: &str) -> Result<Receipt, PaymentError> {
        let watch = Stopwatch::start();
        self.metrics.increment("payment.attempts", &[]);
        let outcome = self.pay(booking, card);
        self.metrics.increment(if outcome.is_ok() { "payment.success" } else { "payment.failure" }, &[]);
        self.metrics.record_timing("payment.duration", watch.elapsed(), &[]);
        outcome
    }

    fn pay(&self, id: BookingId, card: &str) -> Result<Receipt, PaymentError> {
        let place = self.queue.place().ok_or(PaymentError::QueueFull)?;
        let booking = self.bookings.advance(id, State::Reserved, State::Paying)?;
        match self.gateway.charge(card, booking.price_cents) {
            Ok(receipt) => {
                self.bookings.advance(id, State::Paying, State::Paid)?;
                place.put(Message { booking: id }.encode());
                Ok(receipt)
            }
            Err(Declined) => {
                self.bookings.remove(id);
                self.hall.free(booking.seat);
                Err(PaymentError::Declined)
            }
        }
    }
}
