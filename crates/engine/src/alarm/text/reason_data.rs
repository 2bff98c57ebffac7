//! State reasons as JSON.

use nepho_model::{AlarmState, Timestamp};
use serde::Serialize;

use super::clock::iso_time;
use super::datapoints::{Evaluated, Placed};
use super::json::to_json;
use crate::alarm::comparison::{ComparisonOperator, Condition};
use crate::alarm::observed::Datum;

/// The longest StateReasonData, in characters.
pub const MAX_REASON_DATA: usize = 4000;

const VERSION: &str = "1.0";

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ReasonData<'a> {
    version: &'static str,
    query_date: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    start_date: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    unit: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    statistic: Option<&'a str>,
    period: i64,
    recent_datapoints: &'a [f64],
    #[serde(skip_serializing_if = "Option::is_none")]
    recent_lower_thresholds: Option<&'a [f64]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    recent_upper_thresholds: Option<&'a [f64]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    threshold: Option<f64>,
    evaluated_datapoints: &'a [EvaluatedDatapoint],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct EvaluatedDatapoint {
    timestamp: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    sample_count: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    threshold: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    lower_threshold: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    upper_threshold: Option<f64>,
}

/// The StateReasonData of a series that was evaluated at `now`. If that is too long, the oldest of the datapoints that
/// decided are left out, and then the oldest of those that were used.
pub(in crate::alarm) fn reason_data(evaluated: &Evaluated<'_>, now: Timestamp) -> String {
    let operator = evaluated.alarm.condition().operator();
    let mut used: Vec<Placed> = evaluated.used().collect();
    used.reverse();
    let deciding: Vec<_> = match evaluated.state {
        AlarmState::InsufficientData => newest(evaluated),
        _ => evaluated.deciding(),
    };
    let deciding: Vec<_> =
        deciding.into_iter().map(|(time, datum)| EvaluatedDatapoint::new(time, datum, operator)).collect();
    let write = |recent: usize, decided: usize| {
        let used = &used[used.len() - recent..];
        let values: Vec<_> = used.iter().map(|(_, datum)| datum.value).collect();
        let lower: Vec<_> = used.iter().filter_map(|(_, datum)| Some(datum.band?.lower)).collect();
        let upper: Vec<_> = used.iter().filter_map(|(_, datum)| Some(datum.band?.upper)).collect();
        let metric = evaluated.alarm.source().metric();
        let data = ReasonData {
            version: VERSION,
            query_date: iso_time(now),
            start_date: used.first().map(|(time, _)| iso_time(*time)),
            unit: metric.and_then(|metric| metric.unit()).map(|unit| unit.as_str()),
            statistic: metric.map(|metric| metric.statistic().as_str()),
            period: evaluated.alarm.period().seconds(),
            recent_datapoints: &values,
            recent_lower_thresholds: operator.has_lower_bound().then_some(&lower),
            recent_upper_thresholds: operator.has_upper_bound().then_some(&upper),
            threshold: match evaluated.alarm.condition() {
                Condition::Threshold { threshold, .. } => Some(*threshold),
                Condition::Band { .. } => None,
            },
            evaluated_datapoints: &deciding[..decided],
        };
        to_json(&data)
    };
    let whole = write(used.len(), deciding.len());
    if whole.len() <= MAX_REASON_DATA {
        return whole;
    }
    let decided = most(deciding.len(), |decided| write(used.len(), decided).len());
    let recent = if decided > 0 { used.len() } else { most(used.len(), |recent| write(recent, 0).len()) };
    write(recent, decided)
}

/// The StateReasonData of what is not decided by datapoints of its own.
pub(in crate::alarm) fn bare_reason_data(now: Timestamp) -> String {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Bare {
        version: &'static str,
        query_date: String,
    }
    to_json(&Bare { version: VERSION, query_date: iso_time(now) })
}

/// As many of the newest periods as decide.
fn newest(evaluated: &Evaluated<'_>) -> Vec<(Timestamp, Option<Datum>)> {
    let periods = evaluated.data.iter().take(evaluated.alarm.evaluation_periods() as usize).enumerate();
    periods.map(|(at, datum)| (evaluated.windows.start(at), *datum)).collect()
}

/// The most entries, up to `count`, with which a text is short enough.
fn most(count: usize, length: impl Fn(usize) -> usize) -> usize {
    let (mut fits, mut exceeds) = (0, count + 1);
    while exceeds - fits > 1 {
        let middle = fits.midpoint(exceeds);
        if length(middle) <= MAX_REASON_DATA { fits = middle } else { exceeds = middle }
    }
    fits
}

impl EvaluatedDatapoint {
    fn new(time: Timestamp, datum: Option<Datum>, operator: ComparisonOperator) -> Self {
        let band = datum.and_then(|datum| datum.band);
        let (lower, upper) = (band.map(|band| band.lower), band.map(|band| band.upper));
        let (threshold, lower_threshold, upper_threshold) =
            match (operator.has_lower_bound(), operator.has_upper_bound()) {
                (true, true) => (None, lower, upper),
                (true, false) => (lower, None, None),
                (false, true) => (upper, None, None),
                (false, false) => (None, None, None),
            };
        EvaluatedDatapoint {
            timestamp: iso_time(time),
            sample_count: datum.and_then(|datum| datum.sample_count),
            value: datum.map(|datum| datum.value),
            threshold,
            lower_threshold,
            upper_threshold,
        }
    }
}
