//! A report as tables.

use super::compare::Comparison;
use super::report::AlarmReport;
use crate::table::{Side, Table};

/// The figures of each alarm.
pub(super) fn figures(reports: &[AlarmReport]) -> Table {
    let numbers = ["FIRED", "IN ALARM", "LONGEST", "DETECTED IN", "FLAPS", "FALSE?", "NO DATA"];
    let mut table = Table::new([("ALARM", Side::Left)].into_iter().chain(numbers.map(|name| (name, Side::Right))));
    for report in reports {
        table.row(vec![
            report.alarm_name.clone(),
            report.fired.to_string(),
            duration(report.alarm_seconds),
            duration(report.longest_seconds),
            report.median_seconds_to_detect.map(duration).unwrap_or_default(),
            report.flaps.to_string(),
            report.false_alarm_candidates.to_string(),
            duration(report.insufficient_data_seconds),
        ]);
    }
    table
}

/// What other definitions change.
pub(super) fn comparison(compared: &[Comparison]) -> Table {
    let numbers = ["BEFORE", "AFTER", "IN ALARM BEFORE", "AFTER", "NEW", "GONE", "EARLIER", "LATER"];
    let mut table = Table::new([("ALARM", Side::Left)].into_iter().chain(numbers.map(|name| (name, Side::Right))));
    for one in compared {
        let count = |fired: Option<usize>| fired.map_or_else(|| "-".to_owned(), |fired| fired.to_string());
        table.row(vec![
            one.alarm_name.clone(),
            count(one.fired_before),
            count(one.fired_after),
            duration(one.seconds_before),
            duration(one.seconds_after),
            one.new.len().to_string(),
            one.gone.len().to_string(),
            one.earlier.to_string(),
            one.later.to_string(),
        ]);
    }
    table
}

/// A length of time in its two largest units: `2d 3h`, `5m`, `0`.
fn duration(seconds: i64) -> String {
    const UNITS: [(i64, &str); 4] = [(86_400, "d"), (3600, "h"), (60, "m"), (1, "s")];
    let mut left = seconds;
    let mut parts = Vec::new();
    let first = UNITS.iter().position(|(unit, _)| seconds >= *unit).unwrap_or(UNITS.len());
    for (unit, name) in UNITS.iter().skip(first).take(2) {
        if left / unit > 0 {
            parts.push(format!("{}{name}", left / unit));
        }
        left %= unit;
    }
    if parts.is_empty() { "0".to_owned() } else { parts.join(" ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_of_time_have_two_units() {
        let cases =
            [(0, "0"), (59, "59s"), (60, "1m"), (61, "1m 1s"), (3600, "1h"), (3661, "1h 1m"), (183_600, "2d 3h")];
        for (seconds, expected) in cases {
            assert_eq!(duration(seconds), expected);
        }
    }
}
