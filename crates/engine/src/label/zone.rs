//! The zone of the times in labels: LabelOptions.Timezone.

use jiff::tz::Offset;
use nepho_model::Timestamp;

/// A fixed distance from UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Zone(Offset);

/// Why a text is no zone.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("time zone {0:?} is not + or - followed by hours and minutes in four digits, such as +0130")]
pub struct ZoneFault(pub String);

impl Default for Zone {
    /// UTC.
    fn default() -> Self {
        Zone(Offset::UTC)
    }
}

impl Zone {
    /// Reads `+HHMM` or `-HHMM`: at most 23 hours and 59 minutes.
    ///
    /// # Errors
    /// Names the text.
    pub fn parse(text: &str) -> Result<Self, ZoneFault> {
        seconds(text)
            .and_then(|seconds| Offset::from_seconds(seconds).ok())
            .map(Zone)
            .ok_or_else(|| ZoneFault(text.to_owned()))
    }

    /// A time on the clock of this zone: `2026-05-04 12:00`, with seconds if it has any.
    pub(super) fn format(self, time: Timestamp) -> String {
        let Ok(instant) = jiff::Timestamp::from_millisecond(time.millis()) else {
            return time.millis().to_string();
        };
        let local = self.0.to_datetime(instant);
        let format = if local.second() == 0 { "%Y-%m-%d %H:%M" } else { "%Y-%m-%d %H:%M:%S" };
        local.strftime(format).to_string()
    }
}

fn seconds(text: &str) -> Option<i32> {
    let (sign, digits) = match text.split_at_checked(1)? {
        ("+", digits) => (1, digits),
        ("-", digits) => (-1, digits),
        _ => return None,
    };
    if digits.len() != 4 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let (hours, minutes): (i32, i32) = (digits[..2].parse().ok()?, digits[2..].parse().ok()?);
    (hours < 24 && minutes < 60).then_some(sign * (hours * 3600 + minutes * 60))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zones_are_a_sign_and_four_digits() {
        let noon = Timestamp::from_seconds(1_777_896_000);
        let cases = [
            ("+0000", "2026-05-04 12:00"),
            ("-0000", "2026-05-04 12:00"),
            ("+0130", "2026-05-04 13:30"),
            ("-0800", "2026-05-04 04:00"),
            ("+2359", "2026-05-05 11:59"),
            ("-2359", "2026-05-03 12:01"),
        ];
        for (text, expected) in cases {
            assert_eq!(Zone::parse(text).unwrap().format(noon), expected, "{text}");
        }
        for text in ["", "+", "0130", "+130", "+01:30", "+2400", "+0160", "UTC", "Z", "+01３0", "+ 130"] {
            assert_eq!(Zone::parse(text), Err(ZoneFault(text.to_owned())));
        }
        assert_eq!(Zone::default().format(noon.plus_seconds(7)), "2026-05-04 12:00:07");
    }
}
