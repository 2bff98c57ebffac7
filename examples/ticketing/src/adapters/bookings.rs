//! Bookings in memory.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::domain::ports::{AdvanceError, Bookings};
use crate::domain::{Booking, BookingId, Seat, State};

/// Bookings in memory, numbered from 1. There are no more than there are seats.
#[derive(Debug, Default)]
pub struct MemoryBookings {
    kept: Mutex<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    last: u64,
    by_id: HashMap<BookingId, Booking>,
}

impl MemoryBookings {
    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Bookings for MemoryBookings {
    fn add(&self, seat: Seat, customer: &str, price_cents: u32) -> Booking {
        let mut kept = self.kept();
        kept.last += 1;
        let id = BookingId(kept.last);
        let booking = Booking { id, seat, customer: customer.to_owned(), price_cents, state: State::Reserved };
        kept.by_id.insert(id, booking.clone());
        booking
    }

    fn advance(&self, id: BookingId, from: State, to: State) -> Result<Booking, AdvanceError> {
        let mut kept = self.kept();
        let booking = kept.by_id.get_mut(&id).ok_or(AdvanceError::Unknown)?;
        if booking.state != from {
            return Err(AdvanceError::Is(booking.state));
        }
        booking.state = to;
        Ok(booking.clone())
    }

    fn remove(&self, id: BookingId) {
        self.kept().by_id.remove(&id);
    }
}
