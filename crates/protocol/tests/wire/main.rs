//! The wire as clients see it: bytes in, shapes; shapes, bytes out.

#![expect(clippy::unwrap_used, reason = "what surprises a test should stop it")]

mod alarms;
mod anomaly_detectors;
mod cbor_forms;
mod dispatching;
mod errors;
mod fixtures;
mod form;
mod malformed;
mod mutation;
mod query_forms;
mod requests;
mod responses;
mod round_trip;
mod signatures;
mod sns;
mod sqs;
