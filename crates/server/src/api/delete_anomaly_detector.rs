//! DeleteAnomalyDetector.

use nepho_protocol::error::{ServiceError, code};
use nepho_protocol::shapes::delete_anomaly_detector as wire;
use nepho_store::Change;

use super::anomaly_detector::{Members, get, named};
use super::call::{Call, Reply};
use super::violations::Violations;
use crate::detectors::detector::{DETECTORS, MODELS, key};

/// Removes a detector and its models.
pub(super) fn answer(call: &Call, body: &[u8]) -> Result<Reply, ServiceError> {
    let input: wire::DeleteAnomalyDetectorInput = call.decode(body)?;
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
    violations.check()?;
    let named = named.expect("it is named, or a violation says why not");
    let key = key(&call.scope, &named.subject);
    let _alone = call.instance.changing_records();
    let Some(detector) = get(call, &key)? else {
        let message = "There is no anomaly detection model of this metric and statistic, or of this expression.";
        return Err(code::RESOURCE_NOT_FOUND_EXCEPTION.message(message));
    };
    let mut changes: Vec<_> = detector.models.iter().map(|of| Change::Delete(MODELS, of.key(&key))).collect();
    changes.push(Change::Delete(DETECTORS, key.clone()));
    call.instance.records.commit(&changes).map_err(|error| call.store_failed(&error))?;
    call.instance.detectors.forget(&key);
    Ok(call.encode(&wire::DeleteAnomalyDetectorOutput {}))
}
