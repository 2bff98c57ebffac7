//! The chain of keys, and times as signatures spell them.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::authorization::{Scope, TERMINATOR};
use crate::value::Timestamp;

/// The signature of a text under a secret and a scope, in lower-case hexadecimal.
pub(super) fn signature(secret: &str, scope: &Scope, string_to_sign: &str) -> String {
    let mut key = hmac(format!("AWS4{secret}").as_bytes(), &scope.date);
    for part in [&scope.region, &scope.service, TERMINATOR] {
        key = hmac(&key, part);
    }
    hex::encode(hmac(&key, string_to_sign))
}

fn hmac(key: &[u8], text: &str) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of every length");
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().into()
}

/// The time as `20150830T123600Z`.
pub(super) fn amz_date(timestamp: Timestamp) -> String {
    let seconds = timestamp.ms().div_euclid(1000);
    jiff::Timestamp::from_second(seconds)
        .map_or_else(|_| String::new(), |instant| instant.strftime("%Y%m%dT%H%M%SZ").to_string())
}

/// Reads `20150830T123600Z`, or the date of HTTP.
pub(super) fn parse_date(text: &str) -> Option<Timestamp> {
    let basic = text.len() == "20150830T123600Z".len() && text.ends_with('Z');
    if basic {
        return text.parse().ok();
    }
    let instant = jiff::fmt::rfc2822::parse(text).ok()?.timestamp();
    Some(Timestamp::from_ms(instant.as_millisecond()))
}
