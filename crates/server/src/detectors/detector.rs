//! A detector as a record.

use nepho_engine::Period;
use nepho_engine::anomaly::{Subject, next_training};
use nepho_model::{Scope, Timestamp, Unit};
use nepho_protocol::shapes::get_metric_data::MetricDataQuery;
use nepho_store::Table;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// Detectors by `ACCOUNT/REGION/metric/NAMESPACE␀NAME␀...␀STATISTIC` or `ACCOUNT/REGION/math/HASH`.
pub(crate) const DETECTORS: Table = Table("anomaly_detectors");
/// Models by the key of their detector, a byte 1, and the period; then a byte 1 and the unit, if they are of one.
pub(crate) const MODELS: Table = Table("anomaly_models");
/// Detectors of one account in one Region.
pub(crate) const DETECTORS_MAX: usize = 500;
/// The most models of a detector that are kept.
pub(crate) const MODELS_MAX: usize = 8;
/// A detector that has not been asked for any period learns periods of so many seconds.
const FIRST_PERIOD: i64 = 300;

/// What is kept of a detector besides its models. Times are in milliseconds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Detector {
    pub(crate) of: Of,
    /// Starts and ends of times that are not learnt from.
    pub(crate) excluded: Vec<(i64, i64)>,
    pub(crate) timezone: Option<String>,
    /// As it was said.
    pub(crate) periodic_spikes: Option<bool>,
    /// When it was put.
    pub(crate) put: i64,
    /// Counts how often it was put, so that a training knows whether it is of what is there.
    pub(crate) revision: u64,
    /// When it was trained last, since it was put.
    pub(crate) trained: Option<i64>,
    /// Whether there was enough data then.
    pub(crate) has_enough: bool,
    /// What it has models for; the first tells its state.
    pub(crate) models: Vec<ModelOf>,
}

/// What a detector is of, as the API says it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Of {
    /// A metric with a statistic.
    Metric { namespace: String, name: String, dimensions: Vec<(String, String)>, stat: String },
    /// An expression.
    Math { queries: Vec<MetricDataQuery> },
}

/// Which values a model is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub(crate) struct ModelOf {
    /// In seconds.
    pub(crate) period: i64,
    /// The code of the unit, if only data under one is looked at.
    pub(crate) unit: Option<u8>,
}

impl ModelOf {
    pub(crate) fn new(period: Period, unit: Option<Unit>) -> Self {
        ModelOf { period: period.seconds(), unit: unit.map(Unit::code) }
    }

    /// What a detector learns before it is asked for anything.
    pub(crate) const fn first() -> Self {
        ModelOf { period: FIRST_PERIOD, unit: None }
    }

    pub(crate) fn unit(self) -> Option<Unit> {
        self.unit.and_then(Unit::from_code)
    }

    /// The key of the model's record.
    pub(crate) fn key(self, detector: &str) -> String {
        let unit = self.unit().map(|unit| format!("\u{1}{}", unit.as_str())).unwrap_or_default();
        format!("{detector}\u{1}{}{unit}", self.period)
    }
}

impl Detector {
    /// A detector without configuration, which is put now.
    pub(crate) fn new(of: Of, now: Timestamp, revision: u64, models: Vec<ModelOf>) -> Self {
        Detector {
            of,
            excluded: Vec::new(),
            timezone: None,
            periodic_spikes: None,
            put: now.millis(),
            revision,
            trained: None,
            has_enough: false,
            models,
        }
    }

    pub(crate) fn from_bytes(value: &[u8]) -> Result<Self, serde_json::Error> {
        serde_json::from_slice(value)
    }

    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("texts and numbers can be written")
    }

    /// When it is to be trained next.
    pub(crate) fn due(&self) -> Timestamp {
        let last = self.trained.map(|at| (Timestamp::from_millis(at), self.has_enough));
        next_training(Timestamp::from_millis(self.put), last)
    }

    /// How far its training is, in AWS's words.
    pub(crate) fn state(&self) -> &'static str {
        match (self.trained, self.has_enough) {
            (None, _) => "PENDING_TRAINING",
            (Some(_), false) => "TRAINED_INSUFFICIENT_DATA",
            (Some(_), true) => "TRAINED",
        }
    }
}

/// The key of the detector of something.
pub(crate) fn key(scope: &Scope, subject: &Subject) -> String {
    match subject.metric() {
        Some(_) => format!("{scope}/metric/{}", subject.identity()),
        None => format!("{scope}/math/{}", hex::encode(Sha256::digest(subject.identity()))),
    }
}

/// The scope that a key begins with.
pub(crate) fn scope_of(key: &str) -> Option<Scope> {
    let mut parts = key.splitn(3, '/');
    Some(Scope::new(parts.next()?, parts.next()?))
}

#[cfg(test)]
mod tests {
    use nepho_engine::Statistic;
    use nepho_model::Metric;

    use super::*;

    fn detector() -> Detector {
        Detector {
            of: Of::Metric { namespace: "Shop".into(), name: "Depth".into(), dimensions: vec![], stat: "Sum".into() },
            excluded: vec![(1, 2)],
            timezone: None,
            periodic_spikes: None,
            put: 1_000_000,
            revision: 3,
            trained: None,
            has_enough: false,
            models: vec![ModelOf::first()],
        }
    }

    #[test]
    fn a_detector_is_trained_at_once_then_by_the_hour_then_by_the_day() {
        let hour = 3_600_000;
        let cases = [
            (None, false, 1_000_000, "PENDING_TRAINING"),
            (Some(2_000_000), false, 2_000_000 + hour, "TRAINED_INSUFFICIENT_DATA"),
            (Some(2_000_000), true, 2_000_000 + 24 * hour, "TRAINED"),
        ];
        for (trained, has_enough, due, state) in cases {
            let detector = Detector { trained, has_enough, ..detector() };
            assert_eq!((detector.due().millis(), detector.state()), (due, state));
        }
    }

    #[test]
    fn records_stay_what_they_are() {
        let json = concat!(
            r#"{"of":{"Metric":{"namespace":"Shop","name":"Depth","dimensions":[],"stat":"Sum"}},"excluded":[[1,2]],"#,
            r#""timezone":null,"periodic_spikes":null,"put":1000000,"revision":3,"trained":null,"has_enough":false,"#,
            r#""models":[{"period":300,"unit":null}]}"#
        );
        assert_eq!(String::from_utf8(detector().to_bytes()).unwrap(), json);
        assert_eq!(Detector::from_bytes(json.as_bytes()).unwrap(), detector());
    }

    #[test]
    fn keys_begin_with_the_scope() {
        let metric = Metric::new("Shop", "Depth", &[("Queue", "a/b")]).unwrap();
        let subject = Subject::of_metric(metric, Statistic::parse("p99").unwrap());
        let scope = Scope::new("123456789012", "eu-west-1");
        let key = key(&scope, &subject);
        assert_eq!(key, "123456789012/eu-west-1/metric/Shop\0Depth\0Queue\0a/b\0p99");
        assert_eq!(scope_of(&key), Some(scope));
        let count = ModelOf::new(Period::MINUTE, Unit::parse("Count"));
        assert_eq!([ModelOf::first().key("k"), count.key("k")], ["k\u{1}300", "k\u{1}60\u{1}Count"]);
    }
}
