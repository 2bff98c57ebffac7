//! The way through the bytes of a unit whose shape is known: only values are read, names are compared.

use nepho_model::MAX_DIMENSION_VALUE;

use super::log::{Entries, Entry};
use crate::port::Property;

/// The value of an entry.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Value<'a> {
    Number(f64),
    Text(&'a str),
    Integer(i64),
    Bool(bool),
    /// A set of dimensions: its names are no value.
    Nothing,
}

impl<'a> From<&Entry<'a>> for Value<'a> {
    fn from(entry: &Entry<'a>) -> Self {
        match entry {
            Entry::Metric { value, .. } | Entry::Property { value: Property::Number(value), .. } => {
                Value::Number(*value)
            }
            Entry::Dimension { value, .. } | Entry::Property { value: Property::Text(value), .. } => Value::Text(value),
            Entry::Property { value: Property::Integer(value), .. } => Value::Integer(*value),
            Entry::Property { value: Property::Bool(value), .. } => Value::Bool(*value),
            Entry::Set { .. } => Value::Nothing,
        }
    }
}

#[derive(Debug, Clone, Copy)]
enum Kind {
    Metric,
    Dimension,
    Text,
    Number,
    Integer,
    Bool,
    Set,
}

/// The heads and names of a unit's entries, and what comes between them.
#[derive(Debug)]
pub(crate) struct Track {
    fixed: Box<[u8]>,
    /// Where each entry's fixed part ends, and what follows it.
    steps: Box<[(usize, Kind)]>,
}

impl Track {
    /// The track of a unit.
    pub(crate) fn of(bytes: &[u8]) -> Self {
        let (mut fixed, mut steps) = (Vec::new(), Vec::new());
        let mut entries = Entries::new(bytes);
        let mut before = entries.rest();
        while let Some(entry) = entries.next() {
            let (kind, value_bytes) = match entry {
                Entry::Metric { .. } => (Kind::Metric, 8),
                Entry::Dimension { value, .. } => (Kind::Dimension, 4 + value.len()),
                // All of it is fixed.
                Entry::Set { .. } => (Kind::Set, 0),
                Entry::Property { value, .. } => match value {
                    Property::Text(text) => (Kind::Text, 4 + text.len()),
                    Property::Number(_) => (Kind::Number, 8),
                    Property::Integer(_) => (Kind::Integer, 8),
                    Property::Bool(_) => (Kind::Bool, 1),
                },
            };
            let length = before.len() - entries.rest().len();
            fixed.extend_from_slice(&before[..length - value_bytes]);
            steps.push((fixed.len(), kind));
            before = entries.rest();
        }
        Track { fixed: fixed.into(), steps: steps.into() }
    }

    /// Appends the values of a unit that goes this way and whose values documents can have as they are; `None` for any
    /// other.
    #[inline]
    pub(crate) fn follow<'a>(&self, bytes: &'a [u8], values: &mut Vec<Value<'a>>) -> Option<()> {
        let mut entries = Entries::new(bytes);
        let mut start = 0;
        for (end, kind) in &self.steps {
            if !entries.strip(&self.fixed[start..*end]) {
                return None;
            }
            start = *end;
            values.push(match kind {
                Kind::Metric => Value::Number(f64::from_bits(u64::from_le_bytes(entries.array()?))),
                Kind::Dimension => Value::Text(entries.value().filter(|value| is_plain(value, MAX_DIMENSION_VALUE))?),
                Kind::Text => Value::Text(entries.value()?),
                Kind::Number => {
                    let number = f64::from_bits(u64::from_le_bytes(entries.array()?));
                    number.is_finite().then_some(Value::Number(number))?
                }
                Kind::Integer => Value::Integer(i64::from_le_bytes(entries.array()?)),
                Kind::Bool => Value::Bool(entries.array()? == [1]),
                Kind::Set => Value::Nothing,
            });
        }
        entries.rest().is_empty().then_some(())
    }
}

/// Printable ASCII, not too long, with something else than spaces at its beginning or end.
#[inline]
pub(crate) fn is_plain(text: &str, limit: usize) -> bool {
    let bytes = text.as_bytes();
    let (Some(first), Some(last)) = (bytes.first(), bytes.last()) else { return false };
    let is_printable = match bytes.last_chunk::<8>() {
        // The last eight bytes overlap with what is before them.
        Some(end) => bytes.as_chunks::<8>().0.iter().chain([end]).all(|chunk| is_printable(u64::from_le_bytes(*chunk))),
        None => bytes.iter().all(|byte| (0x20..0x7f).contains(byte)),
    };
    bytes.len() <= limit && (*first != b' ' || *last != b' ') && is_printable
}

/// Whether each of eight bytes is printable ASCII.
#[inline]
fn is_printable(word: u64) -> bool {
    const ONES: u64 = u64::MAX / 255;
    const HIGHS: u64 = ONES * 0x80;
    // Without the high bit, adding 1 to 0x7f sets it, and so does not adding 0x60 to what is below 0x20.
    let low = word & !HIGHS;
    (word | low.wrapping_add(ONES) | !low.wrapping_add(ONES * 0x60)) & HIGHS == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn printable_words_are_those_whose_bytes_are() {
        for byte in 0..=255u8 {
            for place in 0..8 {
                let mut bytes = *b"~ aZ09!_";
                bytes[place] = byte;
                assert_eq!(is_printable(u64::from_le_bytes(bytes)), (0x20..0x7f).contains(&byte), "{bytes:?}");
            }
        }
    }
}
