//! Decoding CBOR.

use minicbor::Decoder;
use minicbor::data::Type;
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Unexpected, Visitor};
use serde::forward_to_deserialize_any;

use crate::codec::fault::CodecError;

/// How deeply arrays and maps may be nested, known members or not.
pub const DEPTH_MAX: usize = 64;

/// The byte that ends an item of indefinite length.
const BREAK_LEN: usize = 1;

/// The first bytes of text of definite length, most of what a request consists of: recognised
/// without asking the decoder for a type, which is measurably faster.
const TEXT_FIRST: u8 = 0x60;
const TEXT_LAST: u8 = 0x7b;

/// A serde deserializer over one CBOR item.
///
/// Strings of definite length are borrowed; tags are skipped; `undefined` is null. What the shape
/// does not know is read like everything else, so that the same bounds hold for it.
pub(super) struct Reader<'de> {
    decoder: Decoder<'de>,
    depth: usize,
}

impl<'de> Reader<'de> {
    pub(super) fn new(body: &'de [u8]) -> Self {
        Self { decoder: Decoder::new(body), depth: 0 }
    }

    /// Checks that nothing follows the item.
    pub(super) fn finish(&self) -> Result<(), CodecError> {
        match self.remaining() {
            0 => Ok(()),
            left => Err(CodecError::new(format_args!("{left} bytes follow the end of the input"))),
        }
    }

    fn remaining(&self) -> usize {
        self.decoder.input().len() - self.decoder.position()
    }

    /// The type of the next item, behind its tags.
    fn peek(&mut self) -> Result<Type, CodecError> {
        loop {
            match self.decoder.datatype().map_err(fault)? {
                Type::Tag => self.decoder.tag().map_err(fault)?,
                other => return Ok(other),
            };
        }
    }

    fn string(&mut self) -> Result<String, CodecError> {
        let mut text = String::new();
        for part in self.decoder.str_iter().map_err(fault)? {
            text.push_str(part.map_err(fault)?);
        }
        Ok(text)
    }

    fn bytes(&mut self) -> Result<Vec<u8>, CodecError> {
        let mut bytes = Vec::new();
        for part in self.decoder.bytes_iter().map_err(fault)? {
            bytes.extend_from_slice(part.map_err(fault)?);
        }
        Ok(bytes)
    }

    fn nested<T>(&mut self, read: impl FnOnce(&mut Self) -> Result<T, CodecError>) -> Result<T, CodecError> {
        if self.depth == DEPTH_MAX {
            return Err(CodecError::new(format_args!("nesting exceeds the limit of {DEPTH_MAX}")));
        }
        self.depth += 1;
        let outcome = read(self);
        self.depth -= 1;
        outcome
    }

    fn array<V: Visitor<'de>>(&mut self, visitor: V) -> Result<V::Value, CodecError> {
        let left = self.decoder.array().map_err(fault)?;
        self.nested(|reader| {
            let mut items = Items { reader, left };
            let value = visitor.visit_seq(&mut items)?;
            items.finish()?;
            Ok(value)
        })
    }

    fn map<V: Visitor<'de>>(&mut self, visitor: V) -> Result<V::Value, CodecError> {
        let left = self.decoder.map().map_err(fault)?;
        self.nested(|reader| {
            let mut items = Items { reader, left };
            let value = visitor.visit_map(&mut items)?;
            items.finish()?;
            Ok(value)
        })
    }
}

impl<'de> Deserializer<'de> for &mut Reader<'de> {
    type Error = CodecError;

    fn is_human_readable(&self) -> bool {
        false
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, CodecError> {
        if let Some(TEXT_FIRST..=TEXT_LAST) = self.decoder.input().get(self.decoder.position()) {
            return visitor.visit_borrowed_str(self.decoder.str().map_err(fault)?);
        }
        match self.peek()? {
            Type::Bool => visitor.visit_bool(self.decoder.bool().map_err(fault)?),
            Type::Null | Type::Undefined => {
                self.decoder.set_position(self.decoder.position() + 1);
                visitor.visit_unit()
            }
            Type::U8 | Type::U16 | Type::U32 | Type::U64 => visitor.visit_u64(self.decoder.u64().map_err(fault)?),
            Type::I8 | Type::I16 | Type::I32 | Type::I64 => visitor.visit_i64(self.decoder.i64().map_err(fault)?),
            Type::Int => {
                let wide = i128::from(self.decoder.int().map_err(fault)?);
                visitor.visit_f64(wide as f64)
            }
            Type::F16 => visitor.visit_f64(f64::from(self.decoder.f16().map_err(fault)?)),
            Type::F32 => visitor.visit_f64(f64::from(self.decoder.f32().map_err(fault)?)),
            Type::F64 => visitor.visit_f64(self.decoder.f64().map_err(fault)?),
            Type::String => visitor.visit_borrowed_str(self.decoder.str().map_err(fault)?),
            Type::StringIndef => visitor.visit_string(self.string()?),
            Type::Bytes => visitor.visit_borrowed_bytes(self.decoder.bytes().map_err(fault)?),
            Type::BytesIndef => visitor.visit_byte_buf(self.bytes()?),
            Type::Array | Type::ArrayIndef => self.array(visitor),
            Type::Map | Type::MapIndef => self.map(visitor),
            other @ (Type::Simple | Type::Tag | Type::Break | Type::Unknown(_)) => {
                Err(CodecError::new(format_args!("unexpected CBOR item of type {other}")))
            }
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, CodecError> {
        match self.peek()? {
            Type::Null | Type::Undefined => {
                self.decoder.set_position(self.decoder.position() + 1);
                visitor.visit_none()
            }
            _ => visitor.visit_some(self),
        }
    }

    /// What serde derives for a structure would also take the values of its members as an array.
    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, CodecError> {
        match self.peek()? {
            Type::Map | Type::MapIndef => self.map(visitor),
            Type::Array | Type::ArrayIndef => Err(CodecError::invalid_type(Unexpected::Seq, &visitor)),
            _ => self.deserialize_any(visitor),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, CodecError> {
        visitor.visit_newtype_struct(self)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf
        unit unit_struct seq tuple tuple_struct map enum identifier ignored_any
    }
}

/// The items of an array, or the keys and values of a map, still to be read.
struct Items<'r, 'de> {
    reader: &'r mut Reader<'de>,
    /// How many are left; `None` while an indefinite length has not met its break.
    left: Option<u64>,
}

impl Items<'_, '_> {
    /// Steps to the next item; false at the end.
    fn advance(&mut self) -> Result<bool, CodecError> {
        match &mut self.left {
            Some(0) => Ok(false),
            Some(left) => {
                *left -= 1;
                Ok(true)
            }
            None if self.reader.decoder.datatype().map_err(fault)? == Type::Break => {
                let position = self.reader.decoder.position();
                self.reader.decoder.set_position(position + BREAK_LEN);
                self.left = Some(0);
                Ok(false)
            }
            None => Ok(true),
        }
    }

    /// Checks that the visitor has read everything.
    fn finish(&mut self) -> Result<(), CodecError> {
        match self.advance()? {
            true => Err(CodecError::new("more items than expected")),
            false => Ok(()),
        }
    }

    /// How many items there can be, given that each takes a byte.
    fn count_max(&self) -> Option<usize> {
        let claimed = usize::try_from(self.left?).unwrap_or(usize::MAX);
        Some(claimed.min(self.reader.remaining()))
    }
}

impl<'de> SeqAccess<'de> for Items<'_, 'de> {
    type Error = CodecError;

    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, CodecError> {
        match self.advance()? {
            true => seed.deserialize(&mut *self.reader).map(Some),
            false => Ok(None),
        }
    }

    fn size_hint(&self) -> Option<usize> {
        self.count_max()
    }
}

impl<'de> MapAccess<'de> for Items<'_, 'de> {
    type Error = CodecError;

    fn next_key_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, CodecError> {
        match self.advance()? {
            true => seed.deserialize(&mut *self.reader).map(Some),
            false => Ok(None),
        }
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, CodecError> {
        seed.deserialize(&mut *self.reader)
    }

    fn size_hint(&self) -> Option<usize> {
        self.count_max()
    }
}

fn fault(cause: minicbor::decode::Error) -> CodecError {
    CodecError::new(cause)
}
