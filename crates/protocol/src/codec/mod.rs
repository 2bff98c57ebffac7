//! The codecs: request bodies to shapes, shapes to responses.
//!
//! All of them work through serde on the same shapes. Decoding borrows strings from the body,
//! recurses to a bounded depth, and allocates in proportion to the bytes that are really there.

pub mod cbor;
mod fault;
pub mod json;
mod objects;
pub mod query;
mod reply;
pub mod xml;

pub use reply::{encode, encode_error};

use serde::Deserialize;

use crate::error::ServiceError;
use crate::protocol::Protocol;

/// Decodes the input of an operation.
///
/// The body of a query request may also be the query string of a GET. An empty body is an input
/// without members.
///
/// # Errors
///
/// `SerializationException` (in query: `MalformedInput` or `MalformedQueryString`) with the
/// member that cannot be read and what was found there.
pub fn decode<'de, T: Deserialize<'de>>(protocol: Protocol, body: &'de [u8]) -> Result<T, ServiceError> {
    match protocol {
        Protocol::Query => query::from_slice(body),
        Protocol::Json10 | Protocol::Json11 => json::from_slice(body),
        Protocol::Cbor => cbor::from_slice(body),
    }
}
