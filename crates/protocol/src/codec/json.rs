//! awsJson: thin, because serde_json is the codec.

use serde::{Deserialize, Serialize};

use super::fault::{CodecError, explain};
use crate::error::{ServiceError, code};

/// What an empty body stands for.
const EMPTY: &[u8] = b"{}";

/// Decodes a shape.
///
/// # Errors
///
/// `SerializationException`, naming the member and what was found.
pub fn from_slice<'de, T: Deserialize<'de>>(body: &'de [u8]) -> Result<T, ServiceError> {
    let body = if body.is_empty() { EMPTY } else { body };
    serde_json::from_slice(body).map_err(|cause| {
        code::SERIALIZATION.message(explain::<T, _>(&mut serde_json::Deserializer::from_slice(body), &cause))
    })
}

/// Encodes a shape.
///
/// # Errors
///
/// A shape that JSON cannot hold, such as a map whose keys are not strings.
pub fn to_vec<T: Serialize + ?Sized>(shape: &T) -> Result<Vec<u8>, CodecError> {
    serde_json::to_vec(shape).map_err(CodecError::new)
}
