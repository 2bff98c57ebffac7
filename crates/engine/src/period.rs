//! Periods: which are legal, where their buckets begin, and what the age of the data asks of them.

use nepho_model::Timestamp;

const HOUR: i64 = 3600;
const DAY: i64 = 24 * HOUR;

/// The legal periods below one minute, in seconds.
const SHORT_PERIODS: [i64; 5] = [1, 5, 10, 20, 30];

/// From this age of StartTime on, in seconds, the period is to be a multiple of that many seconds. The oldest first.
const MULTIPLES: [(i64, i64); 3] = [(63 * DAY, HOUR), (15 * DAY, 300), (3 * HOUR, 60)];

/// The longest period in seconds: the last whole minute that a Period on the wire, a number of 32 bits, can say.
pub const MAX_PERIOD_SECONDS: i64 = i32::MAX as i64 / 60 * 60;

/// The length of a bucket: 1, 5, 10, 20 or 30 seconds, or a multiple of 60 up to [`MAX_PERIOD_SECONDS`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Period(i64);

/// Why a number of seconds is no period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("period of {0} seconds is not 1, 5, 10, 20, 30 or a multiple of 60 up to {MAX_PERIOD_SECONDS}")]
pub struct PeriodFault(pub i64);

impl Period {
    /// One minute.
    pub const MINUTE: Period = Period(60);
    /// Five minutes.
    pub const FIVE_MINUTES: Period = Period(300);

    /// The period of so many seconds.
    ///
    /// # Errors
    /// When CloudWatch has no such period.
    pub fn from_seconds(seconds: i64) -> Result<Self, PeriodFault> {
        let is_minutes = (60..=MAX_PERIOD_SECONDS).contains(&seconds) && seconds % 60 == 0;
        if is_minutes || SHORT_PERIODS.contains(&seconds) { Ok(Period(seconds)) } else { Err(PeriodFault(seconds)) }
    }

    /// Its length in seconds.
    pub const fn seconds(self) -> i64 {
        self.0
    }
}

/// Where the first bucket begins: StartTime rounded down to the minute, to 5 minutes from an age of 15 days, to the
/// hour beyond 63 days. A period below one minute rounds to itself while the data is younger than 15 days.
pub fn rounded_start(start: Timestamp, period: Period, now: Timestamp) -> Timestamp {
    let age = now.seconds().saturating_sub(start.seconds());
    let unit = match age {
        age if age > 63 * DAY => HOUR,
        age if age >= 15 * DAY => 300,
        _ => period.seconds().min(60),
    };
    Timestamp::from_seconds(start.seconds().div_euclid(unit) * unit)
}

/// What the period is to be a multiple of when the range begins at `start`, because older data is kept more coarsely:
/// 60 s from 3 hours, 300 s from 15 days, 3600 s beyond 63 days.
pub fn least_multiple(start: Timestamp, now: Timestamp) -> i64 {
    let age = now.seconds().saturating_sub(start.seconds());
    let is_older = |limit: i64| if limit == 63 * DAY { age > limit } else { age >= limit };
    MULTIPLES.iter().find(|(limit, _)| is_older(*limit)).map_or(1, |(_, multiple)| *multiple)
}

/// How many datapoints a range asks for: its length in periods, rounded up.
pub fn datapoint_count(start: Timestamp, end: Timestamp, period: Period) -> i64 {
    let length = end.millis().saturating_sub(start.millis()).max(0);
    let period = period.seconds() * 1000;
    length / period + i64::from(length % period != 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_seconds(1_777_896_000);

    #[test]
    fn legal_periods() {
        for seconds in [1, 5, 10, 20, 30, 60, 120, 180, 86_400, 604_800, MAX_PERIOD_SECONDS] {
            assert_eq!(Period::from_seconds(seconds).map(Period::seconds), Ok(seconds));
        }
        for seconds in [-60, 0, 2, 15, 40, 59, 61, 90, 3601, MAX_PERIOD_SECONDS + 60, i64::MAX / 60 * 60] {
            assert_eq!(Period::from_seconds(seconds), Err(PeriodFault(seconds)));
        }
    }

    #[test]
    fn start_is_rounded_down_by_age_and_period() {
        // age in seconds, period, expected seconds that the start moves back; NOW is a full hour
        let cases = [
            (1_003, 60, 17),
            (1_003, 300, 17),
            (1_003, 1, 0),
            (1_003, 5, 2),
            (1_003, 10, 7),
            (1_003, 20, 17),
            (1_003, 30, 17),
            (15 * DAY - 1, 60, 1),
            (15 * DAY - 59, 60, 59),
            (15 * DAY + 1, 60, 299),
            (15 * DAY + 1, 5, 299),
            (63 * DAY, 60, 0),
            (63 * DAY - 1, 3600, 1),
            (63 * DAY + 1, 300, 3599),
            (-5, 60, 5),
        ];
        for (age, period, moved) in cases {
            let start = NOW.plus_seconds(-age);
            let rounded = rounded_start(start, Period(period), NOW);
            assert_eq!(start.seconds() - rounded.seconds(), moved, "age {age}, period {period}");
        }
        let start = Timestamp::from_millis(NOW.millis() - 1);
        assert_eq!(rounded_start(start, Period(1), NOW), NOW.plus_seconds(-1), "fractions of a second go");
    }

    #[test]
    fn the_age_of_the_start_asks_for_multiples() {
        let cases = [
            (0, 1),
            (3 * HOUR - 1, 1),
            (3 * HOUR, 60),
            (15 * DAY - 1, 60),
            (15 * DAY, 300),
            (63 * DAY, 300),
            (63 * DAY + 1, 3600),
        ];
        for (age, multiple) in cases {
            assert_eq!(least_multiple(NOW.plus_seconds(-age), NOW), multiple, "age {age}");
        }
    }

    #[test]
    fn datapoints_are_counted_in_started_periods() {
        let count =
            |millis, period| datapoint_count(NOW, Timestamp::from_millis(NOW.millis() + millis), Period(period));
        assert_eq!(count(86_400_000, 60), 1440);
        assert_eq!(count(86_400_001, 60), 1441);
        assert_eq!(count(1, 60), 1);
        assert_eq!(count(0, 60), 0);
    }
}
