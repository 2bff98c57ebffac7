//! The first use case: a customer reserves a seat.

use std::sync::Arc;

use nepho::{MetricsPort, Unit};

use super::ports::{Bookings, Hall, LockError, LockedSeat};
use super::{Booking, Seat};
use crate::clock::Stopwatch;

/// Reserves seats.
#[derive(Clone)]
pub struct Reserve {
    /// Where the metrics `booking.*` and `reservation.*` go.
    pub metrics: Arc<dyn MetricsPort>,
    /// The seats.
    pub hall: Arc<dyn Hall>,
    /// The bookings.
    pub bookings: Arc<dyn Bookings>,
}

/// Why a seat was not reserved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BookingError {
    /// There is no such seat.
    #[error("unknown_seat")]
    UnknownSeat,
    /// Somebody else is reserving it at this moment.
    #[error("seat_locked")]
    SeatLocked,
    /// Somebody else has it.
    #[error("seat_taken")]
    SeatTaken,
}

impl BookingError {
    /// The value of the dimension `error_type`.
    pub fn error_type(self) -> &'static str {
        match self {
            BookingError::UnknownSeat => "unknown_seat",
            BookingError::SeatLocked => "seat_locked",
            BookingError::SeatTaken => "seat_taken",
        }
    }
}

impl Reserve {
    /// Reserves a seat for a customer.
    ///
    /// # Errors
    /// Why the customer does not get it.
    pub fn run(&self, seat: Seat, customer: &str) -> Result<Booking, BookingError> {
        let watch = Stopwatch::start();
        self.metrics.increment("booking.attempts", &[]);
        let outcome = self.reserve(seat, customer);
        let status = match outcome {
            Ok(_) => {
                self.metrics.increment("booking.success", &[]);
                "success"
            }
            Err(error) => {
                self.metrics.increment("booking.failure", &[("error_type", error.error_type())]);
                "failure"
            }
        };
        // 100 for a success and 0 for a failure: the average of any period, over any number of processes, is then
        // (booking.success / booking.attempts) * 100, which a rate that each process works out for itself is not.
        let rate = if outcome.is_ok() { 100.0 } else { 0.0 };
        self.metrics.put_metric("booking.success_rate", rate, Unit::Percent, &[]);
        self.metrics.record_timing("booking.duration", watch.elapsed(), &[("status", status)]);
        outcome
    }

    fn reserve(&self, seat: Seat, customer: &str) -> Result<Booking, BookingError> {
        let mut locked = match self.hall.try_lock(seat) {
            Ok(locked) => locked,
            Err(LockError::Unknown) => return Err(BookingError::UnknownSeat),
            Err(LockError::Contended) => {
                self.metrics.increment("reservation.lock_failed", &[]);
                return Err(BookingError::SeatLocked);
            }
        };
        self.metrics.increment("reservation.lock_acquired", &[]);
        let held = Stopwatch::start();
        let outcome = self.book(&mut *locked, seat, customer);
        drop(locked);
        self.metrics.record_timing("reservation.lock_duration", held.elapsed(), &[]);
        outcome
    }

    fn book(&self, locked: &mut dyn LockedSeat, seat: Seat, customer: &str) -> Result<Booking, BookingError> {
        if locked.is_taken() {
            return Err(BookingError::SeatTaken);
        }
        let booking = self.bookings.add(seat, customer, locked.price_cents());
        locked.take();
        Ok(booking)
    }
}
