//! What the metrics cost at CloudWatch, from what the service really emits.
//!
//! The use cases run (without HTTP) for one interval's worth of bookings, in the same mix as in the [load
//! test](crate::load), and what leaves the client in that interval is counted: distinct metrics, documents, bytes and
//! requests. A month is so many such intervals.

mod emitted;
mod price;
mod text;

pub use emitted::{Emitted, Way, emit};
pub use price::{Bill, EVENT_BYTES, INTERVALS_A_MONTH, bill, metrics_price};
pub use text::text;

/// What is estimated.
#[derive(Debug, Clone, PartialEq)]
pub struct Estimate {
    /// Bookings in a second.
    pub rate: u32,
    /// Each way to emit, and what it costs.
    pub ways: Vec<(Way, Emitted, Bill)>,
}

/// Estimates the cost of a month, for one process that sees so many bookings in a second.
pub fn estimate(rate: u32) -> Estimate {
    let of = |way| {
        let emitted = emit(way, rate);
        let bill = bill(&emitted);
        (way, emitted, bill)
    };
    Estimate { rate, ways: Way::ALL.into_iter().map(of).collect() }
}
