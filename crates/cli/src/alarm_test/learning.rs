//! What is learnt of the metrics that bands are around, when the server's detectors would learn it.

use std::collections::BTreeMap;

use nepho_engine::Period;
use nepho_engine::alarm::{MetricAlarm, Source};
use nepho_engine::anomaly::{Configuration, Lesson, Model, Subject, next_training};
use nepho_engine::math::BandModel;
use nepho_model::{Scope, Timestamp, Unit};
use nepho_store::{MemorySamples, Samples};

use super::definitions::Definitions;

/// How often detectors are looked after.
const TICK_SECONDS: i64 = 60;

/// The detectors of all alarms on bands, by what they are of.
#[derive(Debug, Default)]
pub(super) struct Learning {
    detectors: BTreeMap<String, Detector>,
}

/// What is learnt of one metric or expression.
#[derive(Debug)]
struct Detector {
    put: Timestamp,
    /// When it was trained last, and whether there was enough data.
    last: Option<(Timestamp, bool)>,
    /// The first tells whether there was enough.
    models: Vec<Learnt>,
}

#[derive(Debug)]
struct Learnt {
    subject: Subject,
    period: Period,
    /// What the last training came to.
    model: Result<Option<Model>, String>,
}

impl Learning {
    /// The detectors that alarms bring with them when they are put.
    pub(super) fn new(definitions: &Definitions, start: Timestamp) -> Self {
        let mut learning = Learning::default();
        for (subject, period) in definitions.metric.values().flat_map(subjects) {
            let new = || Detector { put: start, last: None, models: Vec::new() };
            let detector = learning.detectors.entry(subject.identity().to_owned()).or_insert_with(new);
            if detector.model(&subject, period).is_none() {
                detector.models.push(Learnt { subject, period, model: Ok(None) });
            }
        }
        learning
    }

    /// Learns what falls due from what has arrived.
    pub(super) fn train(&mut self, store: &MemorySamples, scope: &Scope, now: Timestamp) {
        if now.millis() % (1000 * TICK_SECONDS) != 0 {
            return;
        }
        for detector in self.detectors.values_mut() {
            if next_training(detector.put, detector.last) <= now {
                for learnt in &mut detector.models {
                    learnt.model = trained(store, scope, &learnt.subject, learnt.period, now).map(Some);
                }
                let first = detector.models.first().and_then(|learnt| learnt.model.as_ref().ok()?.as_ref());
                detector.last = Some((now, first.is_some_and(Model::is_trained)));
            }
        }
    }

    /// The models that an alarm is compared with, one for each of its bands.
    pub(super) fn models(&self, alarm: &MetricAlarm) -> Vec<Option<&dyn BandModel>> {
        self.of(alarm).into_iter().map(|learnt| learnt.and_then(Learnt::model)).collect()
    }

    /// Why an alarm has no band, if it is on one and there is none.
    pub(super) fn lack(&self, alarm: &MetricAlarm) -> Option<String> {
        let lack = |learnt: Option<&Learnt>| match &learnt?.model {
            Ok(None) => Some("it is learnt at the first full minute after the start.".to_owned()),
            Ok(Some(model)) => model.remark(),
            Err(failed) => Some(failed.clone()),
        };
        self.of(alarm).into_iter().find_map(lack)
    }

    fn of(&self, alarm: &MetricAlarm) -> Vec<Option<&Learnt>> {
        let find = |(subject, period): (Subject, Period)| {
            self.detectors.get(subject.identity()).and_then(|detector| detector.model(&subject, period))
        };
        subjects(alarm).into_iter().map(find).collect()
    }
}

impl Learnt {
    fn model(&self) -> Option<&dyn BandModel> {
        Some(self.model.as_ref().ok()?.as_ref()?)
    }
}

impl Detector {
    fn model(&self, subject: &Subject, period: Period) -> Option<&Learnt> {
        let key = |subject: &Subject, period: Period| -> (i64, Option<Unit>) { (period.seconds(), subject.unit()) };
        self.models.iter().find(|learnt| key(&learnt.subject, learnt.period) == key(subject, period))
    }
}

fn subjects(alarm: &MetricAlarm) -> Vec<(Subject, Period)> {
    match alarm.source() {
        // One that has none cannot be expected to be in a state.
        Source::Math(math) => math.subjects().unwrap_or_default(),
        Source::Metric(_) | Source::Insights(_) => Vec::new(),
    }
}

fn trained(
    store: &MemorySamples,
    scope: &Scope,
    subject: &Subject,
    period: Period,
    now: Timestamp,
) -> Result<Model, String> {
    let lesson = Lesson::new(subject, period, scope, now).map_err(|error| error.to_string())?;
    let answers = store.read(scope, lesson.reads()).into_iter();
    let answers: Vec<_> = answers.map(|answer| answer.map_err(|error| error.to_string())).collect();
    lesson.learn(&answers, Configuration::default())
}
