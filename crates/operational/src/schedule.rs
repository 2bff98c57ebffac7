//! When days are rolled up.

use croner::Cron;
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

use crate::error::Error;

/// The default: half past one every day.
pub const DAILY: &str = "30 1 * * *";

/// Times that a cron expression says in a time zone.
///
/// A time that falls into the hour that a zone leaves out comes when that hour is over, and one in the hour that it
/// repeats comes once.
///
/// ```
/// use nepho_operational::{Schedule, zone};
///
/// let schedule = Schedule::new("30 1 * * *", zone("Europe/Berlin")?)?;
/// let next = schedule.next("2026-05-04T12:00:00Z".parse().unwrap());
/// assert_eq!(next.unwrap().to_string(), "2026-05-04T23:30:00Z");
/// # Ok::<(), nepho_operational::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Schedule {
    cron: Cron,
    zone: TimeZone,
}

impl Default for Schedule {
    /// [`DAILY`], in UTC.
    fn default() -> Self {
        Schedule::new(DAILY, TimeZone::UTC).expect("the default is an expression")
    }
}

impl Schedule {
    /// The times of an expression with five fields: minute, hour, day of the month, month, day of the week. A sixth in
    /// front says the second, a seventh at the end the year.
    ///
    /// # Errors
    /// [`Error::Cron`], also for an expression that never comes true, such as the 30th of February.
    pub fn new(cron: &str, zone: TimeZone) -> Result<Self, Error> {
        let fault = |reason: String| Error::Cron { text: cron.to_owned(), reason };
        let parsed: Cron = cron.parse().map_err(|error: croner::errors::CronError| fault(error.to_string()))?;
        let schedule = Schedule { cron: parsed, zone };
        match schedule.next(Timestamp::UNIX_EPOCH) {
            Some(_) => Ok(schedule),
            None => Err(fault("it never comes true".to_owned())),
        }
    }

    /// The first time after `now`.
    pub fn next(&self, now: Timestamp) -> Option<Timestamp> {
        self.cron.find_next_occurrence(&self.zoned(now), false).ok().map(|zoned| zoned.timestamp())
    }

    /// The last time until `now`, `now` included.
    pub fn previous(&self, now: Timestamp) -> Option<Timestamp> {
        self.cron.find_previous_occurrence(&self.zoned(now), true).ok().map(|zoned| zoned.timestamp())
    }

    fn zoned(&self, time: Timestamp) -> Zoned {
        time.to_zoned(self.zone.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::day::zone;

    #[test]
    fn every_day_has_its_half_past_one() {
        let cases = [
            ("UTC", "2026-05-04T01:29:59Z", "2026-05-04T01:30:00Z"),
            ("UTC", "2026-05-04T01:30:00Z", "2026-05-05T01:30:00Z"),
            ("UTC", "2026-02-28T02:00:00Z", "2026-03-01T01:30:00Z"),
            // Half past one does not exist on this day, and comes at two.
            ("Europe/London", "2026-03-28T12:00:00Z", "2026-03-29T01:00:00Z"),
            ("Europe/London", "2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z"),
            // It is there twice on this one, and comes once.
            ("Europe/London", "2026-10-24T12:00:00Z", "2026-10-25T00:30:00Z"),
            ("Europe/London", "2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"),
        ];
        for (name, now, next) in cases {
            let schedule = Schedule::new(DAILY, zone(name).unwrap()).unwrap();
            let next: Timestamp = next.parse().unwrap();
            assert_eq!(schedule.next(now.parse().unwrap()), Some(next), "{name} {now}");
            assert_eq!(schedule.previous(next), Some(next), "{name} {next}");
        }
    }

    #[test]
    fn the_previous_time_is_the_last_until_now() {
        let schedule = Schedule::default();
        let cases = [
            ("2026-05-04T01:29:59Z", "2026-05-03T01:30:00Z"),
            ("2026-05-04T01:30:00Z", "2026-05-04T01:30:00Z"),
            ("2026-05-04T23:00:00Z", "2026-05-04T01:30:00Z"),
        ];
        for (now, previous) in cases {
            assert_eq!(schedule.previous(now.parse().unwrap()), Some(previous.parse().unwrap()), "{now}");
        }
    }

    #[test]
    fn what_says_no_time_is_refused() {
        for text in ["", "30 1 * *", "61 1 * * *", "0 0 30 2 *", "half past one"] {
            let error = Schedule::new(text, TimeZone::UTC).unwrap_err().to_string();
            assert!(error.starts_with(&format!("cron expression {text:?}: ")), "{error}");
        }
    }
}
