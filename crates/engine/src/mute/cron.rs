//! Times that come back: cron expressions.

use jiff::ToSpan;
use jiff::civil::{Date, DateTime};

use super::field::{DAY, Field, HOUR, MINUTE, MONTH, Range, WEEKDAY};
use crate::unexpected::Unexpected;

const FIELDS: [Range; 5] = [MINUTE, HOUR, DAY, MONTH, WEEKDAY];

/// The farthest two days of an expression are apart: 29 February around a year that is none by the rule of hundreds.
const DAYS_APART_MAX: i32 = 8 * 366;

/// The most days that each month may have.
const MONTH_LENGTHS: [u32; 12] = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/// Minutes on the clock, by five fields: minute, hour, day of the month, month, day of the week.
///
/// Where both days are restricted, either is enough, as in any cron.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cron {
    minutes: Field,
    hours: Field,
    days: Field,
    months: Field,
    weekdays: Field,
}

impl Cron {
    /// Reads what stands in `from..to` of `text`.
    pub(super) fn parse(text: &str, from: usize, to: usize) -> Result<Self, Unexpected> {
        let mut fields = Vec::new();
        let mut at = from;
        for piece in text[from..to].split(' ') {
            if !piece.is_empty() {
                let range = FIELDS.get(fields.len()).ok_or_else(|| {
                    Unexpected::new(text, at, piece.len(), "five fields").hint("there are no seconds and no years")
                })?;
                fields.push(Field::parse(text, at, piece, *range)?);
            }
            at += piece.len() + 1;
        }
        let [minutes, hours, days, months, weekdays] = fields[..] else {
            let expected = "minute, hour, day of the month, month and day of the week, with spaces between";
            return Err(Unexpected::new(text, to, 0, expected));
        };
        let cron = Cron { minutes, hours, days, months, weekdays: weekdays.of_week() };
        if cron.never_comes() {
            let expected = "a day that one of the months has";
            return Err(Unexpected::new(text, from, to - from, expected));
        }
        Ok(cron)
    }

    fn never_comes(&self) -> bool {
        let first_day = self.days.first_from(DAY_ONE).unwrap_or(DAY_ONE);
        let has_first = (1..).zip(MONTH_LENGTHS).any(|(month, days)| self.months.has(month) && first_day <= days);
        self.weekdays.is_any && !has_first
    }

    /// The first minute after a time, to the second.
    pub(super) fn next_after(&self, time: DateTime) -> Option<DateTime> {
        let first = time.checked_add(1.minute()).ok()?;
        let mut date = first.date();
        let mut from = Some(minute_of_day(first));
        for _ in 0..=DAYS_APART_MAX {
            let found = if self.is_day(date) { self.first_minute(from.unwrap_or(0)) } else { None };
            if let Some(minute) = found {
                return Some(at_minute(date, minute));
            }
            from = None;
            date = date.tomorrow().ok()?;
        }
        None
    }

    /// The last minute that begins at or before a time.
    pub(super) fn last_until(&self, time: DateTime) -> Option<DateTime> {
        let mut date = time.date();
        let mut to = minute_of_day(time);
        for _ in 0..=DAYS_APART_MAX {
            let found = if self.is_day(date) { self.last_minute(to) } else { None };
            if let Some(minute) = found {
                return Some(at_minute(date, minute));
            }
            to = MINUTES_OF_DAY - 1;
            date = date.yesterday().ok()?;
        }
        None
    }

    fn is_day(&self, date: Date) -> bool {
        let is_day = self.days.has(number(date.day()));
        let is_weekday = self.weekdays.has(number(date.weekday().to_sunday_zero_offset()));
        let is_one = match (self.days.is_any, self.weekdays.is_any) {
            (false, false) => is_day || is_weekday,
            _ => is_day && is_weekday,
        };
        is_one && self.months.has(number(date.month()))
    }

    fn first_minute(&self, from: u32) -> Option<u32> {
        let (hour, minute) = (from / 60, from % 60);
        if self.hours.has(hour)
            && let Some(minute) = self.minutes.first_from(minute)
        {
            return Some(hour * 60 + minute);
        }
        let hour = self.hours.first_from(hour + 1)?;
        Some(hour * 60 + self.minutes.first_from(0)?)
    }

    fn last_minute(&self, to: u32) -> Option<u32> {
        let (hour, minute) = (to / 60, to % 60);
        if self.hours.has(hour)
            && let Some(minute) = self.minutes.last_to(minute)
        {
            return Some(hour * 60 + minute);
        }
        let hour = self.hours.last_to(hour.checked_sub(1)?)?;
        Some(hour * 60 + self.minutes.last_to(59)?)
    }
}

const DAY_ONE: u32 = 1;
const MINUTES_OF_DAY: u32 = 24 * 60;

fn minute_of_day(time: DateTime) -> u32 {
    number(time.hour()) * 60 + number(time.minute())
}

fn at_minute(date: Date, minute: u32) -> DateTime {
    let part = |number: u32| i8::try_from(number).expect("a day has 24 hours of 60 minutes");
    date.at(part(minute / 60), part(minute % 60), 0, 0)
}

/// A part of a date or a time of day, none of which is negative.
fn number(part: i8) -> u32 {
    u32::from(part.unsigned_abs())
}
