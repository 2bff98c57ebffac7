//! Times as alarms tell them, all in UTC.

use jiff::civil::DateTime;
use jiff::tz::Offset;
use nepho_model::Timestamp;

/// A time in JSON: `2025-07-03T08:34:06.300+0000`.
pub fn iso_time(time: Timestamp) -> String {
    format(time, "%Y-%m-%dT%H:%M:%S.%3f+0000")
}

/// A time beside a datapoint: `03/07/25 08:34:06`.
pub fn short_time(time: Timestamp) -> String {
    format(time, "%d/%m/%y %H:%M:%S")
}

/// A time in a sentence: `Friday 8 September, 2017 16:01:07 UTC`.
pub fn long_time(time: Timestamp) -> String {
    format(time, "%A %-d %B, %Y %H:%M:%S UTC")
}

/// The times of jiff span ten thousand years to either side; those beyond are written as milliseconds.
fn format(time: Timestamp, format: &str) -> String {
    let Ok(instant) = jiff::Timestamp::from_millisecond(time.millis()) else {
        return time.millis().to_string();
    };
    let civil: DateTime = Offset::UTC.to_datetime(instant);
    civil.strftime(format).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_told_in_utc() {
        let time = Timestamp::from_millis(1_504_886_467_050);
        assert_eq!(iso_time(time), "2017-09-08T16:01:07.050+0000");
        assert_eq!(short_time(time), "08/09/17 16:01:07");
        assert_eq!(long_time(time), "Friday 8 September, 2017 16:01:07 UTC");
        assert_eq!(iso_time(Timestamp::from_millis(i64::MAX)), i64::MAX.to_string());
    }
}
