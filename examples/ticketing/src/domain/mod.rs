//! What booking a seat means, and what is measured about it.
//!
//! The metrics port is [`nepho::MetricsPort`]; the other ports are in [`ports`].

mod booking;
mod consume;
mod pay;
pub mod ports;
mod reserve;
#[cfg(test)]
mod tests;

pub use booking::{Booking, BookingId, Seat, State};
pub use consume::{Consume, ConsumeError, Message};
pub use pay::{Pay, PaymentError};
pub use reserve::{BookingError, Reserve};

/// The namespace of all metrics.
pub const NAMESPACE: &str = "TicketingSystem/Booking";
/// The dimension `Service` of all metrics.
pub const SERVICE: &str = "ticketing-service";
