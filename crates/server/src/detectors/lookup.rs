//! The model of something, wherever it comes from.

use std::sync::Arc;

use nepho_engine::Period;
use nepho_engine::anomaly::{Model, Subject};
use nepho_model::{Scope, Timestamp};
use nepho_store::Table;

use super::detector::{DETECTORS, Detector, MODELS, MODELS_MAX, ModelOf, key};
use super::{lock, training};
use crate::instance::Instance;

/// A model that was trained on the spot is good for an hour.
const TRAINED_SECONDS: i64 = 3600;
/// One that had too little data, for a minute.
pub(super) const UNTRAINED_SECONDS: i64 = 60;

/// The model of something in periods of one length: that of its detector, or, where it has none, one that is trained
/// now with all that is stored. `None` when that could not be read; the log says why.
///
/// It reads from the disk, and may compute for some ten milliseconds.
pub(crate) fn model(
    instance: &Instance,
    scope: &Scope,
    subject: &Subject,
    period: Period,
    now: Timestamp,
) -> Option<Arc<Model>> {
    let wanted = Wanted { instance, scope, subject, period, now, key: key(scope, subject) };
    wanted.known().map_or_else(|| wanted.train_alone(), Ok).map_or_else(
        |failed| {
            instance.fault(&format!("there is no model for {:?}: {failed}", wanted.key));
            None
        },
        Some,
    )
}

struct Wanted<'a> {
    instance: &'a Instance,
    scope: &'a Scope,
    subject: &'a Subject,
    period: Period,
    now: Timestamp,
    /// Of the detector, if there is one.
    key: String,
}

impl Wanted<'_> {
    fn of(&self) -> ModelOf {
        ModelOf::new(self.period, self.subject.unit())
    }

    /// The model that is in memory.
    fn known(&self) -> Option<Arc<Model>> {
        lock(&self.instance.detectors.models).get(&self.key, self.of(), self.now)
    }

    /// The same, while nobody else trains one on the spot.
    fn train_alone(&self) -> Result<Arc<Model>, String> {
        let _alone = lock(&self.instance.detectors.training);
        // Somebody else may have trained it while this one waited.
        self.known().map_or_else(|| self.train(), Ok)
    }

    /// The model that its detector has, or else a new one.
    fn train(&self) -> Result<Arc<Model>, String> {
        let record = |table: Table, key: &str| self.instance.records.get(table, key).map_err(|error| error.to_string());
        let detector = match record(DETECTORS, &self.key)? {
            Some(value) => Some(Detector::from_bytes(&value).map_err(|error| error.to_string())?),
            None => None,
        };
        let Some(detector) = detector else { return self.train_without_detector() };
        if detector.models.contains(&self.of())
            && let Some(bytes) = record(MODELS, &self.of().key(&self.key))?
        {
            let model = Model::from_bytes(&bytes).map_err(|error| error.to_string())?;
            return Ok(self.keep(model, detector.due().max(self.now.plus_seconds(UNTRAINED_SECONDS))));
        }
        self.train_with(&detector)
    }

    fn train_without_detector(&self) -> Result<Arc<Model>, String> {
        let model = training::trained(self.instance, self.scope, self.subject, self.period, None, self.now)?;
        let seconds = if model.is_trained() { TRAINED_SECONDS } else { UNTRAINED_SECONDS };
        Ok(self.keep(model, self.now.plus_seconds(seconds)))
    }

    /// Trains a model that the detector does not have yet, and lets it keep it.
    fn train_with(&self, detector: &Detector) -> Result<Arc<Model>, String> {
        let model = training::trained(self.instance, self.scope, self.subject, self.period, Some(detector), self.now)?;
        if detector.trained.is_none() || !model.is_trained() {
            return Ok(self.keep(model, self.now.plus_seconds(UNTRAINED_SECONDS)));
        }
        let _alone = self.instance.changing_records();
        let value = self.instance.records.get(DETECTORS, &self.key).map_err(|error| error.to_string())?;
        let current = value.and_then(|value| Detector::from_bytes(&value).ok());
        if let Some(mut current) = current.filter(|current| current.revision == detector.revision)
            && !current.models.contains(&self.of())
            && current.models.len() < MODELS_MAX
        {
            current.models.push(self.of());
            let models = [(self.of(), model)];
            training::write(self.instance, &self.key, &current, &models).map_err(|error| error.to_string())?;
            let [(_, model)] = models;
            return Ok(self.keep(model, current.due()));
        }
        Ok(self.keep(model, self.now.plus_seconds(TRAINED_SECONDS)))
    }

    fn keep(&self, model: Model, until: Timestamp) -> Arc<Model> {
        let model = Arc::new(model);
        lock(&self.instance.detectors.models).put(&self.key, self.of(), model.clone(), until);
        model
    }
}
