//! Mail through the whole service, and its numbers read back from the tables and through a server of Nephoscope.

#![expect(clippy::unwrap_used, reason = "a failed test should say where")]

mod alarms;
mod bridge;
mod failures;
mod journey;
mod stage;
