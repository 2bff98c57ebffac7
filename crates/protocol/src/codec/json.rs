//! awsJson: thin, because serde_json is the codec.

use serde::{Deserialize, Serialize};

use super::fault::{CodecError, explain};
use super::objects::Objects;
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
    read(body).map_err(|cause| {
        let again = &mut serde_json::Deserializer::from_slice(body);
        code::SERIALIZATION.message(explain::<T, _>(Objects(again), &cause))
    })
}

fn read<'de, T: Deserialize<'de>>(body: &'de [u8]) -> serde_json::Result<T> {
    let mut deserializer = serde_json::Deserializer::from_slice(body);
    let shape = T::deserialize(Objects(&mut deserializer))?;
    deserializer.end()?;
    Ok(shape)
}

/// Encodes a shape.
///
/// # Errors
///
/// A shape that JSON cannot hold, such as a map whose keys are not strings.
pub fn to_vec<T: Serialize + ?Sized>(shape: &T) -> Result<Vec<u8>, CodecError> {
    serde_json::to_vec(shape).map_err(CodecError::new)
}
