//! Lists whose length is bounded while they are read.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserialize, Deserializer, Error, SeqAccess, Visitor};

/// The most elements of a list of structures; no operation takes more, and of log events even the
/// one too many is read: [`EVENTS_READ_MAX`](super::log_events::EVENTS_READ_MAX).
///
/// An empty structure is one byte of CBOR and hundreds of bytes in memory, so that a list must be
/// given up while it is read, not after.
pub const ELEMENTS_MAX: usize = 10_000;

/// The most entities of one request that are read; AWS takes two.
pub(super) const ENTITIES_MAX: usize = 10;

/// The first capacity of a list whose length is not known or not to be believed.
const CAPACITY_MAX: usize = 1024;

/// Reads a list of at most `MAX` elements, or null.
pub(super) fn at_most<'de, const MAX: usize, D, T>(deserializer: D) -> Result<Option<Vec<T>>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    let list = Option::<AtMost<MAX, T>>::deserialize(deserializer)?;
    Ok(list.map(|AtMost(elements)| elements))
}

struct AtMost<const MAX: usize, T>(Vec<T>);

impl<'de, const MAX: usize, T: Deserialize<'de>> Deserialize<'de> for AtMost<MAX, T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(AtMostVisitor(PhantomData))
    }
}

struct AtMostVisitor<const MAX: usize, T>(PhantomData<T>);

impl<'de, const MAX: usize, T: Deserialize<'de>> Visitor<'de> for AtMostVisitor<MAX, T> {
    type Value = AtMost<MAX, T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        let mut elements = Vec::with_capacity(list.size_hint().unwrap_or(0).min(CAPACITY_MAX).min(MAX));
        while let Some(element) = list.next_element()? {
            if elements.len() == MAX {
                return Err(A::Error::custom(format_args!("list exceeds the limit of {MAX} elements")));
            }
            elements.push(element);
        }
        Ok(AtMost(elements))
    }
}
