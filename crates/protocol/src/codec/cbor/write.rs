//! Encoding CBOR.

use minicbor::Encoder;
use minicbor::data::IanaTag;
use serde::ser::{Impossible, Serialize, SerializeMap, SerializeSeq, SerializeStruct, SerializeTuple, Serializer};

use crate::codec::fault::CodecError;
use crate::value::TIMESTAMP;

/// Why writing cannot fail.
const INFALLIBLE: &str = "a vector takes every byte";

/// A serde serializer into a vector.
///
/// Structs and lists carry their length; a list of unknown length is written as indefinite.
/// Doubles are 64 bits wide, never half floats; timestamps are tag 1 with a double.
pub(super) struct Writer {
    encoder: Encoder<Vec<u8>>,
}

impl Default for Writer {
    fn default() -> Self {
        Self { encoder: Encoder::new(Vec::new()) }
    }
}

impl Writer {
    pub(super) fn into_bytes(self) -> Vec<u8> {
        self.encoder.into_writer()
    }
}

type Outcome = Result<(), CodecError>;

impl<'a> Serializer for &'a mut Writer {
    type Ok = ();
    type Error = CodecError;
    type SerializeSeq = Items<'a>;
    type SerializeTuple = Items<'a>;
    type SerializeTupleStruct = Impossible<(), CodecError>;
    type SerializeTupleVariant = Impossible<(), CodecError>;
    type SerializeMap = Items<'a>;
    type SerializeStruct = Items<'a>;
    type SerializeStructVariant = Impossible<(), CodecError>;

    fn is_human_readable(&self) -> bool {
        false
    }

    fn serialize_bool(self, value: bool) -> Outcome {
        self.encoder.bool(value).expect(INFALLIBLE);
        Ok(())
    }

    fn serialize_i8(self, value: i8) -> Outcome {
        self.serialize_i64(i64::from(value))
    }

    fn serialize_i16(self, value: i16) -> Outcome {
        self.serialize_i64(i64::from(value))
    }

    fn serialize_i32(self, value: i32) -> Outcome {
        self.serialize_i64(i64::from(value))
    }

    fn serialize_i64(self, value: i64) -> Outcome {
        self.encoder.i64(value).expect(INFALLIBLE);
        Ok(())
    }

    fn serialize_u8(self, value: u8) -> Outcome {
        self.serialize_u64(u64::from(value))
    }

    fn serialize_u16(self, value: u16) -> Outcome {
        self.serialize_u64(u64::from(value))
    }

    fn serialize_u32(self, value: u32) -> Outcome {
        self.serialize_u64(u64::from(value))
    }

    fn serialize_u64(self, value: u64) -> Outcome {
        self.encoder.u64(value).expect(INFALLIBLE);
        Ok(())
    }

    fn serialize_f32(self, value: f32) -> Outcome {
        self.serialize_f64(f64::from(value))
    }

    fn serialize_f64(self, value: f64) -> Outcome {
        self.encoder.f64(value).expect(INFALLIBLE);
        Ok(())
    }

    fn serialize_char(self, value: char) -> Outcome {
        self.serialize_str(value.encode_utf8(&mut [0; 4]))
    }

    fn serialize_str(self, value: &str) -> Outcome {
        self.encoder.str(value).expect(INFALLIBLE);
        Ok(())
    }

    fn serialize_bytes(self, value: &[u8]) -> Outcome {
        self.encoder.bytes(value).expect(INFALLIBLE);
        Ok(())
    }

    fn serialize_none(self) -> Outcome {
        self.serialize_unit()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Outcome {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Outcome {
        self.encoder.null().expect(INFALLIBLE);
        Ok(())
    }

    fn serialize_unit_struct(self, _name: &'static str) -> Outcome {
        self.serialize_unit()
    }

    fn serialize_unit_variant(self, _name: &'static str, _index: u32, variant: &'static str) -> Outcome {
        self.serialize_str(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, name: &'static str, value: &T) -> Outcome {
        if name == TIMESTAMP {
            self.encoder.tag(IanaTag::Timestamp).expect(INFALLIBLE);
        }
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        name: &'static str,
        _index: u32,
        _variant: &'static str,
        _value: &T,
    ) -> Outcome {
        Err(enum_with_content(name))
    }

    fn serialize_seq(self, len: Option<usize>) -> Result<Items<'a>, CodecError> {
        match len {
            Some(len) => self.encoder.array(len as u64).expect(INFALLIBLE),
            None => self.encoder.begin_array().expect(INFALLIBLE),
        };
        Ok(Items { writer: self, indefinite: len.is_none() })
    }

    fn serialize_tuple(self, len: usize) -> Result<Items<'a>, CodecError> {
        self.serialize_seq(Some(len))
    }

    fn serialize_tuple_struct(self, name: &'static str, _len: usize) -> Result<Self::SerializeTupleStruct, CodecError> {
        Err(CodecError::new(format_args!("tuple struct {name} has no form in CBOR")))
    }

    fn serialize_tuple_variant(
        self,
        name: &'static str,
        _index: u32,
        _variant: &'static str,
        _len: usize,
    ) -> Result<Self::SerializeTupleVariant, CodecError> {
        Err(enum_with_content(name))
    }

    fn serialize_map(self, len: Option<usize>) -> Result<Items<'a>, CodecError> {
        match len {
            Some(len) => self.encoder.map(len as u64).expect(INFALLIBLE),
            None => self.encoder.begin_map().expect(INFALLIBLE),
        };
        Ok(Items { writer: self, indefinite: len.is_none() })
    }

    fn serialize_struct(self, _name: &'static str, len: usize) -> Result<Items<'a>, CodecError> {
        self.serialize_map(Some(len))
    }

    fn serialize_struct_variant(
        self,
        name: &'static str,
        _index: u32,
        _variant: &'static str,
        _len: usize,
    ) -> Result<Self::SerializeStructVariant, CodecError> {
        Err(enum_with_content(name))
    }
}

fn enum_with_content(name: &'static str) -> CodecError {
    CodecError::new(format_args!("enum {name} with content has no form in CBOR"))
}

/// An array or a map being written.
pub(super) struct Items<'a> {
    writer: &'a mut Writer,
    indefinite: bool,
}

impl Items<'_> {
    fn item<T: Serialize + ?Sized>(&mut self, value: &T) -> Outcome {
        value.serialize(&mut *self.writer)
    }

    fn finish(self) {
        if self.indefinite {
            self.writer.encoder.end().expect(INFALLIBLE);
        }
    }
}

impl SerializeSeq for Items<'_> {
    type Ok = ();
    type Error = CodecError;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Outcome {
        self.item(value)
    }

    fn end(self) -> Outcome {
        self.finish();
        Ok(())
    }
}

impl SerializeTuple for Items<'_> {
    type Ok = ();
    type Error = CodecError;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Outcome {
        self.item(value)
    }

    fn end(self) -> Outcome {
        self.finish();
        Ok(())
    }
}

impl SerializeMap for Items<'_> {
    type Ok = ();
    type Error = CodecError;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Outcome {
        self.item(key)
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Outcome {
        self.item(value)
    }

    fn end(self) -> Outcome {
        self.finish();
        Ok(())
    }
}

impl SerializeStruct for Items<'_> {
    type Ok = ();
    type Error = CodecError;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, key: &'static str, value: &T) -> Outcome {
        self.item(key)?;
        self.item(value)
    }

    fn end(self) -> Outcome {
        self.finish();
        Ok(())
    }
}
