//! The PutMetricData sink against servers that behave, and servers that do not.

#![cfg(feature = "aws")]
#![expect(clippy::unwrap_used, reason = "a failed test should say where")]

mod chain;
mod datums;
mod recorded_server;
mod refusals;
mod store;
mod wire;
