//! JSON as CloudWatch writes it: without spaces, and numbers as Java writes them.

use std::io::{Result, Write};

use serde::Serialize;
use serde_json::Serializer;
use serde_json::ser::Formatter;
use serde_json::value::RawValue;

use super::number::java_double;

/// Writes numbers as Java does.
struct Java;

impl Formatter for Java {
    fn write_f64<W: Write + ?Sized>(&mut self, writer: &mut W, value: f64) -> Result<()> {
        writer.write_all(java_double(value).as_bytes())
    }
}

/// A value as JSON.
pub(super) fn to_json(value: &impl Serialize) -> String {
    let mut bytes = Vec::new();
    value.serialize(&mut Serializer::with_formatter(&mut bytes, Java)).expect("texts and numbers can be written");
    String::from_utf8(bytes).expect("JSON is UTF-8")
}

/// A text that is JSON, to be put into other JSON as it is; `None` where it is not.
pub(super) fn nested(text: &str) -> Option<&RawValue> {
    serde_json::from_str(text).ok()
}

/// Names and values as one object, in their order.
pub(super) struct Pairs<'a>(pub(super) &'a [(String, String)]);

impl Serialize for Pairs<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, value)| (name, value)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_has_javas_numbers_and_no_spaces() {
        #[derive(Serialize)]
        struct One<'a> {
            value: f64,
            count: u32,
            nested: &'a RawValue,
        }
        let nested = nested("{\"a\":[1E3]}").unwrap();
        let json = to_json(&One { value: 20_000_000.0, count: 3, nested });
        assert_eq!(json, r#"{"value":2.0E7,"count":3,"nested":{"a":[1E3]}}"#);
    }
}
