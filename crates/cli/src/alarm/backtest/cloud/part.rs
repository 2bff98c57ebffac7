//! Which stretches of the past an alarm can be tried on, and how finely: CloudWatch keeps old data in longer periods.

use nepho_engine::alarm::{MetricAlarm, Replay, cadence_seconds, evaluation_range};
use nepho_engine::explanation::IsoTime;
use nepho_model::Timestamp;
use nepho_store::Retention;

use crate::alarm::backtest::Range;

/// What is planned now is asked for a little later, when some data is older than it was.
const MARGIN_SECONDS: i64 = 600;

/// A stretch of time in which an alarm is evaluated every so many seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Part {
    pub(super) start: Timestamp,
    pub(super) end: Timestamp,
    pub(super) cadence_seconds: i64,
}

impl Part {
    /// The evaluations in it.
    pub(super) fn replay<'a>(&self, alarm: &'a MetricAlarm) -> Replay<'a> {
        Replay::every(self.cadence_seconds, alarm, self.start, self.end).of_statistics()
    }
}

/// Seconds of the periods that data is kept in, and for how long, the finest first.
fn tiers() -> [(i64, i64); 4] {
    let Retention { second, minute, five_minutes, hour } = Retention::default();
    [(1, second), (60, minute), (300, five_minutes), (3600, hour)]
}

/// The stretches of a range, the oldest first. Where only longer periods are left, an alarm whose own period is made of
/// them is evaluated whenever one is over, and another not at all.
pub(super) fn parts(alarm: &MetricAlarm, range: Range, now: Timestamp) -> Vec<Part> {
    let (cadence, period) = (cadence_seconds(alarm), alarm.period().seconds());
    // A period on a wall clock may have begun before the evaluation range of the others.
    let periods = evaluation_range(alarm) as i64 + i64::from(alarm.wall_clock().is_some());
    // It is not evaluated in the moment in which it is created.
    let first = Timestamp::from_millis(range.start.millis() + 1);
    let (mut parts, mut end) = (Vec::new(), range.end);
    for (seconds, kept) in tiers().into_iter().filter(|(seconds, _)| period % seconds == 0) {
        if seconds == 1 && cadence >= 60 {
            continue;
        }
        let oldest = now.plus_seconds(-kept + MARGIN_SECONDS + periods * period);
        let part = Part { start: first.max(oldest), end, cadence_seconds: cadence.max(seconds) };
        let begins_on_a_period =
            || part.replay(alarm).reads().iter().all(|read| read.start.seconds().rem_euclid(seconds) == 0);
        if part.start < part.end && begins_on_a_period() {
            end = part.start;
            parts.push(part);
        }
    }
    parts.reverse();
    parts
}

/// What is different from how the alarm would really have been evaluated.
pub(super) fn remark(alarm: &MetricAlarm, parts: &[Part], range: Range) -> Option<String> {
    let (name, period, cadence) = (alarm.name(), alarm.period().seconds(), cadence_seconds(alarm));
    let text = |time: Timestamp| IsoTime(Timestamp::from_seconds(time.seconds())).to_string();
    let Some(first) = parts.first() else {
        return Some(format!("{name} is not tried: data for periods of {period} s is not kept for so long"));
    };
    let mut remarks = Vec::new();
    if first.start > range.start.plus_seconds(cadence) {
        let from = text(first.start);
        remarks.push(format!("is tried from {from} on only, because older data is not kept for periods of {period} s"));
    }
    for (at, part) in parts.iter().enumerate().filter(|(_, part)| part.cadence_seconds > cadence) {
        let until = text(parts.get(at + 1).map_or(range.end, |next| next.start));
        let every = part.cadence_seconds;
        remarks.push(format!("is evaluated every {every} s until {until}, because so old data is kept in such steps"));
    }
    (!remarks.is_empty()).then(|| format!("{name} {}", remarks.join(", and ")))
}

#[cfg(test)]
mod tests {
    use nepho_engine::alarm::{Parameters, WindowParameters};
    use nepho_model::Scope;

    use super::*;

    const NOW: i64 = 1_777_896_000;
    const DAY: i64 = 86_400;

    fn alarm(period: i32, zone: Option<&str>) -> MetricAlarm {
        let text = |text: &str| Some(text.to_owned());
        let parameters = Parameters {
            alarm_name: text("a"),
            namespace: text("Shop"),
            metric_name: text("Errors"),
            statistic: text("Sum"),
            period: Some(period),
            evaluation_periods: Some(1),
            threshold: Some(1.0),
            comparison_operator: text("GreaterThanThreshold"),
            evaluation_window: zone.map(|zone| WindowParameters::WallClock(text(zone))),
            ..Parameters::default()
        };
        MetricAlarm::new(&Scope::new("000000000000", "us-east-1"), &parameters, &|_| None).unwrap()
    }

    /// Starts before now, and the seconds between evaluations.
    fn check(alarm: &MetricAlarm, days: i64, expected: &[(i64, i64)]) -> Option<String> {
        let now = Timestamp::from_seconds(NOW);
        let range = Range { start: now.plus_seconds(-days * DAY), end: now };
        let parts = parts(alarm, range, now);
        let seen: Vec<_> = parts.iter().map(|part| (NOW - part.start.seconds(), part.cadence_seconds)).collect();
        assert_eq!(seen, expected);
        remark(alarm, &parts, range)
    }

    #[test]
    fn old_data_is_kept_in_longer_periods() {
        // Three periods are looked at, and ten minutes are left for the asking.
        assert_eq!(check(&alarm(60, None), 14, &[(14 * DAY, 60)]), None);
        let said = check(&alarm(60, None), 30, &[(15 * DAY - 600 - 180, 60)]).unwrap();
        assert_eq!(
            said,
            "a is tried from 2026-04-19T12:13:00Z on only, because older data is not kept for periods of 60 s"
        );
        let said = check(&alarm(300, None), 30, &[(30 * DAY, 300), (15 * DAY - 600 - 900, 60)]).unwrap();
        assert_eq!(
            said,
            "a is evaluated every 300 s until 2026-04-19T12:25:00Z, because so old data is kept in such steps"
        );
        let hours = [(100 * DAY, 3600), (63 * DAY - 600 - 3 * 3600, 300), (15 * DAY - 600 - 3 * 3600, 60)];
        assert!(check(&alarm(3600, None), 100, &hours).is_some());
        assert!(check(&alarm(10, None), 1, &[(3 * 3600 - 600 - 30, 10)]).is_some());
    }

    #[test]
    fn a_clock_between_the_periods_that_are_kept_is_left_out() {
        // Days that begin at 18:15 are not made of hours, but of five minutes.
        let kept = [(61 * DAY - 600, 300), (13 * DAY - 600, 60)];
        let alarm = alarm(86_400, Some("+05:45"));
        assert!(check(&alarm, 100, &kept).unwrap().contains("is tried from"));
    }

    #[test]
    fn a_range_before_all_that_is_kept_has_no_parts() {
        let (start, end) = (Timestamp::from_seconds(NOW - 40 * DAY), Timestamp::from_seconds(NOW - 30 * DAY));
        let (alarm, range) = (alarm(60, None), Range { start, end });
        let parts = parts(&alarm, range, Timestamp::from_seconds(NOW));
        assert_eq!(parts, []);
        let said = remark(&alarm, &parts, range).unwrap();
        assert_eq!(said, "a is not tried: data for periods of 60 s is not kept for so long");
    }
}
