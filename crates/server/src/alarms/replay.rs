//! What an alarm that need not exist would have done on what is stored.

use std::sync::Arc;

use nepho_engine::FoundMetrics;
use nepho_engine::alarm::{AlarmStatus, MetricAlarm, Replay, Source, Visit, cadence_seconds};
use nepho_engine::anomaly::Model;
use nepho_engine::backtest::Replayed;
use nepho_engine::insights::MAX_INSIGHTS_METRICS;
use nepho_engine::math::BandModel;
use nepho_model::{Scope, Timestamp};
use nepho_store::StoreError;

use super::evaluate::read;
use crate::detectors::model;
use crate::found::recent;
use crate::instance::Instance;

/// The most evaluations of one replay: thirty days of one every ten seconds, and some more.
pub(crate) const MAX_EVALUATIONS: i64 = 300_000;

/// Cells that are held at once: about so many evaluations are read for in one go, divided by the metrics.
const CELLS_AT_ONCE: usize = 100_000;

/// The fewest evaluations that are read for in one go, however many metrics there are.
const MIN_EVALUATIONS_AT_ONCE: usize = 60;

/// How many evaluations a replay has.
pub(crate) fn evaluations(alarm: &MetricAlarm, start: Timestamp, end: Timestamp) -> i64 {
    (end.millis() - start.millis()).max(0) / (cadence_seconds(alarm) * 1000)
}

/// Replays an alarm as if it were created at the start: part by part, each on the status of the one before.
///
/// # Errors
/// What the store said when metrics were looked for. What cannot be read fails the evaluations that need it, as it does
/// when they are due.
pub(crate) fn replay(
    instance: &Instance,
    scope: &Scope,
    alarm: &MetricAlarm,
    start: Timestamp,
    end: Timestamp,
) -> Result<Replayed, StoreError> {
    let mut replayed = Replayed::new(alarm.name());
    each_evaluation(instance, scope, alarm, start, end, &mut |observed, step| replayed.take(alarm, observed, step))?;
    Ok(replayed)
}

/// Shows each evaluation between two times, as [`replay`] does them.
pub(super) fn each_evaluation(
    instance: &Instance,
    scope: &Scope,
    alarm: &MetricAlarm,
    start: Timestamp,
    end: Timestamp,
    visit: Visit<'_>,
) -> Result<(), StoreError> {
    let mut status = AlarmStatus::created(alarm, start);
    let models = models(instance, scope, alarm);
    let models: Vec<_> = models.iter().map(|model| model.as_deref().map(|model| model as &dyn BandModel)).collect();
    let metrics = alarm.source().insights().map_or(alarm.source().metrics().count(), |_| MAX_INSIGHTS_METRICS);
    let at_once = (CELLS_AT_ONCE / metrics.max(1)).max(MIN_EVALUATIONS_AT_ONCE) as i64;
    // An alarm is not evaluated in the moment in which it is created.
    let mut from = Timestamp::from_millis(start.millis() + 1);
    while from < end {
        let to = from.plus_seconds(at_once * cadence_seconds(alarm)).min(end);
        let mut part = Replay::new(alarm, from, to);
        if let Some(search) = part.search() {
            let found = recent(&*instance.samples, scope, &search, MAX_INSIGHTS_METRICS, to)?;
            part = part.with_found(FoundMetrics { metrics: found.metrics, is_cut: found.has_more });
        }
        let answers = read(instance, scope, part.reads());
        status = part.run(status, &answers, &models, visit);
        from = to;
    }
    Ok(())
}

/// What the bands of an alarm are told by: the models that there are now, which know the range already. No detector is made
/// for an alarm that is only tried.
fn models(instance: &Instance, scope: &Scope, alarm: &MetricAlarm) -> Vec<Option<Arc<Model>>> {
    let Source::Math(math) = alarm.source() else { return Vec::new() };
    let now = instance.clock.now();
    let model = |(subject, period)| model(instance, scope, &subject, period, now);
    math.subjects().map_or_else(|_| Vec::new(), |subjects| subjects.into_iter().map(model).collect())
}
