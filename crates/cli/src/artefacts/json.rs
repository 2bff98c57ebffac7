//! JSON with places, and values as JSON.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::error::ReadError;
use super::node::{Entry, Node, Number, Text, Value};
use super::source::Source;

/// The most lists and maps in each other, in JSON and YAML alike.
///
/// Each level of JSON is read once more for every level above it, so that this bounds time, too.
pub const NESTING_MAX: usize = 64;

/// Reads the whole text.
pub(crate) fn parse(source: &Source) -> Result<Node, ReadError> {
    let text = source.text.as_str();
    let raw: &RawValue = serde_json::from_str(text).map_err(|error| {
        let message = error.to_string();
        let message = message.split(" at line ").next().unwrap_or(&message);
        ReadError::at(&source.place_at(error.line(), error.column().max(1)), format!("not JSON: {message}"))
    })?;
    if let Some(offset) = too_deep(text) {
        let message = format!("nesting exceeds the limit of {NESTING_MAX}");
        return Err(ReadError::at(&source.place(offset), message));
    }
    Reader { source }.node(raw.get())
}

/// Where lists and maps are in too many others, in text that is JSON.
fn too_deep(text: &str) -> Option<usize> {
    let (mut depth, mut in_text, mut escaped) = (0_usize, false, false);
    text.bytes().position(|byte| {
        match (in_text, byte) {
            (true, _) if escaped => escaped = false,
            (true, b'\\') => escaped = true,
            (_, b'"') => in_text = !in_text,
            (false, b'[' | b'{') => depth += 1,
            (false, b']' | b'}') => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth > NESTING_MAX
    })
}

struct Reader<'s> {
    source: &'s Source,
}

impl<'s> Reader<'s> {
    /// Where a part of the text stands.
    fn offset(&self, part: &str) -> usize {
        (part.as_ptr() as usize).saturating_sub(self.source.text.as_ptr() as usize)
    }

    fn node(&self, raw: &'s str) -> Result<Node, ReadError> {
        let place = self.source.place(self.offset(raw));
        let wrong = |error: serde_json::Error| ReadError::at(&place, format!("not JSON: {error}"));
        let value = match raw.as_bytes().first() {
            Some(b'{') => Value::Map(self.entries(pairs(raw).map_err(wrong)?)?),
            Some(b'[') => {
                let items: Vec<&RawValue> = serde_json::from_str(raw).map_err(wrong)?;
                let nodes = items.iter().map(|item| self.node(item.get()));
                Value::List(nodes.collect::<Result<_, _>>()?)
            }
            Some(b'"') => Value::text(serde_json::from_str::<String>(raw).map_err(wrong)?),
            Some(b't' | b'f') => Value::Bool(raw == "true"),
            Some(b'n') => Value::Null,
            _ => Value::Number(Number { value: serde_json::from_str(raw).map_err(wrong)?, text: raw.to_owned() }),
        };
        Ok(Node { place, value })
    }

    fn entries(&self, pairs: Pairs<'s>) -> Result<Vec<Entry>, ReadError> {
        let mut seen = std::collections::HashSet::new();
        let mut entries = Vec::with_capacity(pairs.len());
        for (key, raw) in pairs {
            let node = self.node(raw.get())?;
            let place = match key {
                Cow::Borrowed(key) => self.source.place(self.offset(key).saturating_sub(1)),
                Cow::Owned(_) => node.place.clone(),
            };
            if !seen.insert(key.to_string()) {
                return Err(ReadError::at(&place, format!("key \"{key}\" is there twice")));
            }
            entries.push(Entry { key: key.into_owned(), place, node });
        }
        Ok(entries)
    }
}

/// The keys and values of an object, in their order.
type Pairs<'s> = Vec<(Cow<'s, str>, &'s RawValue)>;

fn pairs(raw: &str) -> serde_json::Result<Pairs<'_>> {
    serde_json::Deserializer::from_str(raw).deserialize_map(PairsVisitor)
}

struct PairsVisitor;

impl<'s> Visitor<'s> for PairsVisitor {
    type Value = Pairs<'s>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'s>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut pairs = Vec::new();
        while let Some(key) = map.next_key::<Key<'s>>()? {
            pairs.push((key.0, map.next_value()?));
        }
        Ok(pairs)
    }
}

/// A key that is borrowed from the text unless it has escapes.
#[derive(serde::Deserialize)]
#[serde(transparent)]
struct Key<'s>(#[serde(borrow)] Cow<'s, str>);

/// How JSON is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Style {
    /// Keys in the order in which they are.
    Plain,
    /// Keys sorted, and what HTML would mistake for markup escaped.
    Terraform,
}

/// Writes a value as JSON without spaces. What is not known stands in it as a placeholder, and is
/// told besides.
pub(crate) fn write(node: &Node, style: Style) -> Text {
    let mut out = Text::default();
    push(&mut out, node, style);
    out
}

fn push(out: &mut Text, node: &Node, style: Style) {
    match &node.value {
        Value::Null => out.text.push_str("null"),
        Value::Bool(value) => out.text.push_str(if *value { "true" } else { "false" }),
        Value::Number(number) => match serde_json::from_str::<serde_json::Number>(&number.text) {
            Ok(_) => out.text.push_str(&number.text),
            Err(_) => out.text.push_str(&number.value.to_string()),
        },
        Value::Text(text) => {
            out.text.push_str(&quoted(&text.text, style));
            out.unknown.extend(text.unknown.iter().cloned());
        }
        Value::Unknown(unknown) => {
            out.text.push_str(&quoted(&unknown.placeholder(), style));
            out.unknown.push(unknown.clone());
        }
        Value::List(elements) => {
            out.text.push('[');
            for (index, element) in elements.iter().enumerate() {
                out.text.push_str(if index == 0 { "" } else { "," });
                push(out, element, style);
            }
            out.text.push(']');
        }
        Value::Map(entries) => {
            let mut entries: Vec<&Entry> = entries.iter().collect();
            if style == Style::Terraform {
                entries.sort_by(|one, other| one.key.cmp(&other.key));
            }
            out.text.push('{');
            for (index, entry) in entries.into_iter().enumerate() {
                out.text.push_str(if index == 0 { "" } else { "," });
                out.text.push_str(&quoted(&entry.key, style));
                out.text.push(':');
                push(out, &entry.node, style);
            }
            out.text.push('}');
        }
    }
}

fn quoted(text: &str, style: Style) -> String {
    let quoted = serde_json::Value::from(text).to_string();
    let is_markup = |letter: char| ['<', '>', '&', '\u{2028}', '\u{2029}'].contains(&letter);
    match style {
        Style::Plain => quoted,
        Style::Terraform => quoted.chars().fold(String::new(), |mut out, letter| {
            match is_markup(letter) {
                true => out.push_str(&format!("\\u{:04x}", u32::from(letter))),
                false => out.push(letter),
            }
            out
        }),
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn read(text: &str) -> Result<Node, ReadError> {
        parse(&Source::from_bytes(Path::new("f"), text.as_bytes().to_vec()).unwrap())
    }

    #[track_caller]
    fn check_wrong(text: &str, expect: &str) {
        assert_eq!(read(text).unwrap_err().to_string(), expect);
    }

    #[test]
    fn places_are_those_of_keys_and_values() {
        let node = read("{\n  \"ü\": 1.50,\n  \"b\\u0062\": [true, null]}").unwrap();
        let entries = node.entries().unwrap();
        let found: Vec<_> = entries.iter().map(|e| (e.key.as_str(), e.place.column, e.node.place.column)).collect();
        assert_eq!(found, [("ü", 3, 8), ("bb", 14, 14)]);
        assert_eq!(entries[1].node.elements().unwrap()[1].place.to_string(), "f:3:21");
        assert_eq!(write(&node, Style::Plain).text, "{\"ü\":1.50,\"bb\":[true,null]}");
        assert_eq!(write(&node, Style::Terraform).text, "{\"bb\":[true,null],\"ü\":1.50}");
    }

    #[test]
    fn what_is_wrong_has_a_place() {
        check_wrong("{\"a\":\n 1,}", "f:2:4: not JSON: key must be a string");
        check_wrong("", "f:1:1: not JSON: EOF while parsing a value");
        check_wrong("{} 1", "f:1:4: not JSON: trailing characters");
        check_wrong("{\"a\":1,\n\"a\":2}", "f:2:1: key \"a\" is there twice");
    }

    #[test]
    fn nesting_is_bounded() {
        let nested = |depth: usize| read(&("[".repeat(depth) + &"]".repeat(depth))).map(drop);
        assert_eq!(nested(NESTING_MAX), Ok(()));
        assert_eq!(nested(NESTING_MAX + 1).unwrap_err().to_string(), "f:1:65: nesting exceeds the limit of 64");
        assert!(nested(1_000_000).is_err());
        let in_text = "[".repeat(1000) + "\\\"[";
        assert!(read(&format!("\"{in_text}\"")).is_ok());
    }
}
