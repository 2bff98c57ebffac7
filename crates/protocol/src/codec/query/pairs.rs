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
pub(super) struct Pair<'a> {
    pub(super) key: Cow<'a, str>,
    pub(super) value: Cow<'a, str>,
}

/// A decoded form, in the order of the body.
pub(super) struct Form<'a> {
    pairs: Vec<Pair<'a>>,
}

/// A form whose pairs are sorted so that every node of the key tree is one slice of them.
pub(super) struct SortedForm<'a> {
    pub(super) pairs: Vec<Pair<'a>>,
}

/// Finds one top-level parameter, such as `Action`, without decoding the rest.
///
/// `None` when it is absent or not UTF-8. Of several, the first one counts.
pub fn parameter<'a>(form: &'a [u8], name: &str) -> Option<Cow<'a, str>> {
    let prefixed = |pair: &'a [u8]| pair.strip_prefix(name.as_bytes())?.strip_prefix(b"=");
    let value = form.split(|byte| *byte == b'&').find_map(prefixed)?;
    unescape(value).ok()
}

impl<'a> Form<'a> {
    /// Decodes a body or a query string.
    pub(super) fn parse(body: &'a [u8]) -> Result<Self, ServiceError> {
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
///
/// Most of a key is what its neighbour has too: only the first part that differs is compared.
fn compare_keys(one: &str, other: &str) -> Ordering {
    let same = |(one, other): &(u8, u8)| one == other;
    let shared = one.bytes().zip(other.bytes()).take_while(same).count();
    let begin = one.as_bytes()[..shared].iter().rposition(|byte| *byte == b'.').map_or(0, |dot| dot + 1);
    match compare_parts(part(one, begin), part(other, begin)) {
        Ordering::Equal => one.len().cmp(&other.len()),
        unequal => unequal,
    }
}

/// The part of a key that begins at an offset.
pub(super) fn part(key: &str, begin: usize) -> &str {
    let rest = &key[begin..];
    match rest.bytes().position(|byte| byte == b'.') {
        Some(dot) => &rest[..dot],
        None => rest,
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
