//! The JSON that messages are delivered in, as AWS writes it.

use std::fmt::Write;

use jiff::tz::Offset;
use nepho_model::Timestamp;
use serde::Serialize;

use crate::topic::SignatureVersion;

/// What proves who has sent a message.
#[derive(Debug, Clone, Copy)]
pub struct Signed<'a> {
    /// How it is signed.
    pub version: SignatureVersion,
    /// The signature of the string to sign, in base64.
    pub signature: &'a str,
    /// Where the certificate is.
    pub certificate_url: &'a str,
}

/// A time as envelopes have it: `2024-05-01T10:05:00.123Z`.
pub fn iso_time(time: Timestamp) -> String {
    match jiff::Timestamp::from_millisecond(time.millis()) {
        Ok(instant) => Offset::UTC.to_datetime(instant).strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string(),
        Err(_) => time.millis().to_string(),
    }
}

/// A value as JSON.
pub(super) fn json(value: &(impl Serialize + ?Sized)) -> String {
    serde_json::to_string(value).expect("texts and maps of texts can be written")
}

/// An object with a member a line, the values being JSON already.
pub(super) fn object(members: &[(&str, String)], indent: &str) -> String {
    let mut text = String::from("{\n");
    for (position, (name, value)) in members.iter().enumerate() {
        let comma = if position + 1 < members.len() { "," } else { "" };
        let _ = writeln!(text, "{indent}  {} : {value}{comma}", json(name));
    }
    text + indent + "}"
}

/// What is signed: the name and the value of each member, a line each.
pub(super) fn string_to_sign(members: &[(&str, Option<&str>)]) -> String {
    let mut text = String::new();
    for (name, value) in members {
        if let Some(value) = value {
            let _ = write!(text, "{name}\n{value}\n");
        }
    }
    text
}

/// The members that tell how a message is signed.
pub(super) fn signed_members(signed: &Signed<'_>) -> [(&'static str, String); 3] {
    [
        ("SignatureVersion", json(signed.version.as_str())),
        ("Signature", json(signed.signature)),
        ("SigningCertURL", json(signed.certificate_url)),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_milliseconds() {
        assert_eq!(iso_time(Timestamp::from_millis(1_714_557_900_123)), "2024-05-01T10:05:00.123Z");
        assert_eq!(iso_time(Timestamp::from_millis(i64::MAX)), i64::MAX.to_string());
    }

    #[test]
    fn objects_have_a_member_a_line() {
        let members = [("a", json("x\"\n")), ("b", object(&[("c", json("d"))], "  "))];
        assert_eq!(object(&members, ""), "{\n  \"a\" : \"x\\\"\\n\",\n  \"b\" : {\n    \"c\" : \"d\"\n  }\n}");
    }
}
