//! Counts and times as people read them.

use jiff::tz::Offset;

/// A count with its noun: `1 change`, `3 changes`.
pub(super) fn count(count: usize, noun: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {noun}{plural}")
}

/// A time: `2026-05-04 12:00:00 UTC`.
pub(super) fn utc(millis: i64) -> String {
    match jiff::Timestamp::from_millisecond(millis) {
        Ok(instant) => Offset::UTC.to_datetime(instant).strftime("%Y-%m-%d %H:%M:%S UTC").to_string(),
        Err(_) => millis.to_string(),
    }
}

/// A stretch of time in its largest whole unit: `2 hours`, `90 minutes`, `30 seconds`.
pub(super) fn stretch(millis: i64) -> String {
    let seconds = usize::try_from(millis / 1000).unwrap_or_default();
    match seconds {
        seconds if seconds > 0 && seconds.is_multiple_of(3600) => count(seconds / 3600, "hour"),
        seconds if seconds >= 2 * 3600 => count(seconds / 3600, "hour"),
        seconds if seconds >= 60 => count(seconds / 60, "minute"),
        seconds => count(seconds, "second"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stretches_are_short() {
        let cases = [
            (0, "0 seconds"),
            (1000, "1 second"),
            (59_999, "59 seconds"),
            (60_000, "1 minute"),
            (5_400_000, "90 minutes"),
            (3_600_000, "1 hour"),
            (9_000_000, "2 hours"),
        ];
        for (millis, expected) in cases {
            assert_eq!(stretch(millis), expected);
        }
        assert_eq!(utc(1_777_896_000_000), "2026-05-04 12:00:00 UTC");
    }
}
