//! Times as people write them: `3h`, `2026-05-04T12:00Z`, `12:30`, `now`.

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

use crate::period::seconds_of;

/// A number of this many digits is a time in seconds since 1970; with three more, in milliseconds.
const EPOCH_DIGITS: usize = 10;

/// A time as it was written. Which one it is depends on now, and on the time zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Moment {
    /// So many seconds before now.
    Ago(i64),
    /// This time.
    At(Timestamp),
    /// This time of the time zone.
    Civil(DateTime),
    /// This time of the day in the time zone: the last one.
    Clock(Time),
    /// The start of a day in the time zone, so many days before today.
    Midnight(i64),
}

/// Reads a time.
pub(crate) fn parse(text: &str) -> Result<Moment, String> {
    let text = text.trim();
    named(text).or_else(|| epoch(text)).or_else(|| dated(text)).or_else(|| ago(text)).ok_or_else(|| {
        "expected how long ago (3h, 90m, 2d), a time (2026-05-04T12:00Z, \"2026-05-04 12:00\", 2026-05-04, 12:30), \
         now, today or yesterday"
            .to_owned()
    })
}

fn named(text: &str) -> Option<Moment> {
    match text {
        "now" => Some(Moment::Ago(0)),
        "today" => Some(Moment::Midnight(0)),
        "yesterday" => Some(Moment::Midnight(1)),
        _ => None,
    }
}

fn epoch(text: &str) -> Option<Moment> {
    let number: i64 = text.parse().ok().filter(|number| *number > 0)?;
    let time = match text.len() {
        EPOCH_DIGITS => Timestamp::from_second(number),
        digits if digits == EPOCH_DIGITS + 3 => Timestamp::from_millisecond(number),
        _ => return None,
    };
    time.ok().map(Moment::At)
}

fn dated(text: &str) -> Option<Moment> {
    if let Ok(time) = text.parse::<Timestamp>() {
        return Some(Moment::At(time));
    }
    if let Ok(time) = text.parse::<Time>() {
        return Some(Moment::Clock(time));
    }
    let date = text.parse::<Date>().ok().map(|date| date.to_datetime(Time::midnight()));
    text.parse::<DateTime>().ok().or(date).map(Moment::Civil)
}

fn ago(text: &str) -> Option<Moment> {
    let text = text.strip_suffix("ago").unwrap_or(text).trim();
    let text = text.strip_prefix('-').unwrap_or(text);
    seconds_of(text).filter(|seconds| *seconds >= 0).map(Moment::Ago)
}

impl Moment {
    /// The time that is meant.
    ///
    /// # Errors
    /// When there is no such time.
    pub(crate) fn at(self, now: Timestamp, zone: &TimeZone) -> Result<Timestamp, String> {
        let today = now.to_zoned(zone.clone());
        let time = match self {
            Moment::Ago(seconds) => now.checked_sub(seconds.seconds()),
            Moment::At(time) => Ok(time),
            Moment::Civil(datetime) => zone.to_timestamp(datetime),
            Moment::Clock(time) => zone.to_timestamp(today.date().to_datetime(time)).and_then(|at| match at > now {
                true => zone.to_timestamp(today.date().yesterday()?.to_datetime(time)),
                false => Ok(at),
            }),
            Moment::Midnight(days) => today
                .date()
                .checked_sub(days.days())
                .and_then(|date| zone.to_timestamp(date.to_datetime(Time::midnight()))),
        };
        time.map_err(|error| error.to_string())
    }

    /// Whether it moves along with now.
    pub(crate) fn is_relative(self) -> bool {
        matches!(self, Moment::Ago(_))
    }
}

#[cfg(test)]
mod tests {
    use jiff::tz::Offset;

    use super::*;

    fn at(text: &str) -> Result<String, String> {
        let now: Timestamp = "2026-05-04T12:00:00Z".parse().unwrap();
        let zone = TimeZone::fixed(Offset::constant(2));
        parse(text).and_then(|moment| moment.at(now, &zone)).map(|time| time.to_string())
    }

    #[test]
    fn times_as_people_write_them() {
        let cases = [
            ("now", "2026-05-04T12:00:00Z"),
            ("3h", "2026-05-04T09:00:00Z"),
            ("90m", "2026-05-04T10:30:00Z"),
            ("-2d", "2026-05-02T12:00:00Z"),
            ("1w", "2026-04-27T12:00:00Z"),
            ("1h30m ago", "2026-05-04T10:30:00Z"),
            ("PT1H", "2026-05-04T11:00:00Z"),
            ("2026-05-04T10:00Z", "2026-05-04T10:00:00Z"),
            ("2026-05-04T10:00:00+01:00", "2026-05-04T09:00:00Z"),
            ("2026-05-04T10:00", "2026-05-04T08:00:00Z"),
            ("2026-05-04 10:00", "2026-05-04T08:00:00Z"),
            ("2026-05-04", "2026-05-03T22:00:00Z"),
            ("12:30", "2026-05-04T10:30:00Z"),
            ("23:00", "2026-05-03T21:00:00Z"),
            ("today", "2026-05-03T22:00:00Z"),
            ("yesterday", "2026-05-02T22:00:00Z"),
            ("1777888800", "2026-05-04T10:00:00Z"),
            ("1777888800500", "2026-05-04T10:00:00.5Z"),
        ];
        for (text, expected) in cases {
            assert_eq!(at(text).as_deref(), Ok(expected), "{text}");
        }
        for text in ["", "5", "tomorrow", "2026-13-01", "12:60", "3 fortnights", "1mo"] {
            assert!(at(text).is_err(), "{text}");
        }
    }
}
