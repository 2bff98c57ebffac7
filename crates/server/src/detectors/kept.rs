//! Models for alarms: those that detectors keep, and detectors that alarms bring with them.

use std::sync::Arc;

use nepho_engine::Period;
use nepho_engine::anomaly::{Model, Subject};
use nepho_model::{Scope, Timestamp};
use nepho_store::{Change, Record, StoreError};

use super::detector::{DETECTORS, DETECTORS_MAX, Detector, MODELS, MODELS_MAX, ModelOf, key};
use super::lock;
use crate::api::anomaly_detector;
use crate::instance::Instance;

/// Why there is no detector after all.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NotKept {
    /// There are [`DETECTORS_MAX`].
    #[error("the limit of {DETECTORS_MAX} anomaly detectors is reached")]
    Detectors,
    /// The detector has [`MODELS_MAX`].
    #[error("the anomaly detector has models for {MODELS_MAX} periods and units, which is the limit")]
    Models,
    /// What the store said.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The record does not hold what was written to it.
    #[error("the record of the anomaly detector is damaged: {0}")]
    Damaged(#[from] serde_json::Error),
}

/// Makes sure that there is a detector which learns something in periods of one length.
///
/// # Errors
/// What keeps it from that.
pub(crate) fn ensure(
    instance: &Instance,
    scope: &Scope,
    subject: &Subject,
    period: Period,
    now: Timestamp,
) -> Result<(), NotKept> {
    let (key, of) = (key(scope, subject), ModelOf::new(period, subject.unit()));
    let _alone = instance.changing_records();
    let mut detector = match instance.records.get(DETECTORS, &key)? {
        Some(value) => Detector::from_bytes(&value)?,
        None => {
            let others = instance.records.scan(DETECTORS, &format!("{scope}/"), None, DETECTORS_MAX)?.len();
            if others == DETECTORS_MAX {
                return Err(NotKept::Detectors);
            }
            let revision = instance.detectors.next_revision();
            Detector::new(anomaly_detector::of(subject, period), now, revision, Vec::new())
        }
    };
    if detector.models.contains(&of) {
        return Ok(());
    }
    if detector.models.len() == MODELS_MAX {
        return Err(NotKept::Models);
    }
    detector.models.push(of);
    let record = Record { key: key.clone(), value: detector.to_bytes() };
    instance.records.commit(&[Change::Put(DETECTORS, record)])?;
    instance.detectors.expect(&key, now);
    Ok(())
}

/// The model that a detector keeps, for who cannot wait for a training. Where there is none yet, there will be one after
/// the next training, of a detector that is made for it if need be.
pub(crate) fn kept_model(
    instance: &Instance,
    scope: &Scope,
    subject: &Subject,
    period: Period,
    now: Timestamp,
) -> Option<Arc<Model>> {
    let (key, of) = (key(scope, subject), ModelOf::new(period, subject.unit()));
    if let Some(known) = lock(&instance.detectors.models).get(&key, of, now) {
        return Some(known);
    }
    let kept = read(instance, &key, of, now);
    if let Ok(None) = kept {
        match ensure(instance, scope, subject, period, now) {
            // The model of a detector that has been asked for it before has got lost, or is still to come.
            Ok(()) => instance.detectors.expect(&key, now),
            Err(NotKept::Detectors | NotKept::Models) => {}
            Err(failed) => instance.fault(&format!("the anomaly detector {key:?} could not be put: {failed}")),
        }
    }
    kept.unwrap_or_else(|failed| {
        instance.fault(&format!("the model of the anomaly detector {key:?} could not be read: {failed}"));
        None
    })
}

fn read(instance: &Instance, key: &str, of: ModelOf, now: Timestamp) -> Result<Option<Arc<Model>>, String> {
    let bytes = instance.records.get(MODELS, &of.key(key)).map_err(|error| error.to_string())?;
    let Some(bytes) = bytes else { return Ok(None) };
    let model = Arc::new(Model::from_bytes(&bytes).map_err(|fault| fault.to_string())?);
    lock(&instance.detectors.models).put(key, of, model.clone(), now.plus_seconds(super::lookup::UNTRAINED_SECONDS));
    Ok(Some(model))
}
