//! Days of a time zone.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

use crate::error::Error;

/// A calendar day with the instants at which it begins and at which the next one does: 23 to 25 hours, mostly 24.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Day {
    /// The date.
    pub date: Date,
    /// Its first instant.
    pub start: Timestamp,
    /// The first instant after it.
    pub end: Timestamp,
}

impl Day {
    /// The day of this date.
    ///
    /// # Errors
    /// [`Error::Calendar`], at the ends of the calendar.
    pub fn of(date: Date, zone: &TimeZone) -> Result<Self, Error> {
        let next = date.tomorrow().map_err(|_| Error::Calendar(date))?;
        Ok(Day { date, start: first_instant(date, zone)?, end: first_instant(next, zone)? })
    }

    /// The day that an instant is in.
    ///
    /// # Errors
    /// [`Error::Calendar`], at the ends of the calendar.
    pub fn at(time: Timestamp, zone: &TimeZone) -> Result<Self, Error> {
        Day::of(time.to_zoned(zone.clone()).date(), zone)
    }

    /// The day so many days earlier.
    ///
    /// # Errors
    /// [`Error::Calendar`], at the ends of the calendar.
    pub fn earlier(&self, days: u16, zone: &TimeZone) -> Result<Self, Error> {
        let date = self.date.checked_sub(i64::from(days).days()).map_err(|_| Error::Calendar(self.date))?;
        Day::of(date, zone)
    }
}

/// Midnight, or what comes first where clocks are set forward at midnight.
fn first_instant(date: Date, zone: &TimeZone) -> Result<Timestamp, Error> {
    let start = date.to_zoned(zone.clone()).and_then(|zoned| zoned.start_of_day());
    start.map(|zoned| zoned.timestamp()).map_err(|_| Error::Calendar(date))
}

/// A zone by its name in the IANA database, such as `Europe/Berlin`, or `UTC`.
///
/// # Errors
/// [`Error::Zone`].
pub fn zone(name: &str) -> Result<TimeZone, Error> {
    TimeZone::get(name).map_err(|error| Error::Zone { name: name.to_owned(), reason: error.to_string() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_as_long_as_its_zone_makes_it() {
        let cases = [
            ("UTC", "2026-05-04", "2026-05-04T00:00:00Z", 24),
            ("Europe/Berlin", "2026-03-29", "2026-03-28T23:00:00Z", 23),
            ("Europe/Berlin", "2026-10-25", "2026-10-24T22:00:00Z", 25),
            // Clocks went from 24:00 to 01:00.
            ("America/Sao_Paulo", "2018-11-04", "2018-11-04T03:00:00Z", 23),
            // A Friday that there never was is a day of no length.
            ("Pacific/Apia", "2011-12-31", "2011-12-30T10:00:00Z", 24),
        ];
        for (name, date, start, hours) in cases {
            let day = Day::of(date.parse().unwrap(), &zone(name).unwrap()).unwrap();
            assert_eq!(day.start.to_string(), start, "{name}");
            assert_eq!(day.end.duration_since(day.start).as_hours(), hours, "{name} {date}");
        }
    }

    #[test]
    fn the_instants_of_a_day_are_in_it() {
        let berlin = zone("Europe/Berlin").unwrap();
        let day = Day::of("2026-03-29".parse().unwrap(), &berlin).unwrap();
        assert_eq!(Day::at(day.start, &berlin).unwrap(), day);
        assert_eq!(Day::at(day.end, &berlin).unwrap().date.to_string(), "2026-03-30");
        assert_eq!(day.earlier(29, &berlin).unwrap().date.to_string(), "2026-02-28");
        assert!(matches!(zone("Europe/Atlantis"), Err(Error::Zone { .. })));
    }
}
