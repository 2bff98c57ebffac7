//! How many periods an evaluation looks at.

use super::definition::MetricAlarm;
use crate::insights::MAX_INSIGHTS_AGE_SECONDS;

/// How many more periods than EvaluationPeriods the range has at least.
const EXTRA_PERIODS: usize = 2;

/// Of how many EvaluationPeriods the range has one more.
const PERIODS_PER_EXTRA: usize = 3;

/// The evaluation range R: how many of the newest periods are looked at to find N datapoints. CloudWatch does not say;
/// why it is this is told in `docs/decisions/alarms.md`.
pub fn evaluation_range(alarm: &MetricAlarm) -> usize {
    let periods = alarm.evaluation_periods() as usize;
    if alarm.wall_clock().is_some() {
        return periods;
    }
    let range = periods + EXTRA_PERIODS.max(periods / PERIODS_PER_EXTRA);
    match alarm.source().insights() {
        Some(_) => range.min((MAX_INSIGHTS_AGE_SECONDS / alarm.period().seconds()) as usize),
        None => range,
    }
}
