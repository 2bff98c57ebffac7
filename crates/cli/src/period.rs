//! `--period`: 60, 5m, 1h; and the period that suits a range of time when none is given.

use jiff::{Span, SpanRelativeTo};
use nepho_engine::{Period, datapoint_count, least_multiple};
use nepho_model::Timestamp;

/// The periods that are chosen from when none is given, in seconds.
const CHOICES: [i64; 8] = [60, 300, 900, 3600, 6 * 3600, 24 * 3600, 7 * 24 * 3600, 30 * 24 * 3600];
/// The most points that a chosen period gives, so that a line chart shows them all.
const POINTS_MAX: i64 = 500;

/// Reads a number of seconds, or a duration.
pub(crate) fn parse(text: &str) -> Result<Period, String> {
    let expected = "expected 1, 5, 10, 20, 30 or a multiple of 60 seconds, as in 60, 5m or 1h";
    let seconds = text.parse().ok().or_else(|| seconds_of(text));
    let seconds: i64 = seconds.ok_or_else(|| expected.to_owned())?;
    Period::from_seconds(seconds).map_err(|_| format!("{seconds} seconds are no period of CloudWatch: {expected}"))
}

/// The seconds of a duration such as `5m`, `1h30m`, `2 days` or `PT5M`. Days have 24 hours; months and years have
/// no length of their own and are refused.
pub(crate) fn seconds_of(text: &str) -> Option<i64> {
    let span: Span = text.parse().ok()?;
    let duration = span.to_duration(SpanRelativeTo::days_are_24_hours()).ok()?;
    (duration.subsec_nanos() == 0).then(|| duration.as_secs())
}

/// So many seconds as a duration of ISO 8601: `PT90S`, `PT3H`, `P15D`.
pub(crate) fn iso(seconds: i64) -> String {
    const UNITS: [(i64, &str, &str); 3] = [(24 * 3600, "P", "D"), (3600, "PT", "H"), (60, "PT", "M")];
    let fits = |(unit, ..): &&(i64, &str, &str)| seconds % unit == 0;
    let (unit, before, behind) = UNITS.iter().find(fits).copied().unwrap_or((1, "PT", "S"));
    format!("{before}{}{behind}", seconds / unit)
}

/// The shortest period that shows a range in a line and that data of its age is kept in.
pub(crate) fn suited(start: Timestamp, end: Timestamp, now: Timestamp) -> Period {
    let least = least_multiple(start, now);
    let suits = |seconds: &&i64| {
        let period = Period::from_seconds(**seconds).expect("the choices are legal");
        **seconds >= least && datapoint_count(start, end, period) <= POINTS_MAX
    };
    let seconds = CHOICES.iter().find(suits).unwrap_or(&CHOICES[CHOICES.len() - 1]);
    Period::from_seconds(*seconds).expect("the choices are legal")
}

/// A period as people read it: `1 minute`, `5 minutes`, `90 seconds`.
pub(crate) fn words(period: Period) -> String {
    const UNITS: [(i64, &str); 3] = [(24 * 3600, "day"), (3600, "hour"), (60, "minute")];
    let seconds = period.seconds();
    let fits = |(unit, _): &&(i64, &str)| seconds % unit == 0;
    let (unit, name) = UNITS.iter().find(fits).copied().unwrap_or((1, "second"));
    match seconds / unit {
        1 => name.to_owned(),
        count => format!("{count} {name}s"),
    }
}

/// A period as it can be typed: `1m`, `5m`, `90m`, `10s`.
pub(crate) fn short(period: Period) -> String {
    const UNITS: [(i64, &str); 3] = [(24 * 3600, "d"), (3600, "h"), (60, "m")];
    let seconds = period.seconds();
    let fits = |(unit, _): &&(i64, &str)| seconds % unit == 0;
    let (unit, name) = UNITS.iter().find(fits).copied().unwrap_or((1, "s"));
    format!("{}{name}", seconds / unit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_of_iso_8601_come_back() {
        for (seconds, text) in [(3 * 3600, "PT3H"), (63 * 86_400, "P63D"), (90, "PT90S"), (5400, "PT90M")] {
            assert_eq!((iso(seconds).as_str(), seconds_of(text)), (text, Some(seconds)));
        }
    }

    #[test]
    fn periods_are_read_as_seconds_and_as_durations() {
        for (text, seconds) in
            [("60", 60), ("5m", 300), ("1h", 3600), ("1h30m", 5400), ("10s", 10), ("PT1M", 60), ("1d", 86400)]
        {
            assert_eq!(parse(text).map(Period::seconds), Ok(seconds), "{text}");
        }
        assert!(parse("90s").unwrap_err().starts_with("90 seconds are no period of CloudWatch: expected 1, 5, 10, "));
        for text in ["", "minute", "1.5", "-60", "1mo"] {
            assert!(parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn the_suited_period_shows_the_range_and_is_kept() {
        const HOUR: i64 = 3600;
        let now = Timestamp::from_seconds(1_777_896_000);
        let cases = [(3, 60), (24, 300), (3 * 24, 900), (14 * 24, HOUR), (40 * 24, 6 * HOUR), (400 * 24, 24 * HOUR)];
        for (hours, seconds) in cases {
            let start = now.plus_seconds(-hours * HOUR);
            assert_eq!(suited(start, now, now).seconds(), seconds, "{hours} hours");
        }
        let old = now.plus_seconds(-100 * 24 * HOUR);
        assert_eq!(suited(old, old.plus_seconds(HOUR), now).seconds(), HOUR, "old data is kept by the hour");
    }

    #[test]
    fn short_periods_are_read_again() {
        for (seconds, expected) in [(1, "1s"), (60, "1m"), (5400, "90m"), (7200, "2h"), (604_800, "7d")] {
            let period = Period::from_seconds(seconds).unwrap();
            assert_eq!(short(period), expected);
            assert_eq!(parse(expected), Ok(period));
        }
    }

    #[test]
    fn words_for_periods() {
        let cases = [(1, "second"), (30, "30 seconds"), (60, "minute"), (5400, "90 minutes"), (86_400, "day")];
        for (seconds, expected) in cases {
            assert_eq!(words(Period::from_seconds(seconds).unwrap()), expected);
        }
    }
}
