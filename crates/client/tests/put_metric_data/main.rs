//! The PutMetricData sink against servers that behave, and servers that do not.

#![cfg(feature = "aws")]
#![expect(clippy::unwrap_used, reason = "a failed test should say where")]

mod chain;
mod datums;
#[expect(dead_code, reason = "some of it is for the Lambda mode's tests")]
mod recorded_server;
mod refusals;
mod store;
mod wire;
