//! The axis of time: round times of a time zone.

use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use jiff::{ToSpan, Zoned};

use super::zoned;

const MINUTE: i64 = 60;
const HOUR: i64 = 3600;

/// A time that is written below the axis.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Tick {
    /// In seconds.
    pub(super) time: i64,
    pub(super) label: String,
}

/// How far ticks are apart.
#[derive(Debug, Clone, Copy)]
enum Step {
    Seconds(i64),
    Days(i64),
    Months(i64),
}

const STEPS: [Step; 24] = [
    Step::Seconds(1),
    Step::Seconds(5),
    Step::Seconds(10),
    Step::Seconds(30),
    Step::Seconds(MINUTE),
    Step::Seconds(2 * MINUTE),
    Step::Seconds(5 * MINUTE),
    Step::Seconds(10 * MINUTE),
    Step::Seconds(15 * MINUTE),
    Step::Seconds(30 * MINUTE),
    Step::Seconds(HOUR),
    Step::Seconds(2 * HOUR),
    Step::Seconds(3 * HOUR),
    Step::Seconds(6 * HOUR),
    Step::Seconds(12 * HOUR),
    Step::Days(1),
    Step::Days(2),
    Step::Days(4),
    Step::Days(7),
    Step::Days(14),
    Step::Months(1),
    Step::Months(2),
    Step::Months(3),
    Step::Months(6),
];

impl Step {
    /// About how long it is.
    fn seconds(self) -> i64 {
        match self {
            Step::Seconds(seconds) => seconds,
            Step::Days(days) => days * 24 * HOUR,
            Step::Months(months) => months * 30 * 24 * HOUR,
        }
    }
}

/// Round times from `start` up to before `end`, at most about so many.
pub(super) fn ticks(start: i64, end: i64, zone: &TimeZone, count: usize) -> Vec<Tick> {
    let fits = |step: &&Step| (end - start) / step.seconds() <= count as i64;
    let step = STEPS.iter().find(fits).copied().unwrap_or(Step::Months(12));
    let first = zoned(start, zone);
    let times = match step {
        Step::Seconds(seconds) => times_of_day(&first, end, seconds),
        Step::Days(days) => midnights(first.date(), end, zone, |date| date.checked_add(days.days())),
        Step::Months(months) => {
            midnights(first.date().first_of_month(), end, zone, |date| date.checked_add(months.months()))
        }
    };
    let tick = |time: i64| Tick { time, label: label(&zoned(time, zone), step) };
    times.into_iter().filter(|time| *time >= start).map(tick).collect()
}

/// Times that are a multiple of the step after midnight.
fn times_of_day(first: &Zoned, end: i64, step: i64) -> Vec<i64> {
    let start = first.timestamp().as_second();
    let midnight = first.start_of_day().map_or(start, |midnight| midnight.timestamp().as_second());
    let first = midnight + (start - midnight + step - 1).div_euclid(step) * step;
    (0..).map(|position| first + position * step).take_while(|time| *time < end).collect()
}

/// The starts of days, from one to the next.
fn midnights(first: Date, end: i64, zone: &TimeZone, next: impl Fn(Date) -> Result<Date, jiff::Error>) -> Vec<i64> {
    let mut times = Vec::new();
    let mut date = first;
    while let Ok(midnight) = zone.to_timestamp(date.to_datetime(Time::midnight())) {
        if midnight.as_second() >= end {
            break;
        }
        times.push(midnight.as_second());
        let Ok(after) = next(date) else { break };
        date = after;
    }
    times
}

fn label(time: &Zoned, step: Step) -> String {
    let is_midnight = time.time() == Time::midnight();
    let format = match step {
        Step::Seconds(_) if is_midnight => "%-d %b",
        Step::Seconds(seconds) if seconds < MINUTE => "%H:%M:%S",
        Step::Seconds(_) => "%H:%M",
        Step::Days(_) => "%-d %b",
        Step::Months(_) if time.month() == 1 => "%Y",
        Step::Months(_) => "%b",
    };
    time.strftime(format).to_string()
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;

    fn labels(start: &str, end: &str, zone: &TimeZone) -> String {
        let seconds = |text: &str| text.parse::<Timestamp>().unwrap().as_second();
        let ticks = ticks(seconds(start), seconds(end), zone, 6);
        ticks.into_iter().map(|tick| tick.label).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn times_are_round() {
        let cases = [
            ("2026-05-04T12:00:00Z", "2026-05-04T12:00:20Z", "12:00:00 12:00:05 12:00:10 12:00:15"),
            ("2026-05-04T12:02:00Z", "2026-05-04T15:02:00Z", "12:30 13:00 13:30 14:00 14:30 15:00"),
            ("2026-05-04T12:00:00Z", "2026-05-05T12:00:00Z", "12:00 18:00 5 May 06:00"),
            ("2026-05-04T12:00:00Z", "2026-05-11T12:00:00Z", "6 May 8 May 10 May"),
            ("2025-11-04T12:00:00Z", "2026-05-11T12:00:00Z", "Dec 2026 Feb Mar Apr May"),
        ];
        for (start, end, expected) in cases {
            assert_eq!(labels(start, end, &TimeZone::UTC), expected, "{start} to {end}");
        }
    }

    #[test]
    fn days_begin_at_midnight_of_the_zone() {
        let zone = TimeZone::fixed(jiff::tz::Offset::constant(2));
        assert_eq!(labels("2026-05-04T18:00:00Z", "2026-05-05T03:00:00Z", &zone), "20:00 22:00 5 May 02:00 04:00");
    }
}
