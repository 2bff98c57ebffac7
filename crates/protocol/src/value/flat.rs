//! Lists and maps that awsQuery writes without a parent, as SQS has them.
//!
//! In JSON and CBOR they are what other lists and maps are. In a form the elements of `QueueUrls` are `QueueUrl.1` and
//! `QueueUrl.2`, in XML each is an element `QueueUrl`; the entries of `Attributes` are `Attribute.1.Name` and
//! `Attribute.1.Value`.

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde::ser::{Serialize, Serializer};

use crate::shapes::ELEMENTS_MAX;

/// What the name of a newtype begins with when it is for the query codec to know what it is about.
const MARK: &str = "flat:";

/// What awsQuery calls the elements of a list, or the entries of a map.
///
/// A member of this type has AWS's name in JSON, and `NAMES`' in forms: as an alias.
pub trait Flat {
    /// `flat:ELEMENT` for a list, `flat:ENTRY:KEY:VALUE` for a map.
    const NAMES: &'static str;
}

/// The first capacity of a list whose length is not known or not to be believed.
const CAPACITY_MAX: usize = 64;

/// A list, each element of which is written by itself in awsQuery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FlatList<N, T>(pub Vec<T>, PhantomData<N>);

/// A map, each entry of which is written by itself in awsQuery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FlatMap<N, V>(pub BTreeMap<String, V>, PhantomData<N>);

impl<N, T> From<Vec<T>> for FlatList<N, T> {
    fn from(elements: Vec<T>) -> Self {
        FlatList(elements, PhantomData)
    }
}

impl<N, V> From<BTreeMap<String, V>> for FlatMap<N, V> {
    fn from(entries: BTreeMap<String, V>) -> Self {
        FlatMap(entries, PhantomData)
    }
}

/// The names of a list or a map that is about to be written or read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct FlatNames {
    /// Of each element or entry.
    pub(crate) element: &'static str,
    /// Of an entry's key.
    pub(crate) key: &'static str,
    /// Of an entry's value.
    pub(crate) value: &'static str,
}

impl FlatNames {
    /// The names that the name of a newtype holds, if it does.
    pub(crate) fn of(newtype: &'static str) -> Option<Self> {
        let mut names = newtype.strip_prefix(MARK)?.split(':');
        let (element, key, value) = (names.next()?, names.next().unwrap_or("key"), names.next().unwrap_or("value"));
        Some(FlatNames { element, key, value })
    }
}

impl<N: Flat, T: Serialize> Serialize for FlatList<N, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_newtype_struct(N::NAMES, &self.0)
    }
}

impl<N: Flat, V: Serialize> Serialize for FlatMap<N, V> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_newtype_struct(N::NAMES, &self.0)
    }
}

impl<'de, N: Flat, T: Deserialize<'de>> Deserialize<'de> for FlatList<N, T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_newtype_struct(N::NAMES, ListVisitor(PhantomData))
    }
}

impl<'de, N: Flat, V: Deserialize<'de>> Deserialize<'de> for FlatMap<N, V> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_newtype_struct(N::NAMES, MapVisitor(PhantomData))
    }
}

struct ListVisitor<N, T>(PhantomData<(N, T)>);

impl<'de, N, T: Deserialize<'de>> Visitor<'de> for ListVisitor<N, T> {
    type Value = FlatList<N, T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, inner: D) -> Result<Self::Value, D::Error> {
        inner.deserialize_seq(self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        let mut elements = Vec::with_capacity(list.size_hint().unwrap_or(0).min(CAPACITY_MAX));
        while let Some(element) = list.next_element()? {
            if elements.len() == ELEMENTS_MAX {
                return Err(A::Error::custom(format_args!("list exceeds the limit of {ELEMENTS_MAX} elements")));
            }
            elements.push(element);
        }
        Ok(elements.into())
    }
}

struct MapVisitor<N, V>(PhantomData<(N, V)>);

impl<'de, N, V: Deserialize<'de>> Visitor<'de> for MapVisitor<N, V> {
    type Value = FlatMap<N, V>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a map")
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, inner: D) -> Result<Self::Value, D::Error> {
        inner.deserialize_map(self)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut entries = BTreeMap::new();
        while let Some((key, value)) = map.next_entry()? {
            if entries.len() == ELEMENTS_MAX {
                return Err(A::Error::custom(format_args!("map exceeds the limit of {ELEMENTS_MAX} entries")));
            }
            entries.insert(key, value);
        }
        Ok(entries.into())
    }
}
