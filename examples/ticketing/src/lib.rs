//! Seat booking with ports and adapters: the second reference application of Nephoscope.
//!
//! [`domain`] holds the rules and three use cases (reserve, pay, consume). They record their metrics themselves, through
//! [`nepho::MetricsPort`], and know nothing of HTTP, queues or CloudWatch. [`adapters`] are what is plugged in: seats and
//! bookings in memory, a bank, a queue, the HTTP API, and the real metrics client. [`load`] drives it all as customers
//! would and compares what it counted with what a server stored; [`cost`] says what the metrics cost.
//!
//! ```
//! use std::sync::Arc;
//! use nepho::Recorded;
//! use ticketing::app::App;
//! use ticketing::domain::{BookingError, Seat};
//!
//! let recorded = Arc::new(Recorded::default());
//! let (app, _inbox) = App::open(recorded.clone(), 100);
//! app.reserve.run(Seat(17), "Ada")?;
//! assert_eq!(app.reserve.run(Seat(17), "Bob"), Err(BookingError::SeatTaken));
//! assert_eq!(recorded.counter("booking.failure").with("error_type", "seat_taken"), 1);
//! # Ok::<(), BookingError>(())
//! ```
//!
//! It is **not** a shop: seats are gone when the process ends, and the bank moves no money.

pub mod adapters;
pub mod app;
pub mod clock;
pub mod cost;
pub mod domain;
pub mod load;
