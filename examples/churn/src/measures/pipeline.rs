//! Measures of the model: how sure it is, of whom, and why.

use std::time::Duration;

use nepho::{Histogram, Metrics, Unit};

use super::seconds;
use crate::customers::Customer;
use crate::features::{FEATURES, column_names};
use crate::model::Prediction;

/// Measures of the model.
#[derive(Debug, Clone)]
pub struct PipelineMeasures(pub(super) Metrics);

/// Distributions over all rows that a model predicts. A row costs a few nanoseconds for each.
#[derive(Debug)]
pub struct Distributions {
    confidence: Histogram,
    numbers: Vec<Histogram>,
    contributions: Vec<Histogram>,
}

impl PipelineMeasures {
    /// A model is loaded.
    pub fn loaded(&self, version: &str, time: Duration) {
        seconds(&self.0, "ModelLoadDuration", time, &[("ModelVersion", version)]);
    }

    /// A model is not used. That leaves at once: without a model the process may end.
    pub fn not_loaded(&self, version: &str) {
        self.0.put_now("ModelLoadError", 1.0, Unit::Count, &[("ModelVersion", version)]);
        self.0.put_now("ModelLoadError", 1.0, Unit::Count, &[]);
    }

    /// The distributions of a model: `PredictionConfidence`, `Feature.NAME` of each number, and `Contribution.FEATURE` of
    /// each Shapley value.
    pub fn distributions(&self, version: &str) -> Distributions {
        let histogram = |name: &str| self.0.histogram(name, Unit::None, &[("ModelVersion", version)]);
        Distributions {
            confidence: histogram("PredictionConfidence"),
            numbers: column_names().iter().map(|name| histogram(&format!("Feature.{name}"))).collect(),
            contributions: FEATURES.iter().map(|one| histogram(&format!("Contribution.{}", one.name))).collect(),
        }
    }
}

impl Distributions {
    /// Adds a row.
    pub fn add(&self, customer: &Customer, prediction: &Prediction, contributions: &[f64]) {
        self.confidence.record(prediction.confidence());
        let numbers = self.numbers.iter().zip(&customer.numbers);
        numbers.chain(self.contributions.iter().zip(contributions)).for_each(|(histogram, value)| {
            histogram.record(*value);
        });
    }
}
