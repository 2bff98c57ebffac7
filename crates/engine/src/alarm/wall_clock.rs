//! Periods that begin where the clock on a wall says.

use jiff::civil::{Date, Weekday};
use jiff::tz::{Offset, TimeZone};
use jiff::{Span, ToSpan};
use nepho_model::Timestamp;

use crate::period::Period;

/// The longest name of a time zone, in characters.
pub const MAX_TIMEZONE: usize = 50;

/// The periods that stand on a wall clock, in seconds.
pub const WALL_CLOCK_PERIODS: [i64; 5] = [60, 300, HOUR, DAY, WEEK];

/// The farthest that a zone is from UTC, in seconds.
const MAX_OFFSET: i32 = 18 * 3600;

/// What the distance of a zone from UTC is a multiple of, in seconds.
const OFFSET_STEP: i32 = 300;

const HOUR: i64 = 3600;
const DAY: i64 = 24 * HOUR;
const WEEK: i64 = 7 * DAY;

/// WallClockWindow: a time zone.
#[derive(Debug, Clone, PartialEq)]
pub struct WallClock {
    timezone: Option<Box<str>>,
    zone: TimeZone,
}

/// Why a text is no time zone.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "The value {0} for parameter Timezone is neither a time zone nor an offset from UTC in multiples of 5 minutes."
)]
pub struct TimezoneFault(pub String);

impl WallClock {
    /// The clock of a time zone: UTC when there is none, an offset such as `+05:30`, or a name that `zones` knows.
    ///
    /// # Errors
    /// Names what is no time zone.
    pub fn new(timezone: Option<&str>, zones: &dyn Fn(&str) -> Option<TimeZone>) -> Result<Self, TimezoneFault> {
        let zone = match timezone {
            None | Some("Z" | "UTC" | "GMT") => TimeZone::UTC,
            Some(text) => match offset(text) {
                Some(seconds) => {
                    let is_legal = seconds.abs() <= MAX_OFFSET && seconds % OFFSET_STEP == 0;
                    let offset = Offset::from_seconds(seconds).ok().filter(|_| is_legal);
                    TimeZone::fixed(offset.ok_or_else(|| TimezoneFault(text.to_owned()))?)
                }
                None => zones(text).ok_or_else(|| TimezoneFault(text.to_owned()))?,
            },
        };
        Ok(WallClock { timezone: timezone.map(Into::into), zone })
    }

    /// Timezone, as it was given.
    pub fn timezone(&self) -> Option<&str> {
        self.timezone.as_deref()
    }

    /// The last time at or before `time` at which a period ends and the next begins. Periods of days and weeks begin at
    /// midnight, weeks on Monday; shorter ones at multiples of the period on the clock, and when the clock is changed.
    pub fn edge(&self, time: Timestamp, period: Period) -> Timestamp {
        let Ok(instant) = jiff::Timestamp::from_millisecond(time.millis()) else { return time };
        match period.seconds() {
            DAY => self.midnight(self.zone.to_datetime(instant).date()),
            WEEK => self.midnight(monday(self.zone.to_datetime(instant).date())),
            seconds => self.multiple(instant, seconds),
        }
        .unwrap_or(time)
    }

    fn midnight(&self, date: Date) -> Option<Timestamp> {
        let start = date.to_zoned(self.zone.clone()).ok()?.start_of_day().ok()?;
        Some(Timestamp::from_millis(start.timestamp().as_millisecond()))
    }

    fn multiple(&self, instant: jiff::Timestamp, period: i64) -> Option<Timestamp> {
        let offset = self.zone.to_offset(instant);
        let passed = (instant.as_second() + i64::from(offset.seconds())).rem_euclid(period);
        let edge = instant.as_second() - passed;
        let is_same = self.zone.to_offset(jiff::Timestamp::from_second(edge).ok()?) == offset;
        let changed = (!is_same).then(|| self.last_change(instant)).flatten();
        Some(Timestamp::from_seconds(changed.map_or(edge, |changed| changed.max(edge))))
    }

    /// When the clock was changed last, in seconds.
    fn last_change(&self, instant: jiff::Timestamp) -> Option<i64> {
        let next = instant.checked_add(Span::new().seconds(1)).ok()?;
        Some(self.zone.preceding(next).next()?.timestamp().as_second())
    }
}

fn monday(date: Date) -> Date {
    let passed = date.weekday().since(Weekday::Monday);
    date.saturating_sub(i64::from(passed).days())
}

/// The seconds of `+HH:MM`, with `UTC` or `GMT` in front or not; `None` for what does not look so.
fn offset(text: &str) -> Option<i32> {
    let rest = text.strip_prefix("UTC").or_else(|| text.strip_prefix("GMT")).unwrap_or(text);
    let (sign, digits) = match rest.split_at_checked(1)? {
        ("+", digits) => (1, digits),
        ("-", digits) => (-1, digits),
        _ => return None,
    };
    let (hours, minutes) = digits.split_once(':')?;
    let number = |text: &str| text.parse::<i32>().ok().filter(|_| text.len() == 2 && !text.starts_with(['+', '-']));
    let (hours, minutes) = (number(hours)?, number(minutes).filter(|minutes| *minutes < 60)?);
    Some(sign * (hours * 3600 + minutes * 60))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two zones, as rules rather than as files.
    fn zones(name: &str) -> Option<TimeZone> {
        let rule = match name {
            "Europe/Berlin" => "CET-1CEST,M3.5.0,M10.5.0/3",
            "Australia/Lord_Howe" => "<+1030>-10:30<+11>-11,M10.1.0,M4.1.0",
            _ => return None,
        };
        TimeZone::posix(rule).ok()
    }

    fn time(text: &str) -> Timestamp {
        Timestamp::from_millis(text.parse::<jiff::Timestamp>().unwrap().as_millisecond())
    }

    #[test]
    fn a_zone_is_a_name_or_an_offset() {
        let legal = ["Z", "UTC", "GMT", "+05:30", "-03:00", "UTC+05:45", "GMT-00:05", "+18:00", "Europe/Berlin"];
        for text in legal {
            assert_eq!(WallClock::new(Some(text), &zones).unwrap().timezone(), Some(text));
        }
        assert_eq!(WallClock::new(None, &zones).unwrap().timezone(), None);
        for text in ["", "+18:05", "+05:31", "+5:30", "+05:60", "+0530", "++5:30", "Mars/Olympus", "UTC+5"] {
            assert_eq!(WallClock::new(Some(text), &zones), Err(TimezoneFault(text.to_owned())), "{text}");
        }
    }

    #[test]
    fn periods_begin_on_the_clock() {
        let cases = [
            ("UTC", 300, "2026-05-04T12:03:59Z", "2026-05-04T12:00:00Z"),
            ("UTC", 300, "2026-05-04T12:05:00Z", "2026-05-04T12:05:00Z"),
            ("+05:30", 3600, "2026-05-04T12:03:00Z", "2026-05-04T11:30:00Z"),
            ("+05:30", 86_400, "2026-05-04T12:03:00Z", "2026-05-03T18:30:00Z"),
            ("Europe/Berlin", 86_400, "2026-05-04T21:59:59Z", "2026-05-03T22:00:00Z"),
            ("Europe/Berlin", 86_400, "2026-05-04T22:00:00Z", "2026-05-04T22:00:00Z"),
            // The days on which the clock is changed have 23 and 25 hours.
            ("Europe/Berlin", 86_400, "2026-03-29T12:00:00Z", "2026-03-28T23:00:00Z"),
            ("Europe/Berlin", 86_400, "2026-03-30T12:00:00Z", "2026-03-29T22:00:00Z"),
            ("Europe/Berlin", 86_400, "2026-10-25T22:30:00Z", "2026-10-24T22:00:00Z"),
            // 2026-05-04 is a Monday.
            ("UTC", 604_800, "2026-05-04T00:00:00Z", "2026-05-04T00:00:00Z"),
            ("UTC", 604_800, "2026-05-10T23:59:00Z", "2026-05-04T00:00:00Z"),
            ("Europe/Berlin", 604_800, "2026-05-03T22:00:00Z", "2026-05-03T22:00:00Z"),
            // Half an hour is put in or left out.
            ("Australia/Lord_Howe", 3600, "2026-04-04T15:10:00Z", "2026-04-04T15:00:00Z"),
            ("Australia/Lord_Howe", 3600, "2026-04-04T15:40:00Z", "2026-04-04T15:30:00Z"),
            ("Australia/Lord_Howe", 3600, "2026-10-03T15:40:00Z", "2026-10-03T15:30:00Z"),
            ("Australia/Lord_Howe", 3600, "2026-10-03T16:10:00Z", "2026-10-03T16:00:00Z"),
        ];
        for (zone, period, at, expected) in cases {
            let clock = WallClock::new(Some(zone), &zones).unwrap();
            let edge = clock.edge(time(at), Period::from_seconds(period).unwrap());
            assert_eq!(edge, time(expected), "{zone} {period} {at}");
        }
    }
}
