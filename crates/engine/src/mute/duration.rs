//! How long a mute window is: Schedule.Duration.

use jiff::fmt::temporal::SpanParser;

/// The longest duration as a text, in characters.
pub const MAX_DURATION_TEXT: usize = 50;

/// The shortest mute window, in seconds: `PT1M`.
pub const MIN_MUTE_SECONDS: i64 = 60;

/// The longest mute window, in seconds: `P15D`.
pub const MAX_MUTE_SECONDS: i64 = 15 * DAY;

const DAY: i64 = 24 * 3600;

/// A length of time in ISO 8601: days of the calendar, which may have 23 or 25 hours, and seconds that pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MuteDuration {
    /// Whole days, from an hour to the same hour on the clock.
    pub days: i64,
    /// What comes on top, in seconds.
    pub seconds: i64,
}

/// A text that is no duration, or none from [`MIN_MUTE_SECONDS`] to [`MAX_MUTE_SECONDS`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("The Duration provided is not valid.")]
pub struct DurationFault(pub String);

impl MuteDuration {
    /// Reads a duration such as `PT4H` or `P2DT12H`: weeks, days, hours, minutes and seconds.
    ///
    /// # Errors
    /// CloudWatch says no more than that it is not valid.
    pub fn parse(text: &str) -> Result<Self, DurationFault> {
        read(text).ok_or_else(|| DurationFault(text.chars().take(MAX_DURATION_TEXT).collect()))
    }
}

fn read(text: &str) -> Option<MuteDuration> {
    if text.chars().count() > MAX_DURATION_TEXT {
        return None;
    }
    let span = SpanParser::new().parse_span(text).ok()?;
    let is_whole = span.get_milliseconds() == 0 && span.get_microseconds() == 0 && span.get_nanoseconds() == 0;
    if span.is_negative() || span.get_years() != 0 || span.get_months() != 0 || !is_whole {
        return None;
    }
    let days = i64::from(span.get_weeks()) * 7 + i64::from(span.get_days());
    let seconds = i64::from(span.get_hours()) * 3600 + span.get_minutes() * 60 + span.get_seconds();
    let length = days.checked_mul(DAY)?.checked_add(seconds)?;
    (MIN_MUTE_SECONDS..=MAX_MUTE_SECONDS).contains(&length).then_some(MuteDuration { days, seconds })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_those_of_iso_8601() {
        let cases = [
            ("PT1M", Some((0, 60))),
            ("PT4H", Some((0, 14_400))),
            ("P2DT12H", Some((2, 43_200))),
            ("P7D", Some((7, 0))),
            ("P1W", Some((7, 0))),
            ("P15D", Some((15, 0))),
            ("PT360H", Some((0, 1_296_000))),
            ("P14DT24H", Some((14, 86_400))),
            ("PT90S", Some((0, 90))),
            ("PT1.5H", Some((0, 5400))),
            ("pt1m", Some((0, 60))),
            ("PT59S", None),
            ("P15DT1S", None),
            ("PT361H", None),
            ("P1M", None),
            ("P1Y", None),
            ("PT1M0.5S", None),
            ("-PT1M", None),
            ("PT0S", None),
            ("P", None),
            ("PT", None),
            ("", None),
            ("2h", None),
            ("1h 30m", None),
            ("PT1M ", None),
            ("P99999999999D", None),
        ];
        for (text, expected) in cases {
            let expected = expected.map(|(days, seconds)| MuteDuration { days, seconds });
            assert_eq!(MuteDuration::parse(text).ok(), expected, "{text}");
        }
        assert_eq!(MuteDuration::parse("2h").unwrap_err().to_string(), "The Duration provided is not valid.");
    }

    #[test]
    fn a_text_has_a_limit() {
        let text = |length| {
            let hours = format!("DT{:010}H{:010}M", 0, 1);
            format!("P{:010}W{:0width$}{hours}", 0, 0, width = length - "P0123456789W".len() - hours.len())
        };
        assert_eq!(text(MAX_DURATION_TEXT).len(), 50);
        assert!(MuteDuration::parse(&text(MAX_DURATION_TEXT)).is_ok());
        assert!(MuteDuration::parse(&text(MAX_DURATION_TEXT + 1)).is_err());
    }
}
