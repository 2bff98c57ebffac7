//! What a unit of work writes down while it runs, and how the worker reads it.
//!
//! A log is a row of entries: a head of 4 bytes (kind, detail, length of the name), the name, and the value: 8 bytes for
//! numbers, 4 bytes of length and the bytes for text. It lives only in memory, from a thread to the worker.

use std::cell::RefCell;

use nepho_model::{Resolution, Unit};

use crate::port::Property;

/// The longest name; longer ones are cut, and cut again to the limit of what they name.
const NAME_BYTES_MAX: usize = 4096;
/// How many logs a thread keeps for its next units.
const KEPT_MAX: usize = 16;
/// The largest log that is kept.
const KEPT_BYTES_MAX: usize = 64 << 10;

/// One thing that was done to a unit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Entry<'a> {
    Metric {
        name: &'a str,
        unit: Unit,
        resolution: Resolution,
        value: f64,
    },
    Dimension {
        name: &'a str,
        value: &'a str,
    },
    Property {
        name: &'a str,
        value: Property<'a>,
    },
    /// Names that together are a further set of dimensions, separated by NUL.
    Set {
        names: &'a str,
    },
}

const METRIC: u8 = 0;
const DIMENSION: u8 = 1;
const SET: u8 = 2;
const TEXT: u8 = 3;
const NUMBER: u8 = 4;
const INTEGER: u8 = 5;
const BOOL: u8 = 6;
/// The bit of the detail, beside the unit's code, that says high resolution.
const SECOND: u8 = 0x80;

impl Entry<'_> {
    /// Appends what is the same in all units of a shape: kinds, units and names. Values are no part of it.
    #[inline]
    pub(crate) fn write_shape(&self, shape: &mut Vec<u8>) {
        let (kind, detail, name) = match self {
            Entry::Metric { name, unit, resolution, .. } => (METRIC, unit.code() | high(*resolution), *name),
            Entry::Dimension { name, .. } => (DIMENSION, 0, *name),
            Entry::Set { names } => (SET, 0, *names),
            Entry::Property { name, value } => {
                let kind = match value {
                    Property::Text(_) => TEXT,
                    Property::Number(_) => NUMBER,
                    Property::Integer(_) => INTEGER,
                    Property::Bool(_) => BOOL,
                };
                (kind, 0, *name)
            }
        };
        let length = (name.len() as u32).to_le_bytes();
        shape.extend_from_slice(&[kind, detail, length[0], length[1], length[2], length[3]]);
        shape.extend_from_slice(name.as_bytes());
    }
}

#[inline]
fn high(resolution: Resolution) -> u8 {
    if resolution == Resolution::Second { SECOND } else { 0 }
}

/// Entries that are written anew, because some had to be mended.
#[derive(Debug, Default)]
pub(crate) struct Rewritten(Log);

impl Rewritten {
    pub(crate) fn push(&mut self, entry: &Entry<'_>) {
        match entry {
            Entry::Metric { name, unit, resolution, value } => self.0.metric(name, *value, *unit, *resolution),
            Entry::Dimension { name, value } => self.0.dimension(name, value),
            Entry::Property { name, value } => self.0.property(name, *value),
            Entry::Set { names } => self.0.set(&names.split('\0').collect::<Vec<_>>()),
        }
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        self.0.bytes()
    }
}

#[derive(Default)]
pub(super) struct Log {
    bytes: Vec<u8>,
    length: usize,
}

/// What was put may be personal data, and is not shown.
impl std::fmt::Debug for Log {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Log of {} bytes", self.length)
    }
}

thread_local! {
    static KEPT: RefCell<Vec<Log>> = const { RefCell::new(Vec::new()) };
}

impl Log {
    /// An empty log, out of those this thread has kept.
    #[inline]
    pub(super) fn take() -> Self {
        let kept = KEPT.try_with(|kept| kept.try_borrow_mut().ok().and_then(|mut kept| kept.pop()));
        kept.ok().flatten().unwrap_or_default()
    }

    /// Keeps the log for a later unit.
    #[inline]
    pub(super) fn keep(mut self) {
        self.length = 0;
        if self.bytes.len() <= KEPT_BYTES_MAX {
            let _ = KEPT.try_with(|kept| {
                if let Ok(mut kept) = kept.try_borrow_mut()
                    && kept.len() < KEPT_MAX
                {
                    kept.push(self);
                }
            });
        }
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes[..self.length]
    }

    #[inline]
    pub(super) fn metric(&mut self, name: &str, value: f64, unit: Unit, resolution: Resolution) {
        self.head(METRIC, unit.code() | high(resolution), name, 8);
        self.put(&value.to_bits().to_le_bytes());
    }

    #[inline]
    pub(super) fn dimension(&mut self, name: &str, value: &str) {
        self.head(DIMENSION, 0, name, 4 + value.len());
        self.text(value);
    }

    pub(super) fn set(&mut self, names: &[&str]) {
        let names = names.join("\0");
        self.head(SET, 0, "", 4 + names.len());
        self.text(&names);
    }

    #[inline]
    pub(super) fn property(&mut self, name: &str, value: Property<'_>) {
        match value {
            Property::Text(text) => {
                self.head(TEXT, 0, name, 4 + text.len());
                self.text(text);
            }
            Property::Number(number) => {
                self.head(NUMBER, 0, name, 8);
                self.put(&number.to_bits().to_le_bytes());
            }
            Property::Integer(number) => {
                self.head(INTEGER, 0, name, 8);
                self.put(&number.to_le_bytes());
            }
            Property::Bool(is) => {
                self.head(BOOL, 0, name, 1);
                self.put(&[is.into()]);
            }
        }
    }

    /// Writes a head and a name, and makes room for so many bytes of value.
    #[inline]
    fn head(&mut self, kind: u8, detail: u8, name: &str, value_bytes: usize) {
        let name = if name.len() > NAME_BYTES_MAX { cut(name) } else { name };
        let end = self.length + 4 + name.len() + value_bytes;
        if end > self.bytes.len() {
            self.grow(end);
        }
        let length = (name.len() as u16).to_le_bytes();
        self.put(&[kind, detail, length[0], length[1]]);
        self.short(name.as_bytes());
    }

    #[inline]
    fn text(&mut self, text: &str) {
        self.put(&(text.len() as u32).to_le_bytes());
        self.short(text.as_bytes());
    }

    #[inline]
    fn put<const N: usize>(&mut self, bytes: &[u8; N]) {
        self.bytes[self.length..self.length + N].copy_from_slice(bytes);
        self.length += N;
    }

    /// Most names and values are short: stores that overlap are cheaper than a call to `memcpy`.
    #[inline]
    fn short(&mut self, text: &[u8]) {
        let room = &mut self.bytes[self.length..self.length + text.len()];
        if text.len() > 16 {
            room.copy_from_slice(text);
        } else if let (Some(first), Some(last)) = (text.first_chunk::<8>(), text.last_chunk::<8>()) {
            overlap(room, first, last);
        } else if let (Some(first), Some(last)) = (text.first_chunk::<4>(), text.last_chunk::<4>()) {
            overlap(room, first, last);
        } else {
            room.iter_mut().zip(text).for_each(|(to, from)| *to = *from);
        }
        self.length += text.len();
    }

    #[cold]
    fn grow(&mut self, end: usize) {
        const FIRST: usize = 512;
        self.bytes.resize(end.next_power_of_two().max(FIRST), 0);
    }
}

#[inline]
fn overlap<const N: usize>(room: &mut [u8], first: &[u8; N], last: &[u8; N]) {
    let last_at = room.len() - N;
    room[..N].copy_from_slice(first);
    room[last_at..].copy_from_slice(last);
}

#[cold]
fn cut(name: &str) -> &str {
    &name[..name.floor_char_boundary(NAME_BYTES_MAX)]
}

/// The entries of a log.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Entries<'a>(&'a [u8]);

impl<'a> Entries<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Entries(bytes)
    }

    /// What is not read yet.
    pub(super) fn rest(&self) -> &'a [u8] {
        self.0
    }

    #[inline]
    pub(super) fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (taken, rest) = self.0.split_first_chunk::<N>()?;
        self.0 = rest;
        Some(*taken)
    }

    /// Passes over `prefix`, if that comes next.
    #[inline]
    pub(super) fn strip(&mut self, prefix: &[u8]) -> bool {
        let rest = self.0.strip_prefix(prefix);
        self.0 = rest.unwrap_or(self.0);
        rest.is_some()
    }

    /// A text with its length in front.
    #[inline]
    pub(super) fn value(&mut self) -> Option<&'a str> {
        let length = u32::from_le_bytes(self.array()?);
        self.text(length as usize)
    }

    #[inline]
    fn text(&mut self, length: usize) -> Option<&'a str> {
        let (text, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        std::str::from_utf8(text).ok()
    }
}

impl<'a> Iterator for Entries<'a> {
    type Item = Entry<'a>;

    #[inline]
    fn next(&mut self) -> Option<Entry<'a>> {
        let [kind, detail, low, high] = self.array::<4>()?;
        let name = self.text(u16::from_le_bytes([low, high]).into())?;
        Some(match kind {
            METRIC => {
                let value = f64::from_bits(u64::from_le_bytes(self.array()?));
                let resolution = if detail & SECOND == 0 { Resolution::Minute } else { Resolution::Second };
                Entry::Metric { name, unit: Unit::from_code(detail & !SECOND)?, resolution, value }
            }
            NUMBER => Entry::Property { name, value: f64::from_bits(u64::from_le_bytes(self.array()?)).into() },
            INTEGER => Entry::Property { name, value: i64::from_le_bytes(self.array()?).into() },
            BOOL => Entry::Property { name, value: (self.array()? == [1]).into() },
            _ => {
                let value = self.value()?;
                match kind {
                    DIMENSION => Entry::Dimension { name, value },
                    SET => Entry::Set { names: value },
                    _ => Entry::Property { name, value: value.into() },
                }
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let long = "x".repeat(NAME_BYTES_MAX + 10);
        let mut log = Log::take();
        let texts = ["", "a", "abcdefg", "abcdefgh", "0123456789abcdef", "0123456789abcdefg", "zwölf Boxkämpfer"];
        for text in texts {
            log.dimension(text, text);
            log.property(text, text.into());
            log.metric(text, 1.5, Unit::Milliseconds, Resolution::Second);
        }
        log.set(&["a", "b"]);
        log.property("n", 2.5.into());
        log.property("i", (-3).into());
        log.property("b", true.into());
        log.metric(&long, -1.0, Unit::None, Resolution::Minute);
        let mut entries = Entries::new(log.bytes());
        for text in texts {
            assert_eq!(entries.next(), Some(Entry::Dimension { name: text, value: text }));
            assert_eq!(entries.next(), Some(Entry::Property { name: text, value: Property::Text(text) }));
            let resolution = Resolution::Second;
            let metric = Entry::Metric { name: text, unit: Unit::Milliseconds, resolution, value: 1.5 };
            assert_eq!(entries.next(), Some(metric));
        }
        assert_eq!(entries.next(), Some(Entry::Set { names: "a\0b" }));
        assert_eq!(entries.next(), Some(Entry::Property { name: "n", value: Property::Number(2.5) }));
        assert_eq!(entries.next(), Some(Entry::Property { name: "i", value: Property::Integer(-3) }));
        assert_eq!(entries.next(), Some(Entry::Property { name: "b", value: Property::Bool(true) }));
        let name = &long[..NAME_BYTES_MAX];
        let metric = Entry::Metric { name, unit: Unit::None, resolution: Resolution::Minute, value: -1.0 };
        assert_eq!(entries.next(), Some(metric));
        assert_eq!(entries.next(), None);
    }
}
