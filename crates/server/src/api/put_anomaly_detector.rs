//! PutAnomalyDetector: a metric or an expression is to be learnt.

use nepho_protocol::error::{ServiceError, code};
use nepho_protocol::shapes::anomaly_detector::{AnomalyDetectorConfiguration, Range};
use nepho_protocol::shapes::put_anomaly_detector as wire;
use nepho_store::{Change, Record};

use super::anomaly_detector::{Members, get, named};
use super::call::{Call, Reply};
use super::violations::Violations;
use crate::detectors::detector::{DETECTORS, DETECTORS_MAX, Detector, ModelOf, key};
use crate::detectors::zone;

/// Times that a detector does not learn from.
const EXCLUDED_MAX: usize = 10;
/// Characters of the name of a time zone.
const TIMEZONE_MAX: usize = 50;

/// Writes a detector, over the one that may be there. Its training is for the schedule.
pub(super) fn answer(call: &Call, body: &[u8]) -> Result<Reply, ServiceError> {
    let input: wire::PutAnomalyDetectorInput = call.decode(body)?;
    let mut violations = Violations::default();
    let members = Members {
        namespace: input.namespace.as_deref(),
        metric_name: input.metric_name.as_deref(),
        dimensions: input.dimensions.as_deref(),
        stat: input.stat.as_deref(),
        single: input.single_metric_anomaly_detector.as_ref(),
        math: input.metric_math_anomaly_detector.as_ref(),
    };
    let named = named(call, &members, &mut violations);
    let configuration = input.configuration.unwrap_or_default();
    let excluded = excluded(&configuration, &mut violations);
    timezone(&configuration, &mut violations);
    violations.check()?;
    let named = named.expect("it is named, or a violation says why not");
    let key = key(&call.scope, &named.subject);
    let _alone = call.instance.changing_records();
    let before = get(call, &key)?;
    if before.is_none() {
        check_limit(call)?;
    }
    let models = before.map_or_else(|| vec![ModelOf::first()], |before| before.models);
    let detector = Detector {
        excluded,
        timezone: configuration.metric_timezone,
        periodic_spikes: input.metric_characteristics.and_then(|characteristics| characteristics.periodic_spikes),
        ..Detector::new(named.of, call.now, call.instance.detectors.next_revision(), models)
    };
    let change = Change::Put(DETECTORS, Record { key: key.clone(), value: detector.to_bytes() });
    call.instance.records.commit(&[change]).map_err(|error| call.store_failed(&error))?;
    call.instance.detectors.expect(&key, detector.due());
    Ok(call.encode(&wire::PutAnomalyDetectorOutput {}))
}

fn check_limit(call: &Call) -> Result<(), ServiceError> {
    let prefix = format!("{}/", call.scope);
    let all = call.instance.records.scan(DETECTORS, &prefix, None, DETECTORS_MAX);
    match all.map_err(|error| call.store_failed(&error))?.len() < DETECTORS_MAX {
        true => Ok(()),
        false => Err(code::LIMIT_EXCEEDED_EXCEPTION.message(format!(
            "The account {} has the limit of {DETECTORS_MAX} anomaly detectors in {} already.",
            call.scope.account, call.scope.region
        ))),
    }
}

/// Starts and ends in milliseconds.
fn excluded(configuration: &AnomalyDetectorConfiguration, violations: &mut Violations) -> Vec<(i64, i64)> {
    let path = "Configuration.ExcludedTimeRanges";
    let ranges = configuration.excluded_time_ranges.as_deref().unwrap_or_default();
    if ranges.len() > EXCLUDED_MAX {
        violations.too_many(path, EXCLUDED_MAX);
        return Vec::new();
    }
    let range = |(at, range): (usize, &Range)| {
        let member = format!("{path}.member.{}", at + 1);
        match (range.start_time, range.end_time) {
            (Some(start), Some(end)) if start < end => return Some((start.ms(), end.ms())),
            (Some(_), Some(_)) => {
                violations.invalid(format!("The parameter {member}.EndTime must be greater than {member}.StartTime."));
            }
            (None, _) => violations.missing(format!("{member}.StartTime")),
            (_, None) => violations.missing(format!("{member}.EndTime")),
        }
        None
    };
    ranges.iter().enumerate().filter_map(range).collect()
}

fn timezone(configuration: &AnomalyDetectorConfiguration, violations: &mut Violations) {
    if let Some(speed) = &configuration.adaptation_speed {
        violations.invalid(format!(
            "The value {speed} for parameter Configuration.AdaptationSpeed is invalid: a speed cannot be chosen here."
        ));
    }
    let Some(name) = &configuration.metric_timezone else { return };
    if name.chars().count() > TIMEZONE_MAX {
        violations.invalid(format!(
            "The parameter Configuration.MetricTimezone must be shorter than {} characters.",
            TIMEZONE_MAX + 1
        ));
    } else if zone(name).is_none() {
        violations.invalid(format!(
            "The value {name} for parameter Configuration.MetricTimezone is invalid: it is not in the tz database of this \
             server."
        ));
    }
}
