//! What is plugged into the domain's ports, and what calls its use cases.

pub mod bank;
pub mod bookings;
pub mod hall;
pub mod http;
pub mod metrics;
pub mod queue;
