//! Compiled templates by the text of `_aws`, with the digits of its timestamp cut out.
//!
//! An application writes the same few `_aws` members over and over; only the timestamp in them moves.

use std::hash::{BuildHasher, Hasher};
use std::mem::size_of;

use crate::evaluation::MAX_REMEMBERED_ORDER;
use crate::scan::Span;
use crate::template::Template;

/// The longest `_aws` that is kept, in bytes.
const MAX_ENTRY_BYTES: usize = 16 * 1024;
/// The most memory that one cache takes. Past it, the cache starts again from nothing.
const MAX_CACHE_BYTES: usize = 1024 * 1024;
/// How many of the last used entries are tried before anything is scanned or hashed.
const RECENT: usize = 4;
/// The most digits a timestamp may have to be cut out: any number of them fits an `i64`.
const MAX_TIMESTAMP_DIGITS: usize = 18;

/// The templates of one decoder.
#[derive(Debug, Default)]
pub(crate) struct Templates {
    entries: Vec<Entry>,
    by_hash: std::collections::HashMap<u64, usize, foldhash::fast::RandomState>,
    /// Positions of the last used entries, the latest first.
    recent: [usize; RECENT],
    size_bytes: usize,
}

/// A template with the text that it was compiled from, and what was learnt from its documents.
#[derive(Debug)]
struct Entry {
    before: Box<str>,
    after: Box<str>,
    template: Box<Template>,
    /// Which target each root member of the last document was: the next document has most likely the
    /// same members in the same order.
    order: Vec<Option<u32>>,
}

/// An `_aws` that is known.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Hit {
    /// Where the template is.
    pub(crate) position: usize,
    /// The timestamp.
    pub(crate) millis: i64,
    /// Where `_aws` ends.
    pub(crate) end: usize,
}

impl Templates {
    /// A template, and the order in which the members of its documents come.
    pub(crate) fn entry(&mut self, position: usize) -> (&Template, &mut Vec<Option<u32>>) {
        let entry = &mut self.entries[position];
        (&entry.template, &mut entry.order)
    }

    /// The entry whose `_aws` stands at `at`, if it is one of the last used.
    ///
    /// The text before and after the timestamp is equal to one that was scanned, and a JSON object ends
    /// where it ends, so nothing in it needs to be looked at again.
    #[inline]
    pub(crate) fn recent(&mut self, text: &str, at: usize) -> Option<Hit> {
        let bytes = &text.as_bytes()[at..];
        for place in 0..RECENT {
            let position = self.recent[place];
            let Some(entry) = self.entries.get(position) else { continue };
            let Some(rest) = bytes.strip_prefix(entry.before.as_bytes()) else { continue };
            let Some((millis, digits)) = whole_number(rest) else { continue };
            if rest[digits..].starts_with(entry.after.as_bytes()) {
                self.recent[..=place].rotate_right(1);
                let end = at + entry.before.len() + digits + entry.after.len();
                return Some(Hit { position, millis, end });
            }
        }
        None
    }

    /// The entry of this `_aws`, whose timestamp has been found at `timestamp`.
    pub(crate) fn find(&mut self, text: &str, aws: Span, timestamp: Span) -> Option<Hit> {
        let (before, after) = cut(text, aws, timestamp);
        let position = *self.by_hash.get(&self.hash(before, after))?;
        let entry = &self.entries[position];
        let millis = exact_whole_number(timestamp.of(text))?;
        if *entry.before != *before || *entry.after != *after {
            return None;
        }
        self.used(position);
        Some(Hit { position, millis, end: aws.range().end })
    }

    /// Keeps a template, when its text is short and its timestamp plain digits; gives it back otherwise.
    pub(crate) fn keep(
        &mut self,
        text: &str,
        aws: Span,
        timestamp: Span,
        template: Box<Template>,
    ) -> Result<Hit, Box<Template>> {
        let (before, after) = cut(text, aws, timestamp);
        let order = MAX_REMEMBERED_ORDER * size_of::<Option<u32>>();
        let size_bytes = size_of::<Entry>() + order + before.len() + after.len() + template.size_bytes();
        let Some(millis) = exact_whole_number(timestamp.of(text)) else { return Err(template) };
        if before.len() + after.len() > MAX_ENTRY_BYTES || size_bytes > MAX_CACHE_BYTES {
            return Err(template);
        }
        if self.size_bytes + size_bytes > MAX_CACHE_BYTES {
            *self = Templates { by_hash: std::mem::take(&mut self.by_hash), ..Templates::default() };
            self.by_hash.clear();
        }
        let position = self.entries.len();
        let hash = self.hash(before, after);
        self.entries.push(Entry { before: before.into(), after: after.into(), template, order: Vec::new() });
        self.by_hash.insert(hash, position);
        self.size_bytes += size_bytes;
        self.used(position);
        Ok(Hit { position, millis, end: aws.range().end })
    }

    fn used(&mut self, position: usize) {
        self.recent.rotate_right(1);
        self.recent[0] = position;
    }

    fn hash(&self, before: &str, after: &str) -> u64 {
        let mut hasher = self.by_hash.hasher().build_hasher();
        hasher.write(before.as_bytes());
        hasher.write(after.as_bytes());
        hasher.finish()
    }
}

fn cut(text: &str, aws: Span, timestamp: Span) -> (&str, &str) {
    let (aws, timestamp) = (aws.range(), timestamp.range());
    (&text[aws.start..timestamp.start], &text[timestamp.end..aws.end])
}

/// The whole number that `bytes` begin with and how many digits it has, when it is written as JSON wants it.
#[inline]
fn whole_number(bytes: &[u8]) -> Option<(i64, usize)> {
    let (mut value, mut digits) = (0i64, 0);
    while let Some(digit @ b'0'..=b'9') = bytes.get(digits) {
        if digits == MAX_TIMESTAMP_DIGITS {
            return None;
        }
        value = value * 10 + i64::from(digit - b'0');
        digits += 1;
    }
    let is_plain = digits == 1 || digits > 1 && bytes[0] != b'0';
    is_plain.then_some((value, digits))
}

fn exact_whole_number(text: &str) -> Option<i64> {
    whole_number(text.as_bytes()).filter(|(_, digits)| *digits == text.len()).map(|(value, _)| value)
}
