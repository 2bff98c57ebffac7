//! The keys and values of a form.

use std::borrow::Cow;
use std::cmp::Ordering;

use percent_encoding::percent_decode;

use crate::error::{ServiceError, code};

/// The most keys in one form: a full PutMetricData request has about 300,000.
pub const PAIRS_MAX: usize = 400_000;

/// The most parts in one key, such as the four of `MetricData.member.1.Value`.
pub const KEY_DEPTH_MAX: usize = 16;

/// One key with its value, decoded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Pair<'a> {
    pub(super) key: Cow<'a, str>,
    pub(super) value: Cow<'a, str>,
}

/// A decoded form, in the order of the body.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Form<'a> {
    pairs: Vec<Pair<'a>>,
}

/// A form whose pairs are sorted so that every node of the key tree is one slice of them.
pub(super) struct SortedForm<'a> {
    pub(super) pairs: Vec<Pair<'a>>,
}

impl<'a> Form<'a> {
    /// Decodes a body or a query string.
    ///
    /// # Errors
    ///
    /// `MalformedQueryString` for more than [`PAIRS_MAX`] keys, a key of more than
    /// [`KEY_DEPTH_MAX`] parts, a key given twice, and text that is not UTF-8.
    pub fn parse(body: &'a [u8]) -> Result<Self, ServiceError> {
        let mut pairs = Vec::new();
        for pair in body.split(|byte| *byte == b'&') {
            if pair.is_empty() {
                continue;
            }
            if pairs.len() == PAIRS_MAX {
                return Err(malformed(format!("form exceeds the limit of {PAIRS_MAX} keys")));
            }
            pairs.push(Pair::parse(pair)?);
        }
        Ok(Self { pairs })
    }

    /// The value of a key.
    pub fn get(&self, key: &str) -> Option<&str> {
        let pair = self.pairs.iter().find(|pair| pair.key == key)?;
        Some(&pair.value)
    }

    pub(super) fn sorted(self) -> SortedForm<'a> {
        let mut pairs = self.pairs;
        pairs.sort_by(|one, other| compare_keys(&one.key, &other.key));
        SortedForm { pairs }
    }
}

impl<'a> Pair<'a> {
    fn parse(pair: &'a [u8]) -> Result<Self, ServiceError> {
        let at = pair.iter().position(|byte| *byte == b'=');
        let (key, value) = match at {
            Some(at) => (&pair[..at], &pair[at + 1..]),
            None => (pair, &b""[..]),
        };
        let key = unescape(key)?;
        if key.split('.').count() > KEY_DEPTH_MAX {
            return Err(malformed(format!("key exceeds the limit of {KEY_DEPTH_MAX} parts: {}", abridged(&key))));
        }
        Ok(Self { value: unescape(value)?, key })
    }
}

/// Decodes `+` and percent escapes, copying only when there are any.
fn unescape(text: &[u8]) -> Result<Cow<'_, str>, ServiceError> {
    let not_utf8 = |_| malformed("form is not UTF-8".to_owned());
    if !text.contains(&b'+') {
        return percent_decode(text).decode_utf8().map_err(not_utf8);
    }
    let spaced: Vec<u8> = text.iter().map(|byte| if *byte == b'+' { b' ' } else { *byte }).collect();
    let decoded = percent_decode(&spaced).decode_utf8().map_err(not_utf8)?;
    Ok(Cow::Owned(decoded.into_owned()))
}

pub(super) fn malformed(message: String) -> ServiceError {
    code::MALFORMED_QUERY_STRING.message(message)
}

/// The beginning of a key that may be long.
pub(super) fn abridged(key: &str) -> String {
    key.chars().take(64).collect()
}

/// Orders keys part by part, so that a key's own pair comes first, then its children together.
fn compare_keys(one: &str, other: &str) -> Ordering {
    let mut others = other.split('.');
    for part in one.split('.') {
        let Some(counterpart) = others.next() else {
            return Ordering::Greater;
        };
        match compare_parts(part, counterpart) {
            Ordering::Equal => {}
            unequal => return unequal,
        }
    }
    match others.next() {
        Some(_) => Ordering::Less,
        None => Ordering::Equal,
    }
}

/// Orders indices by their number (they have no leading zeros) before other parts by their text.
fn compare_parts(one: &str, other: &str) -> Ordering {
    match (is_index(one), is_index(other)) {
        (true, true) => (one.len(), one).cmp(&(other.len(), other)),
        (true, false) => Ordering::Less,
        (false, true) => Ordering::Greater,
        (false, false) => one.cmp(other),
    }
}

fn is_index(part: &str) -> bool {
    part.bytes().all(|byte| byte.is_ascii_digit())
}
