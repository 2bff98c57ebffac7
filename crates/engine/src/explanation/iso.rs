//! Times as ISO 8601 text.

use std::fmt;

use nepho_model::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A time that is written as ISO 8601 text: `2026-05-04T12:00:00Z`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IsoTime(pub Timestamp);

impl fmt::Display for IsoTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match jiff::Timestamp::from_millisecond(self.0.millis()) {
            Ok(time) => time.fmt(f),
            Err(_) => self.0.millis().fmt(f),
        }
    }
}

impl Serialize for IsoTime {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for IsoTime {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let time: jiff::Timestamp = text.parse().map_err(serde::de::Error::custom)?;
        Ok(IsoTime(Timestamp::from_millis(time.as_millisecond())))
    }
}
