//! The key tree of a form as a serde deserializer.

use std::borrow::Cow;

use serde::de::value::StrDeserializer;
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Unexpected, Visitor};
use serde::forward_to_deserialize_any;

use super::pairs::{Pair, SortedForm, abridged, part};
use crate::codec::fault::CodecError;
use crate::shapes::ELEMENTS_MAX;
use crate::value::{DOUBLE, FlatNames, non_finite};

/// The greatest index of a list element.
pub const INDEX_MAX: u32 = ELEMENTS_MAX as u32;

/// One node of the key tree: the pairs whose keys share a prefix.
#[derive(Clone, Copy)]
pub(super) struct Node<'t, 'de> {
    pairs: &'t [Pair<'de>],
    /// The length of the shared prefix, with the dot behind it; 0 at the root.
    at: usize,
    /// What its entries are called, if it is a list or a map without a part of its own.
    flat: Option<FlatNames>,
}

impl<'t, 'de> Node<'t, 'de> {
    pub(super) fn root(form: &'t SortedForm<'de>) -> Self {
        Self { pairs: &form.pairs, at: 0, flat: None }
    }

    /// Splits the pair of the node's own key from those of its children.
    fn split(self) -> Result<(Option<&'t Cow<'de, str>>, &'t [Pair<'de>]), CodecError> {
        let own = |pair: &Pair<'_>| pair.key.len() < self.at;
        match self.pairs {
            [first, second, ..] if own(first) && own(second) => {
                Err(CodecError::new(format_args!("key {} is given twice", abridged(&first.key))))
            }
            [first, rest @ ..] if own(first) => Ok((Some(&first.value), rest)),
            children => Ok((None, children)),
        }
    }

    fn children(self) -> Result<Children<'t, 'de>, CodecError> {
        let (text, pairs) = self.split()?;
        match text {
            Some(text) if !text.is_empty() => Err(unexpected(text, "members")),
            _ => Ok(Children { pairs, at: self.at }),
        }
    }

    /// The children of a list or map, which hang below one more part: `member` or `entry`.
    fn children_below(self, part: &'static str) -> Result<Children<'t, 'de>, CodecError> {
        let mut children = self.children()?;
        if self.flat.is_some() {
            return Ok(children);
        }
        let Some((name, node)) = children.next() else {
            return Ok(children);
        };
        match children.next() {
            None if name == part => node.children(),
            _ => Err(CodecError::new(format_args!(
                "expected only `{part}` below a {}, found `{}`",
                if part == "member" { "list" } else { "map" },
                abridged(name)
            ))),
        }
    }

    fn text(self) -> Result<&'t Cow<'de, str>, CodecError> {
        match self.split()? {
            (Some(text), []) => Ok(text),
            (_, children) => Err(CodecError::new(format_args!(
                "expected a value, found members such as `{}`",
                children.first().map_or("", |pair| &pair.key)
            ))),
        }
    }

    fn number<T: std::str::FromStr>(self, expected: &'static str) -> Result<T, CodecError> {
        let text = self.text()?;
        text.parse().map_err(|_| unexpected(text, expected))
    }

    fn double(self) -> Result<f64, CodecError> {
        let text = self.text()?;
        let digits = text.bytes().any(|byte| byte.is_ascii_digit());
        non_finite(text)
            .or_else(|| if digits { text.parse().ok() } else { None })
            .ok_or_else(|| unexpected(text, "a number"))
    }
}

fn unexpected(text: &str, expected: &'static str) -> CodecError {
    CodecError::invalid_value(Unexpected::Str(&abridged(text)), &expected)
}

/// The children of a node, one by one.
struct Children<'t, 'de> {
    pairs: &'t [Pair<'de>],
    at: usize,
}

impl<'t, 'de> Iterator for Children<'t, 'de> {
    type Item = (&'t str, Node<'t, 'de>);

    fn next(&mut self) -> Option<Self::Item> {
        let first: &'t Pair<'de> = self.pairs.first()?;
        let name = part(&first.key, self.at);
        let len = self.pairs.iter().take_while(|pair| has_part(&pair.key, self.at, name)).count();
        let (pairs, rest) = self.pairs.split_at(len);
        self.pairs = rest;
        let at = self.at + name.len() + 1;
        Some((name, Node { pairs, at, flat: None }))
    }
}

/// Whether a key has this part at an offset.
fn has_part(key: &str, at: usize, part: &str) -> bool {
    let rest = key.as_bytes()[at..].strip_prefix(part.as_bytes());
    matches!(rest, Some([] | [b'.', ..]))
}

impl<'t, 'de> Deserializer<'de> for Node<'t, 'de> {
    type Error = CodecError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, CodecError> {
        match self.split()? {
            (Some(_), []) => self.deserialize_str(visitor),
            _ => self.deserialize_struct("", &[], visitor),
        }
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, CodecError> {
        match self.text()? {
            Cow::Borrowed(text) => visitor.visit_borrowed_str(text),
            Cow::Owned(text) => visitor.visit_str(text),
        }
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, CodecError> {
        self.deserialize_str(visitor)
    }

    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, CodecError> {
        self.deserialize_str(visitor)
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, CodecError> {
        visitor.visit_bool(self.number("true or false")?)
    }

    fn deserialize_i8<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, CodecError> {
        self.deserialize_i64(visitor)
    }

    fn deserialize_i16<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, CodecError> {
        self.deserialize_i64(visitor)
    }

    fn deserialize_i32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, CodecError> {
        self.deserialize_i64(visitor)
    }

    fn deserialize_i64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, CodecError> {
        visitor.visit_i64(self.number("an integer")?)
    }

    fn deserialize_u8<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, CodecError> {
        self.deserialize_i64(visitor)
    }

    fn deserialize_u16<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, CodecError> {
        self.deserialize_i64(visitor)
    }

    fn deserialize_u32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, CodecError> {
        self.deserialize_i64(visitor)
    }

    fn deserialize_u64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, CodecError> {
        visitor.visit_u64(self.number("an integer")?)
    }

    fn deserialize_f32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, CodecError> {
        self.deserialize_f64(visitor)
    }

    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, CodecError> {
        visitor.visit_f64(self.double()?)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, CodecError> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, CodecError> {
        match name {
            DOUBLE => visitor.visit_f64(self.double()?),
            name => visitor.visit_newtype_struct(Node { flat: FlatNames::of(name), ..self }),
        }
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, CodecError> {
        visitor.visit_seq(Elements(self.children_below("member")?))
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, CodecError> {
        let names = self.flat.map_or(("key", "value"), |flat| (flat.key, flat.value));
        visitor.visit_map(Entries { entries: self.children_below("entry")?, names, value: None })
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _members: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, CodecError> {
        visitor.visit_map(Members { children: self.children()?, value: None })
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, CodecError> {
        visitor.visit_unit()
    }

    forward_to_deserialize_any! {
        i128 u128 char bytes byte_buf unit unit_struct tuple tuple_struct enum
    }
}

/// The elements of a list, which need not be numbered without gaps.
struct Elements<'t, 'de>(Children<'t, 'de>);

impl<'de> SeqAccess<'de> for Elements<'_, 'de> {
    type Error = CodecError;

    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, CodecError> {
        let Some((name, node)) = self.0.next() else {
            return Ok(None);
        };
        check_index(name)?;
        seed.deserialize(node).map(Some)
    }
}

fn check_index(name: &str) -> Result<(), CodecError> {
    match name.parse::<u32>() {
        Ok(1..=INDEX_MAX) if !name.starts_with(['0', '+']) => Ok(()),
        _ => Err(CodecError::new(format_args!("expected an index from 1 to {INDEX_MAX}, found `{}`", abridged(name)))),
    }
}

/// The entries of a map, each with a key and a value. Keys come first: so they do by their names, too.
struct Entries<'t, 'de> {
    entries: Children<'t, 'de>,
    /// What the two are called.
    names: (&'static str, &'static str),
    value: Option<Node<'t, 'de>>,
}

impl<'de> MapAccess<'de> for Entries<'_, 'de> {
    type Error = CodecError;

    fn next_key_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, CodecError> {
        let Some((name, entry)) = self.entries.next() else {
            return Ok(None);
        };
        check_index(name)?;
        let mut sides = entry.children()?;
        match (sides.next(), sides.next(), sides.next()) {
            // SNS calls them otherwise in the attributes of messages, in a map that has a part of its own.
            (Some((one, key)), Some((other, value)), None)
                if (one, other) == self.names || (one, other) == ("Name", "Value") =>
            {
                self.value = Some(value);
                seed.deserialize(key).map(Some)
            }
            _ => {
                let (key, value) = self.names;
                Err(CodecError::new(format_args!("expected a `{key}` and a `{value}` in entry {name}")))
            }
        }
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, CodecError> {
        seed.deserialize(self.value.take().expect("a key was read before its value"))
    }
}

/// The members of a structure.
struct Members<'t, 'de> {
    children: Children<'t, 'de>,
    value: Option<Node<'t, 'de>>,
}

impl<'de> MapAccess<'de> for Members<'_, 'de> {
    type Error = CodecError;

    fn next_key_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, CodecError> {
        let Some((name, node)) = self.children.next() else {
            return Ok(None);
        };
        self.value = Some(node);
        seed.deserialize(StrDeserializer::new(name)).map(Some)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, CodecError> {
        seed.deserialize(self.value.take().expect("a key was read before its value"))
    }
}
