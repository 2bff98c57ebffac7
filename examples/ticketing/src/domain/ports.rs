//! What the domain needs of the world, beside a place for metrics.

use super::{Booking, BookingId, Seat, State};

/// The seats, each with a lock.
pub trait Hall: Send + Sync {
    /// Takes the lock of a seat, if nobody has it; never waits.
    ///
    /// # Errors
    /// There is no such seat, or somebody has its lock.
    fn try_lock(&self, seat: Seat) -> Result<Box<dyn LockedSeat + '_>, LockError>;

    /// Makes a seat free again. Waits for its lock.
    fn free(&self, seat: Seat);
}

/// A seat whose lock is held until this is dropped.
pub trait LockedSeat {
    /// Whether somebody has booked it.
    fn is_taken(&self) -> bool;

    /// Gives it to somebody.
    fn take(&mut self);

    /// What it costs, in cents.
    fn price_cents(&self) -> u32;
}

/// Why a seat was not locked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LockError {
    /// There is no such seat.
    Unknown,
    /// Somebody has its lock.
    Contended,
}

/// The bookings.
pub trait Bookings: Send + Sync {
    /// Adds a booking, reserved.
    fn add(&self, seat: Seat, customer: &str, price_cents: u32) -> Booking;

    /// Brings a booking from one state to another, and answers it as it is then. Of several callers one succeeds.
    ///
    /// # Errors
    /// There is no such booking, or it is in another state.
    fn advance(&self, id: BookingId, from: State, to: State) -> Result<Booking, AdvanceError>;

    /// Forgets a booking.
    fn remove(&self, id: BookingId);
}

/// Why a booking did not change its state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AdvanceError {
    /// There is no such booking.
    Unknown,
    /// It is in this state.
    Is(State),
}

/// Who gets the money.
pub trait PaymentGateway: Send + Sync {
    /// Charges a card, and answers with a receipt.
    ///
    /// # Errors
    /// The card is declined: nothing was charged.
    fn charge(&self, card: &str, amount_cents: u32) -> Result<Receipt, Declined>;
}

/// The bank's number of a payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Receipt(pub u64);

/// A card was declined.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Declined;

/// The queue of paid bookings, for whoever writes the tickets.
pub trait TicketQueue: Send + Sync {
    /// Reserves the place of one message, so that what happens before the message is put cannot be in vain. `None`: the queue
    /// is full.
    fn place(&self) -> Option<Box<dyn Place + '_>>;
}

/// A reserved place in a queue, free again when it is dropped.
pub trait Place {
    /// Puts the message.
    fn put(self: Box<Self>, message: Vec<u8>);
}
