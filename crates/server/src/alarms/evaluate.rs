//! Evaluation: every alarm when it is due, and composite alarms when a period of theirs ends.

use std::ops::Bound;
use std::sync::Arc;

use nepho_engine::alarm::{
    self, InsightsReading, MetricAlarm, Observed, PointsReading, Reading, Source, evaluation_time, reads,
};
use nepho_engine::anomaly::Model;
use nepho_engine::insights::MAX_INSIGHTS_METRICS;
use nepho_engine::math::BandModel;
use nepho_engine::turn::{MetricEntry, Turn};
use nepho_model::{Read, Scope, Timestamp, UnitSeries};
use nepho_store::StoreError;

use super::Alarms;
use crate::aggregation;
use crate::detectors;
use crate::found::recent;
use crate::instance::Instance;

/// Alarms that are evaluated in one hold of the lock, and written in one transaction.
const BATCH: usize = 500;

/// Evaluates all alarms that are due at a time, at `now`, which may be a little later: what arrived until then counts, and
/// the history says when it really was.
pub(crate) async fn evaluate(instance: &Arc<Instance>, due: Timestamp, now: Timestamp) {
    instance
        .blocking(move |instance| {
            for scope in instance.alarms.scopes() {
                let evaluated = instance.alarms.evaluate_scope(instance, &scope, due, now);
                if let Err(error) = evaluated.and_then(|()| instance.alarms.run_actions(instance, &scope, now)) {
                    instance.fault(&format!("alarms of {scope} could not be evaluated: {error}"));
                }
            }
        })
        .await;
}

/// Runs the actions that were handed over before the server ended, and not run any more.
pub(crate) fn run_left_over(instance: &Instance) {
    let now = instance.clock.now();
    for scope in instance.alarms.scopes() {
        if let Err(error) = instance.alarms.run_actions(instance, &scope, now) {
            instance.fault(&format!("actions of alarms of {scope} could not be run: {error}"));
        }
    }
}

/// Lets what is due at a time happen that is no evaluation: periods of composite alarms end, and windows in which actions
/// are kept.
pub(crate) async fn reach_deadlines(instance: &Arc<Instance>, due: Timestamp) {
    instance
        .blocking(move |instance| {
            for scope in instance.alarms.scopes() {
                if let Err(error) = instance.alarms.end_periods(instance, &scope, due) {
                    instance.fault(&format!("alarms of {scope} could not be updated: {error}"));
                }
            }
        })
        .await;
}

impl Alarms {
    fn scopes(&self) -> Vec<Scope> {
        self.lock().scopes.keys().cloned().collect()
    }

    /// When something falls due that is no evaluation.
    pub(crate) fn next_deadline(&self, now: Timestamp) -> Option<Timestamp> {
        self.lock().scopes.values().filter_map(|alarms| alarms.next_deadline(now)).min()
    }

    /// Whether any alarm is evaluated at a time: some are every ten seconds, others on the minute.
    pub(crate) fn are_due(&self, due: Timestamp) -> bool {
        let book = self.lock();
        let mut entries = book.scopes.values().flat_map(|alarms| alarms.metric.values());
        entries.any(|entry| evaluation_time(&entry.alarm, due) == due)
    }

    fn end_periods(&self, instance: &Instance, scope: &Scope, due: Timestamp) -> Result<(), StoreError> {
        let mut book = self.lock();
        let alarms = book.of(scope);
        let mut turn = Turn::new(alarms, due);
        turn.reach_deadlines(due);
        let turned = turn.end();
        self.commit(instance, scope, alarms, turned, Vec::new(), due)
    }

    fn evaluate_scope(
        &self,
        instance: &Instance,
        scope: &Scope,
        due: Timestamp,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut last: Option<String> = None;
        loop {
            let mut book = self.lock();
            let alarms = book.of(scope);
            let from = last.as_deref().map_or(Bound::Unbounded, Bound::Excluded);
            let some: Vec<_> = alarms.metric.range::<str, _>((from, Bound::Unbounded)).take(BATCH).collect();
            let Some((name, _)) = some.last() else { return Ok(()) };
            let is_last = some.len() < BATCH;
            last = Some((*name).clone());
            let entries = some.into_iter().map(|(_, entry)| entry);
            let due_now: Vec<_> = entries.filter(|entry| evaluation_time(&entry.alarm, due) == due).collect();
            let mut turn = Turn::new(alarms, now);
            evaluate_some(instance, scope, &due_now, due, &mut turn);
            let turned = turn.end();
            if !turned.is_empty() {
                self.commit(instance, scope, alarms, turned, Vec::new(), now)?;
            }
            if is_last {
                return Ok(());
            }
        }
    }
}

/// Reads what the alarms need in one go, and lets each step.
fn evaluate_some(instance: &Instance, scope: &Scope, entries: &[&MetricEntry], due: Timestamp, turn: &mut Turn<'_>) {
    let readings: Vec<_> = entries.iter().map(|entry| (*entry, reads(&entry.alarm, due))).collect();
    let wanted: Vec<Read> =
        readings.iter().filter_map(|(_, reading)| points(reading)).flat_map(PointsReading::reads).cloned().collect();
    let mut answers = read(instance, scope, &wanted).into_iter();
    for (entry, reading) in &readings {
        let observed = match reading {
            Reading::Points(points) => {
                let answers: Vec<_> = answers.by_ref().take(points.reads().len()).collect();
                let models = models(instance, scope, &entry.alarm, due);
                let models = models.iter().map(|model| model.as_deref().map(|model| model as &dyn BandModel));
                points.observe(&answers, &models.collect::<Vec<_>>())
            }
            Reading::Insights(reading) => insights(instance, scope, reading, due),
        };
        let step = alarm::step(&entry.alarm, &entry.status, &observed, turn.now());
        if step.status.is_some() || !step.effects.is_empty() {
            turn.take(entry, step);
        }
    }
}

/// What the bands of an alarm are told by. A band without a model yet has no values.
pub(super) fn models(
    instance: &Instance,
    scope: &Scope,
    alarm: &MetricAlarm,
    due: Timestamp,
) -> Vec<Option<Arc<Model>>> {
    let Source::Math(math) = alarm.source() else { return Vec::new() };
    let model = |(subject, period)| detectors::kept_model(instance, scope, &subject, period, due);
    math.subjects().map_or_else(|_| Vec::new(), |subjects| subjects.into_iter().map(model).collect())
}

pub(super) fn insights(instance: &Instance, scope: &Scope, reading: &InsightsReading<'_>, due: Timestamp) -> Observed {
    match recent(&*instance.samples, scope, &reading.search(), MAX_INSIGHTS_METRICS, due) {
        Ok(found) => {
            let plan = reading.plan(found.metrics, found.has_more);
            reading.observe(&aggregation::insights(&*instance.samples, scope, &plan, &ToString::to_string))
        }
        Err(error) => reading.failed(error.to_string()),
    }
}

fn points<'a, 'b>(reading: &'b Reading<'a>) -> Option<&'b PointsReading<'a>> {
    match reading {
        Reading::Points(points) => Some(points),
        Reading::Insights(_) => None,
    }
}

pub(super) fn read(instance: &Instance, scope: &Scope, wanted: &[Read]) -> Vec<Result<Vec<UnitSeries>, String>> {
    let answers = instance.samples.read(scope, wanted).into_iter();
    answers.map(|answer| answer.map_err(|error| error.to_string())).collect()
}
