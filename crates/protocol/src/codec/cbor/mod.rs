//! rpc-v2-cbor: serde over minicbor's decoder and encoder.

mod read;
mod write;

use serde::{Deserialize, Serialize};

use super::fault::{CodecError, explain};
use crate::error::{ServiceError, code};
use read::Reader;
use write::Writer;

pub use read::DEPTH_MAX;

/// What an empty body stands for: a map without entries.
const EMPTY: &[u8] = &[0xa0];

/// Decodes a shape.
///
/// # Errors
///
/// `SerializationException`, naming the member and what was found.
pub fn from_slice<'de, T: Deserialize<'de>>(body: &'de [u8]) -> Result<T, ServiceError> {
    let body = if body.is_empty() { EMPTY } else { body };
    read(body).map_err(|cause: CodecError| code::SERIALIZATION.message(explain::<T, _>(&mut Reader::new(body), &cause)))
}

fn read<'de, T: Deserialize<'de>>(body: &'de [u8]) -> Result<T, CodecError> {
    let mut reader = Reader::new(body);
    let shape = T::deserialize(&mut reader)?;
    reader.finish()?;
    Ok(shape)
}

/// Encodes a shape.
///
/// # Errors
///
/// A shape that is neither a struct, a list, a map nor a scalar: enums with content.
pub fn to_vec<T: Serialize + ?Sized>(shape: &T) -> Result<Vec<u8>, CodecError> {
    let mut writer = Writer::default();
    shape.serialize(&mut writer)?;
    Ok(writer.into_bytes())
}
