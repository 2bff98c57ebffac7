//! XML responses of awsQuery.

use std::borrow::Cow;
use std::fmt::Write as _;

use quick_xml::escape::partial_escape;
use serde::ser::{Impossible, Serialize, SerializeMap, SerializeSeq, SerializeStruct, SerializeTuple, Serializer};

use super::fault::CodecError;
use crate::service::Service;
use crate::value::{FlatNames, TIMESTAMP, Timestamp};

type Outcome = Result<(), CodecError>;

/// Encodes the response of an operation; one without output has no result element.
///
/// # Errors
///
/// A shape that is neither a struct, a list, a map nor a scalar.
pub fn response<T: Serialize + ?Sized>(
    xml_namespace: &str,
    operation: &str,
    output: &T,
    request_id: &str,
) -> Result<String, CodecError> {
    let mut out = format!("<{operation}Response xmlns=\"{xml_namespace}\">");
    output.serialize(Element {
        out: &mut out,
        name: &format!("{operation}Result"),
        is_timestamp: false,
        flat: None,
    })?;
    out.push_str("<ResponseMetadata>");
    push_element(&mut out, "RequestId", request_id);
    let _ = write!(out, "</ResponseMetadata></{operation}Response>");
    Ok(out)
}

/// Encodes an error; the message element is left out when there is none.
pub(super) fn error(service: Service, fault: &str, code: &str, message: Option<&str>, request_id: &str) -> String {
    let xml_namespace = service.xml_namespace();
    let mut out = format!("<ErrorResponse xmlns=\"{xml_namespace}\"><Error>");
    push_element(&mut out, "Type", fault);
    push_element(&mut out, "Code", code);
    if let Some(message) = message {
        push_element(&mut out, "Message", message);
    }
    if service == Service::Sqs {
        push_element(&mut out, "Detail", "");
    }
    out.push_str("</Error>");
    push_element(&mut out, "RequestId", request_id);
    out.push_str("</ErrorResponse>");
    out
}

fn push_element(out: &mut String, name: &str, text: &str) {
    if text.is_empty() {
        let _ = write!(out, "<{name}/>");
    } else {
        let _ = write!(out, "<{name}>{}</{name}>", escaped(text));
    }
}

/// Escapes markup and carriage returns, which a parser would turn into line feeds. What XML 1.0
/// cannot hold at all becomes U+FFFD.
fn escaped(text: &str) -> Cow<'_, str> {
    let text = match text.contains(illegal) {
        true => Cow::Owned(text.replace(illegal, "\u{fffd}")),
        false => Cow::Borrowed(text),
    };
    let text = partial_escape(text);
    match text.contains('\r') {
        true => Cow::Owned(text.replace('\r', "&#13;")),
        false => text,
    }
}

fn illegal(character: char) -> bool {
    matches!(character, '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}')
}

/// Writes one value as an element; null as nothing at all.
struct Element<'a> {
    out: &'a mut String,
    name: &'a str,
    /// Whether the double to come is a timestamp.
    is_timestamp: bool,
    /// What to call the elements of the list or map to come, if it has no element of its own.
    flat: Option<FlatNames>,
}

impl<'a> Element<'a> {
    fn text(self, text: &str) -> Outcome {
        push_element(self.out, self.name, text);
        Ok(())
    }

    fn open(self) -> Parent<'a> {
        if self.flat.is_none() {
            let _ = write!(self.out, "<{}>", self.name);
        }
        Parent { begin: self.out.len(), out: self.out, name: self.name, flat: self.flat }
    }

    fn no_form<T>(self, what: &str) -> Result<T, CodecError> {
        Err(CodecError::new(format_args!("{what} has no form in XML at {}", self.name)))
    }
}

impl<'a> Serializer for Element<'a> {
    type Ok = ();
    type Error = CodecError;
    type SerializeSeq = Parent<'a>;
    type SerializeTuple = Parent<'a>;
    type SerializeTupleStruct = Impossible<(), CodecError>;
    type SerializeTupleVariant = Impossible<(), CodecError>;
    type SerializeMap = Parent<'a>;
    type SerializeStruct = Parent<'a>;
    type SerializeStructVariant = Impossible<(), CodecError>;

    fn serialize_bool(self, value: bool) -> Outcome {
        self.text(if value { "true" } else { "false" })
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
        self.text(&value.to_string())
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
        self.text(&value.to_string())
    }

    fn serialize_f32(self, value: f32) -> Outcome {
        self.serialize_f64(f64::from(value))
    }

    fn serialize_f64(self, value: f64) -> Outcome {
        match Timestamp::from_seconds(value) {
            Some(timestamp) if self.is_timestamp => self.text(&timestamp.to_string()),
            _ => self.text(&format!("{value:?}")),
        }
    }

    fn serialize_char(self, value: char) -> Outcome {
        self.text(value.encode_utf8(&mut [0; 4]))
    }

    fn serialize_str(self, value: &str) -> Outcome {
        self.text(value)
    }

    fn serialize_bytes(self, _value: &[u8]) -> Outcome {
        self.no_form("a blob")
    }

    fn serialize_none(self) -> Outcome {
        Ok(())
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Outcome {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Outcome {
        Ok(())
    }

    fn serialize_unit_struct(self, _name: &'static str) -> Outcome {
        Ok(())
    }

    fn serialize_unit_variant(self, _name: &'static str, _index: u32, variant: &'static str) -> Outcome {
        self.text(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, name: &'static str, value: &T) -> Outcome {
        value.serialize(Element { is_timestamp: name == TIMESTAMP, flat: FlatNames::of(name), ..self })
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _name: &'static str,
        _index: u32,
        _variant: &'static str,
        _value: &T,
    ) -> Outcome {
        self.no_form("an enum with content")
    }

    fn serialize_seq(self, _len: Option<usize>) -> Result<Parent<'a>, CodecError> {
        Ok(self.open())
    }

    fn serialize_tuple(self, _len: usize) -> Result<Parent<'a>, CodecError> {
        Ok(self.open())
    }

    fn serialize_tuple_struct(
        self,
        _name: &'static str,
        _len: usize,
    ) -> Result<Self::SerializeTupleStruct, CodecError> {
        self.no_form("a tuple struct")
    }

    fn serialize_tuple_variant(
        self,
        _name: &'static str,
        _index: u32,
        _variant: &'static str,
        _len: usize,
    ) -> Result<Self::SerializeTupleVariant, CodecError> {
        self.no_form("an enum with content")
    }

    fn serialize_map(self, _len: Option<usize>) -> Result<Parent<'a>, CodecError> {
        Ok(self.open())
    }

    fn serialize_struct(self, _name: &'static str, _len: usize) -> Result<Parent<'a>, CodecError> {
        Ok(self.open())
    }

    fn serialize_struct_variant(
        self,
        _name: &'static str,
        _index: u32,
        _variant: &'static str,
        _len: usize,
    ) -> Result<Self::SerializeStructVariant, CodecError> {
        self.no_form("an enum with content")
    }
}

/// An open element.
struct Parent<'a> {
    out: &'a mut String,
    name: &'a str,
    /// Where its content begins.
    begin: usize,
    /// What its children are called when it is not there itself.
    flat: Option<FlatNames>,
}

impl Parent<'_> {
    fn child<T: Serialize + ?Sized>(&mut self, name: &str, value: &T) -> Outcome {
        value.serialize(Element { out: self.out, name, is_timestamp: false, flat: None })
    }

    /// What the entries of a map are called.
    fn entry(&self) -> FlatNames {
        self.flat.unwrap_or(FlatNames { element: "entry", key: "key", value: "value" })
    }

    fn close(self) {
        if self.flat.is_some() {
            return;
        }
        if self.out.len() == self.begin {
            self.out.pop();
            self.out.push_str("/>");
        } else {
            let _ = write!(self.out, "</{}>", self.name);
        }
    }
}

impl SerializeSeq for Parent<'_> {
    type Ok = ();
    type Error = CodecError;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Outcome {
        self.child(self.flat.map_or("member", |flat| flat.element), value)
    }

    fn end(self) -> Outcome {
        self.close();
        Ok(())
    }
}

impl SerializeTuple for Parent<'_> {
    type Ok = ();
    type Error = CodecError;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Outcome {
        self.child("member", value)
    }

    fn end(self) -> Outcome {
        self.close();
        Ok(())
    }
}

impl SerializeMap for Parent<'_> {
    type Ok = ();
    type Error = CodecError;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Outcome {
        let _ = write!(self.out, "<{}>", self.entry().element);
        self.child(self.entry().key, key)
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Outcome {
        self.child(self.entry().value, value)?;
        let _ = write!(self.out, "</{}>", self.entry().element);
        Ok(())
    }

    fn end(self) -> Outcome {
        self.close();
        Ok(())
    }
}

impl SerializeStruct for Parent<'_> {
    type Ok = ();
    type Error = CodecError;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, key: &'static str, value: &T) -> Outcome {
        self.child(key, value)
    }

    fn end(self) -> Outcome {
        self.close();
        Ok(())
    }
}
