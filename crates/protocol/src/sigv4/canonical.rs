//! The text that is signed.

use std::fmt;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, percent_encode};
use sha2::{Digest, Sha256};

use crate::request::RequestHead;

/// The most headers that one signature may cover.
pub const SIGNED_HEADERS_MAX: usize = 100;

/// What a canonical request escapes: all but letters, digits and `-_.~`.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// The same, in a path.
const ESCAPED_IN_PATH: &AsciiSet = &ESCAPED.remove(b'/');

/// The SHA-256 of a body as it was sent: before it is decompressed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct PayloadHash([u8; 32]);

impl PayloadHash {
    /// Hashes a body.
    pub fn of(body: &[u8]) -> Self {
        Self(Sha256::digest(body).into())
    }
}

impl fmt::Debug for PayloadHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

/// Lower-case hexadecimal.
impl fmt::Display for PayloadHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

/// The canonical form of a request.
pub(super) fn canonical_request(head: &RequestHead<'_>, signed_headers: &[String], payload: PayloadHash) -> String {
    let headers: String = signed_headers.iter().map(|name| format!("{name}:{}\n", header_values(head, name))).collect();
    format!(
        "{}\n{}\n{}\n{headers}\n{}\n{payload}",
        head.method,
        path(head.path),
        query(head.query),
        signed_headers.join(";"),
    )
}

/// The path without empty and dot segments, escaped once more than it was sent.
fn path(sent: &str) -> String {
    let mut segments: Vec<&str> = Vec::new();
    for segment in sent.split('/') {
        match segment {
            "" | "." => {}
            ".." => {
                segments.pop();
            }
            other => segments.push(other),
        }
    }
    let trailing = matches!(sent.rsplit('/').next(), Some("" | "." | "..")) && !segments.is_empty();
    let normal = format!("/{}{}", segments.join("/"), if trailing { "/" } else { "" });
    percent_encode(normal.as_bytes(), ESCAPED_IN_PATH).to_string()
}

/// The query string, sorted, without the signature itself.
fn query(sent: &str) -> String {
    let recoded = |text: &str| {
        let bytes: Vec<u8> = percent_decode_str(text).collect();
        percent_encode(&bytes, ESCAPED).to_string()
    };
    let mut pairs: Vec<(String, String)> = sent
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .filter(|(name, _)| *name != "X-Amz-Signature")
        .map(|(name, value)| (recoded(name), recoded(value)))
        .collect();
    pairs.sort();
    let pairs: Vec<String> = pairs.into_iter().map(|(name, value)| format!("{name}={value}")).collect();
    pairs.join("&")
}

/// All values of a header, each without the spaces around it and with single ones inside.
fn header_values(head: &RequestHead<'_>, name: &str) -> String {
    let values: Vec<String> = head
        .headers
        .get_all(name)
        .iter()
        .map(|value| {
            let text = String::from_utf8_lossy(value.as_bytes());
            text.split_ascii_whitespace().collect::<Vec<_>>().join(" ")
        })
        .collect();
    values.join(",")
}

/// What is signed: the algorithm, the time, the scope and the hash of the canonical request.
pub(super) fn string_to_sign(amz_date: &str, scope: &str, canonical_request: &str) -> String {
    let hash = PayloadHash::of(canonical_request.as_bytes());
    format!("{}\n{amz_date}\n{scope}\n{hash}", super::authorization::ALGORITHM)
}
