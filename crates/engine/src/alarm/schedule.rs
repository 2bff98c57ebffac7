//! When an alarm is evaluated.

use nepho_model::Timestamp;

use super::definition::MetricAlarm;

/// Between evaluations of an alarm on seconds.
const SHORT_CADENCE_SECONDS: i64 = 10;

/// Between evaluations of most alarms.
const CADENCE_SECONDS: i64 = 60;

/// Between evaluations of an alarm on more than a day.
const LONG_CADENCE_SECONDS: i64 = 3600;

/// Period * EvaluationPeriods beyond which an alarm is evaluated once an hour.
const DAY: i64 = 24 * 3600;

/// How many seconds lie between two evaluations.
pub fn cadence_seconds(alarm: &MetricAlarm) -> i64 {
    let period = alarm.period().seconds();
    match period * i64::from(alarm.evaluation_periods()) {
        span if span > DAY => LONG_CADENCE_SECONDS,
        _ if period < CADENCE_SECONDS => SHORT_CADENCE_SECONDS,
        _ => CADENCE_SECONDS,
    }
}

/// The time that an evaluation is about which runs at `now`: the last at which one is due. An alarm may be evaluated a
/// little later than it is due.
pub fn evaluation_time(alarm: &MetricAlarm, now: Timestamp) -> Timestamp {
    let cadence = cadence_seconds(alarm);
    Timestamp::from_seconds(now.seconds().div_euclid(cadence) * cadence)
}

/// The first time after `after` at which an evaluation is due.
pub fn next_evaluation(alarm: &MetricAlarm, after: Timestamp) -> Timestamp {
    evaluation_time(alarm, after).plus_seconds(cadence_seconds(alarm))
}
