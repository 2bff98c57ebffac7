//! Bookings.

use serde::{Deserialize, Serialize};

/// A seat, by its number. Seats are numbered from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Seat(pub u32);

/// A booking, by its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct BookingId(pub u64);

/// A seat that a customer has, or will have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Booking {
    /// Its number.
    pub id: BookingId,
    /// The seat.
    pub seat: Seat,
    /// Whose it is.
    pub customer: String,
    /// What it costs, in cents.
    pub price_cents: u32,
    /// How far it has come.
    pub state: State,
}

/// How far a booking has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// The seat is kept for the customer.
    Reserved,
    /// The bank is asked for the money.
    Paying,
    /// The money is there.
    Paid,
    /// The customer has a ticket.
    Ticketed,
}
