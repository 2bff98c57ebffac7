//! Points in time as the protocols write them.

use std::fmt;
use std::str::FromStr;

use jiff::civil::DateTime;
use jiff::fmt::temporal::DateTimePrinter;
use jiff::tz::TimeZone;
use serde::de::{Deserialize, Deserializer, Error, Unexpected, Visitor};
use serde::ser::{Serialize, SerializeSeq, Serializer};

/// The name under which a [`Timestamp`] reaches a codec, so that each can write its own form.
pub(crate) const TIMESTAMP: &str = "Timestamp";

/// Milliseconds since the epoch.
///
/// JSON writes epoch seconds (`1765977780.0`), CBOR tag 1 with a double, XML ISO-8601 text.
/// All three also read epoch seconds and ISO-8601 text; text without a zone is UTC.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Timestamp(i64);

impl Timestamp {
    /// Makes a timestamp from milliseconds since the epoch.
    pub const fn from_ms(ms: i64) -> Self {
        Self(ms)
    }

    /// Makes a timestamp from seconds since the epoch, rounded to the millisecond.
    ///
    /// `None` outside the years -9999 to 9999, and for what is not a number.
    pub fn from_seconds(seconds: f64) -> Option<Self> {
        let ms = (seconds * 1000.0).round();
        let min = jiff::Timestamp::MIN.as_millisecond() as f64;
        let max = jiff::Timestamp::MAX.as_millisecond() as f64;
        (min..=max).contains(&ms).then_some(Self(ms as i64))
    }

    /// Milliseconds since the epoch.
    pub const fn ms(self) -> i64 {
        self.0
    }

    /// Seconds since the epoch.
    pub fn seconds(self) -> f64 {
        self.0 as f64 / 1000.0
    }
}

/// The text is neither ISO-8601 nor a number of seconds.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a timestamp")]
pub struct NotATimestamp(String);

impl FromStr for Timestamp {
    type Err = NotATimestamp;

    fn from_str(text: &str) -> Result<Self, NotATimestamp> {
        seconds_text(text).or_else(|| iso_text(text)).ok_or_else(|| NotATimestamp(text.to_owned()))
    }
}

fn seconds_text(text: &str) -> Option<Timestamp> {
    let numeric = |byte: u8| byte.is_ascii_digit() || matches!(byte, b'.' | b'-' | b'+' | b'E' | b'e');
    if !text.bytes().all(numeric) {
        return None;
    }
    Timestamp::from_seconds(text.parse().ok()?)
}

fn iso_text(text: &str) -> Option<Timestamp> {
    let instant = text.parse::<jiff::Timestamp>().or_else(|_| {
        text.parse::<DateTime>().and_then(|local| local.to_zoned(TimeZone::UTC)).map(|zoned| zoned.timestamp())
    });
    Some(Timestamp(instant.ok()?.as_millisecond()))
}

/// ISO-8601 in UTC, with milliseconds only when there are some.
impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Ok(instant) = jiff::Timestamp::from_millisecond(self.0) else {
            return write!(f, "{}", self.seconds());
        };
        let digits = if self.0 % 1000 == 0 { 0 } else { 3 };
        let printer = DateTimePrinter::new().precision(Some(digits));
        f.write_str(&printer.timestamp_to_string(&instant))
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_newtype_struct(TIMESTAMP, &self.seconds())
    }
}

/// Writes a list of timestamps without its length, the way CloudWatch's CBOR has them.
pub(crate) fn indefinite_list<S: Serializer>(list: &Option<Vec<Timestamp>>, serializer: S) -> Result<S::Ok, S::Error> {
    let Some(list) = list else {
        return serializer.serialize_none();
    };
    let mut seq = serializer.serialize_seq(None)?;
    for timestamp in list {
        seq.serialize_element(timestamp)?;
    }
    seq.end()
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_newtype_struct(TIMESTAMP, TimestampVisitor)
    }
}

struct TimestampVisitor;

impl<'de> Visitor<'de> for TimestampVisitor {
    type Value = Timestamp;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a timestamp")
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, inner: D) -> Result<Timestamp, D::Error> {
        inner.deserialize_any(self)
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Timestamp, E> {
        Timestamp::from_seconds(value).ok_or_else(|| E::invalid_value(Unexpected::Float(value), &self))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Timestamp, E> {
        self.visit_f64(value as f64)
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Timestamp, E> {
        self.visit_f64(value as f64)
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Timestamp, E> {
        value.parse().map_err(|_| E::invalid_value(Unexpected::Str(value), &self))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_iso_text_and_epoch_seconds() {
        let noon = Some(Timestamp::from_ms(1_777_896_000_000));
        for (text, expect) in [
            ("2026-05-04T12:00:00Z", noon),
            ("2026-05-04T12:00:00.000Z", noon),
            ("2026-05-04T14:00:00+02:00", noon),
            ("2026-05-04T12:00:00+0000", noon),
            ("2026-05-04T12:00:00", noon),
            ("2026-05-04 12:00:00", noon),
            ("20260504T120000Z", noon),
            ("1777896000", noon),
            ("1777896000.0", noon),
            ("1.777896E9", noon),
            ("2026-05-04", Some(Timestamp::from_ms(1_777_852_800_000))),
            ("2026-05-04T12:00:00.25Z", Some(Timestamp::from_ms(1_777_896_000_250))),
            ("", None),
            ("noon", None),
            ("1e300", None),
            ("2026-13-04T12:00:00Z", None),
        ] {
            assert_eq!(text.parse().ok(), expect, "{text}");
        }
    }

    #[test]
    fn writes_milliseconds_only_when_there_are_some() {
        for (ms, expect) in [
            (1_777_896_000_000, "2026-05-04T12:00:00Z"),
            (1_777_896_000_250, "2026-05-04T12:00:00.250Z"),
            (0, "1970-01-01T00:00:00Z"),
            (-1, "1969-12-31T23:59:59.999Z"),
        ] {
            assert_eq!(Timestamp::from_ms(ms).to_string(), expect);
        }
    }

    #[test]
    fn refuses_seconds_outside_the_calendar() {
        for seconds in [f64::NAN, f64::INFINITY, 1e300, -1e300, 253_402_300_800.0] {
            assert_eq!(Timestamp::from_seconds(seconds), None, "{seconds}");
        }
    }
}
