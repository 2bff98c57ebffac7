//! Training: of one model, and of all detectors whose turn has come.

use std::sync::Arc;

use nepho_engine::Period;
use nepho_engine::anomaly::{Configuration, Lesson, Model, Offsets, Subject, TimeRange};
use nepho_model::{Scope, Timestamp};
use nepho_store::{Change, Record, StoreError};
use tokio::task::JoinSet;

use super::detector::{DETECTORS, Detector, MODELS, ModelOf, scope_of};
use super::zone::{offsets, zone};
use crate::api::anomaly_detector;
use crate::instance::Instance;
use crate::stop::Stop;

/// Detectors that are trained at a time.
const TRAININGS_MAX: usize = 2;
/// A detector that could not be trained is tried again after so many seconds.
const RETRY_SECONDS: i64 = 3600;

/// Trains a model from what is stored.
///
/// # Errors
/// What could not be read.
pub(super) fn trained(
    instance: &Instance,
    scope: &Scope,
    subject: &Subject,
    period: Period,
    detector: Option<&Detector>,
    now: Timestamp,
) -> Result<Model, String> {
    let lesson = Lesson::new(subject, period, scope, now).map_err(|error| error.to_string())?;
    let answers = instance.samples.read(scope, lesson.reads()).into_iter();
    let answers: Vec<_> = answers.map(|answer| answer.map_err(|error| error.to_string())).collect();
    lesson.learn(&answers, detector.map(|detector| configuration(detector, now)).unwrap_or_default())
}

fn configuration(detector: &Detector, now: Timestamp) -> Configuration {
    let range = |(start, end): &(i64, i64)| TimeRange {
        start: Timestamp::from_millis(*start),
        end: Timestamp::from_millis(*end),
    };
    Configuration {
        excluded: detector.excluded.iter().map(range).collect(),
        offsets: detector.timezone.as_deref().and_then(zone).map_or(Offsets::default(), |zone| offsets(&zone, now)),
        periodic_spikes: detector.periodic_spikes == Some(true),
        ceiling: None,
    }
}

/// Trains every detector that is due, a few at a time, and returns when all are done.
pub(crate) async fn train_due(instance: &Arc<Instance>, now: Timestamp) {
    train_until(instance, now, None).await;
}

/// Trains what is due whenever it is told to, until the stop.
pub(crate) async fn train_in_background(instance: Arc<Instance>, mut stop: Stop) {
    loop {
        tokio::select! {
            () = stop.stopped() => return,
            () = instance.detectors.woken.notified() => {}
        }
        train_until(&instance, instance.clock.now(), Some(&stop)).await;
    }
}

async fn train_until(instance: &Arc<Instance>, now: Timestamp, stop: Option<&Stop>) {
    let mut running = JoinSet::new();
    for key in instance.detectors.due(now) {
        if stop.is_some_and(Stop::is_stopped) {
            break;
        }
        if running.len() >= TRAININGS_MAX {
            let _done = running.join_next().await;
        }
        let instance = instance.clone();
        running.spawn(async move {
            let (trainer, trained) = (instance.clone(), key.clone());
            let done = tokio::task::spawn_blocking(move || try_train(&trainer, &trained, now)).await;
            if let Err(failed) = done.unwrap_or_else(|error| Err(error.to_string())) {
                instance.fault(&format!("the anomaly detector {key:?} could not be trained: {failed}"));
                instance.detectors.expect(&key, now.plus_seconds(RETRY_SECONDS));
            }
        });
    }
    while running.join_next().await.is_some() {}
}

/// Trains the models of a detector, and says so in its record.
fn try_train(instance: &Instance, key: &str, now: Timestamp) -> Result<(), String> {
    let read = || -> Result<Option<Detector>, String> {
        let value = instance.records.get(DETECTORS, key).map_err(|error| error.to_string())?;
        value.map(|value| Detector::from_bytes(&value)).transpose().map_err(|error| error.to_string())
    };
    let Some(detector) = read()? else {
        instance.detectors.forget(key);
        return Ok(());
    };
    let scope = scope_of(key).ok_or("its key has no scope")?;
    let subject = anomaly_detector::subject(&detector.of, &scope, now)?;
    let mut models = Vec::with_capacity(detector.models.len());
    for of in &detector.models {
        let period = Period::from_seconds(of.period).map_err(|fault| fault.to_string())?;
        let subject = subject.clone().under(of.unit());
        models.push((*of, trained(instance, &scope, &subject, period, Some(&detector), now)?));
    }
    let _alone = instance.changing_records();
    let Some(mut current) = read()?.filter(|current| current.revision == detector.revision) else {
        // It was put anew meanwhile, or deleted: this is no training of what is there.
        return Ok(());
    };
    current.trained = Some(now.millis());
    current.has_enough = models.first().is_some_and(|(_, model)| model.is_trained());
    write(instance, key, &current, &models).map_err(|error| error.to_string())?;
    instance.detectors.expect(key, current.due());
    Ok(())
}

/// Writes a detector with some of its models.
///
/// # Errors
/// What the store said; nothing is written then.
pub(super) fn write(
    instance: &Instance,
    key: &str,
    detector: &Detector,
    models: &[(ModelOf, Model)],
) -> Result<(), StoreError> {
    let model =
        |(of, model): &(ModelOf, Model)| Change::Put(MODELS, Record { key: of.key(key), value: model.to_bytes() });
    let mut changes: Vec<_> = models.iter().map(model).collect();
    changes.push(Change::Put(DETECTORS, Record { key: key.to_owned(), value: detector.to_bytes() }));
    instance.records.commit(&changes)
}

#[cfg(test)]
mod tests {
    use nepho_engine::Statistic;
    use nepho_model::Metric;

    use super::*;
    use crate::clock::Clock;
    use crate::config::Config;
    use crate::detectors::detector::{Of, key};
    use crate::instance::{Bound, Stores};
    use crate::stop;

    fn instance() -> Arc<Instance> {
        Instance::new(Config::default(), Stores::in_memory(), Bound::default(), Clock::system()).unwrap()
    }

    /// Puts a detector that is due now, and answers its key.
    fn put(instance: &Instance, name: &str) -> String {
        let subject = Subject::of_metric(Metric::new("Shop", name, &[]).unwrap(), Statistic::parse("Sum").unwrap());
        let key = key(&Scope::new("123456789012", "eu-west-1"), &subject);
        let of =
            Of::Metric { namespace: "Shop".into(), name: name.into(), dimensions: Vec::new(), stat: "Sum".to_owned() };
        let revision = instance.detectors.next_revision();
        let detector = Detector::new(of, Timestamp::default(), revision, vec![ModelOf::first()]);
        write(instance, &key, &detector, &[]).unwrap();
        instance.detectors.expect(&key, detector.due());
        key
    }

    fn state(instance: &Instance, key: &str) -> &'static str {
        let value = instance.records.get(DETECTORS, key).unwrap().unwrap();
        Detector::from_bytes(&value).unwrap().state()
    }

    #[tokio::test]
    async fn detectors_are_trained_in_the_background_until_the_stop() {
        let (stopper, stop) = stop::channel();
        let instance = instance();
        let task = tokio::spawn(train_in_background(instance.clone(), stop));
        let keys: Vec<_> = (0..5).map(|number| put(&instance, &format!("M{number}"))).collect();
        instance.detectors.wake();
        while instance.detectors.has_due(instance.clock.now()) {
            tokio::task::yield_now().await;
        }
        let states: Vec<_> = keys.iter().map(|key| state(&instance, key)).collect();
        assert_eq!(states, ["TRAINED_INSUFFICIENT_DATA"; 5]);
        stopper.stop();
        task.await.unwrap();
    }

    #[tokio::test]
    async fn a_training_is_of_the_detector_that_it_began_with() {
        let instance = instance();
        let now = instance.clock.now();
        let key = put(&instance, "M");
        instance.records.commit(&[Change::Delete(DETECTORS, key.clone())]).unwrap();
        train_due(&instance, now).await;
        assert!(!instance.detectors.has_due(now), "it is gone, and nothing is to be trained");
        let damaged = Record { key: key.clone(), value: b"{}".to_vec() };
        instance.records.commit(&[Change::Put(DETECTORS, damaged)]).unwrap();
        instance.detectors.expect(&key, now);
        train_due(&instance, now).await;
        assert!(instance.counters.last_fault().is_some_and(|(_, fault)| fault.contains("could not be trained")));
        assert!(!instance.detectors.has_due(now.plus_seconds(RETRY_SECONDS - 1)));
        assert!(instance.detectors.has_due(now.plus_seconds(RETRY_SECONDS)));
    }

    #[test]
    fn what_is_due_is_known_after_a_start() {
        let before = instance();
        let (first, second) = (put(&before, "A"), put(&before, "B"));
        let after = crate::detectors::Detectors::load(&*before.records).unwrap();
        assert_eq!(after.due(Timestamp::from_seconds(0)), [first, second]);
        assert_eq!(after.next_revision(), 2);
    }
}
