//! The tables, against a real PostgreSQL.

#![expect(clippy::unwrap_used, reason = "a failed test should say where")]

mod faults;
mod migrations;
mod naive;
mod proxy;
mod reading;
mod recording;
mod releasing;
mod rolling_up;
mod routine;
mod support;
