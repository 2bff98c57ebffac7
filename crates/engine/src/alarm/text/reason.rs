//! State reasons.

use nepho_model::AlarmState;

use super::clock::short_time;
use super::datapoints::{Evaluated, Placed};
use super::number::java_double;
use crate::alarm::comparison::{ComparisonOperator, Condition};

/// From so many datapoints on a reason lists only the newest.
const MANY: u32 = 5;

/// How many it lists then.
const LISTED: usize = 5;

/// Why a series is in the state that was decided on: StateReason.
pub(in crate::alarm) fn series_reason(evaluated: &Evaluated<'_>) -> String {
    let Evaluated { alarm, state, .. } = evaluated;
    if *state == AlarmState::InsufficientData {
        return format!("Insufficient Data: {} unknown.", were(alarm.evaluation_periods(), "datapoint"));
    }
    if let Some(reason) = of_missing(evaluated) {
        return reason;
    }
    let points: Vec<_> = evaluated.speaking().collect();
    let count = points.len() as u32;
    let is_set = alarm.datapoints_to_alarm().is_some();
    let of = if is_set {
        format!("{count} out of the last {} datapoints", alarm.evaluation_periods())
    } else {
        datapoints(count)
    };
    let verb = if count == 1 { "was" } else { "were" };
    let listed = &points[..points.len().min(LISTED)];
    let (compared, filled) = (comparison(evaluated, listed), filled(evaluated));
    let minimum = match is_set {
        true => format!(" (minimum {} for {} transition)", datapoints(evaluated.minimum()), transition(*state)),
        false => String::new(),
    };
    let crossed = crossed(alarm.condition());
    match count < MANY {
        true => format!("{crossed} {of} [{}] {verb} {compared}{filled}{minimum}.", list(listed)),
        false => {
            let recent = "The most recent datapoints which crossed the threshold";
            format!("{crossed} {of} {verb} {compared}{filled}. {recent}: [{}]{minimum}.", list(listed))
        }
    }
}

/// Why a contributor is in the state that was decided on.
pub(in crate::alarm) fn contributor_reason(evaluated: &Evaluated<'_>) -> String {
    if let Some(reason) = of_missing(evaluated) {
        return reason;
    }
    let points: Vec<_> = evaluated.speaking().collect();
    let count = points.len() as u32;
    let verb = if count == 1 { "was" } else { "were" };
    let listed = &points[..points.len().min(LISTED)];
    let (compared, filled) = (comparison(evaluated, listed), filled(evaluated));
    let recent = if count == 1 { "datapoint" } else { "datapoints" };
    format!(
        "Threshold Crossed: {} {verb} {compared}{filled}. The most recent {recent} which crossed the threshold: [{}].",
        datapoints(count),
        list(listed)
    )
}

/// Why a contributor is in OK of which nothing is known any more.
pub(in crate::alarm) const fn vanished_reason() -> &'static str {
    "No data was returned for this contributor"
}

/// The reason for a state that only missing datapoints speak for.
fn of_missing(evaluated: &Evaluated<'_>) -> Option<String> {
    let periods = evaluated.alarm.evaluation_periods();
    if evaluated.speaking().next().is_some() {
        return None;
    }
    let treated = treated(evaluated)?;
    let received = match evaluated.why.used {
        0 => "no datapoints were received".to_owned(),
        used => format!("{} received", were(used, "datapoint")),
    };
    let periods = if periods == 1 { "1 period".to_owned() } else { format!("{periods} periods") };
    Some(format!("Threshold Crossed: {received} for {periods} and {treated}."))
}

/// What is said of missing datapoints that speak for a state beside others.
fn filled(evaluated: &Evaluated<'_>) -> String {
    treated(evaluated).map(|treated| format!(" and {treated}")).unwrap_or_default()
}

fn treated(evaluated: &Evaluated<'_>) -> Option<String> {
    let words = evaluated.filling()?.filler_words()?;
    Some(format!("{} treated as [{words}]", were(evaluated.why.fillers, "missing datapoint")))
}

/// The comparison that holds for the datapoints of the state: `was [not greater than the threshold (5.0)]`.
fn comparison(evaluated: &Evaluated<'_>, listed: &[Placed]) -> String {
    let not = if evaluated.state == AlarmState::Alarm { "" } else { "not " };
    let condition = evaluated.alarm.condition();
    let operator = condition.operator();
    match condition {
        Condition::Threshold { threshold, .. } => {
            format!("{not}{} the threshold ({})", operator.words(), java_double(*threshold))
        }
        Condition::Band { .. } => of_band(operator, not, listed),
    }
}

fn of_band(operator: ComparisonOperator, not: &str, listed: &[Placed]) -> String {
    let bounds = |bound: fn(crate::math::Band) -> f64| {
        let all: Vec<_> =
            listed.iter().filter_map(|(_, datum)| datum.band).map(|band| java_double(bound(band))).collect();
        all.join(", ")
    };
    let lower = operator
        .has_lower_bound()
        .then(|| format!("{not}less than the lower thresholds [{}]", bounds(|band| band.lower)));
    let upper = operator
        .has_upper_bound()
        .then(|| format!("{not}greater than the upper thresholds [{}]", bounds(|band| band.upper)));
    lower.into_iter().chain(upper).collect::<Vec<_>>().join(" or ")
}

const fn crossed(condition: &Condition) -> &'static str {
    match condition {
        Condition::Threshold { .. } => "Threshold Crossed:",
        Condition::Band { .. } => "Thresholds Crossed:",
    }
}

const fn transition(state: AlarmState) -> &'static str {
    match state {
        AlarmState::Alarm => "OK -> ALARM",
        _ => "ALARM -> OK",
    }
}

/// Values with their times.
fn list(points: &[Placed]) -> String {
    let point = |(time, datum): &Placed| format!("{} ({})", java_double(datum.value), short_time(*time));
    points.iter().map(point).collect::<Vec<_>>().join(", ")
}

fn datapoints(count: u32) -> String {
    if count == 1 { "1 datapoint".to_owned() } else { format!("{count} datapoints") }
}

/// So many of something, with the verb that goes with that.
fn were(count: u32, what: &str) -> String {
    if count == 1 { format!("1 {what} was") } else { format!("{count} {what}s were") }
}
