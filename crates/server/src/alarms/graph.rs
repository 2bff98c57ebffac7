//! What an alarm watched before it told somebody, to be drawn.

use std::collections::BTreeMap;

use nepho_engine::alarm::{AlarmStatus, Answer, Condition, Datum, MetricAlarm, Observed, Replay, cadence_seconds};
use nepho_engine::math::BandModel;
use nepho_model::{Scope, Timestamp};
use nepho_notify::notice::{Graph, GraphPoint};
use nepho_store::StoreError;

use super::Alarms;
use super::evaluate::{models, read};
use crate::instance::Instance;

/// How many periods are drawn.
const PERIODS: i64 = 60;
/// The shortest and the longest time that is drawn, in seconds.
const SPAN_SECONDS_MIN: i64 = 3600;
const SPAN_SECONDS_MAX: i64 = 86_400;

impl Alarms {
    /// What a metric alarm of this name watched up to a time, by what is stored now; none when there is no such alarm, or it
    /// watches other alarms, or many series.
    ///
    /// # Errors
    /// What the store said.
    pub(crate) fn graph(
        &self,
        instance: &Instance,
        scope: &Scope,
        name: &str,
        end: Timestamp,
    ) -> Result<Option<Graph>, StoreError> {
        let alarm = self.look(scope, |alarms| alarms.metric.get(name).map(|entry| entry.alarm.clone()));
        let Some(alarm) = alarm.filter(|alarm| alarm.source().insights().is_none()) else { return Ok(None) };
        let start = end.plus_seconds(-span_seconds(&alarm));
        let points = points(instance, scope, &alarm, start, end);
        let threshold = match alarm.condition() {
            Condition::Threshold { threshold, .. } => Some(*threshold),
            Condition::Band { .. } => None,
        };
        Ok(Some(Graph {
            title: format!("{name} in {}/{}", scope.account, scope.region),
            subtitle: subtitle(&alarm, end),
            start,
            end,
            points,
            gap_seconds: alarm.period().seconds().max(cadence_seconds(&alarm)),
            threshold,
        }))
    }
}

fn span_seconds(alarm: &MetricAlarm) -> i64 {
    (alarm.period().seconds() * PERIODS).clamp(SPAN_SECONDS_MIN, SPAN_SECONDS_MAX)
}

fn subtitle(alarm: &MetricAlarm, end: Timestamp) -> String {
    let until = jiff::Timestamp::from_millisecond(end.millis()).unwrap_or_default().strftime("%Y-%m-%d %H:%M UTC");
    let period = alarm.period().seconds();
    match alarm.source().metric() {
        Some(metric) => {
            let of = metric.metric().key();
            format!("{} {} {}, {period} s, until {until}", of.namespace(), of.name(), metric.statistic())
        }
        None => format!("an expression, {period} s, until {until}"),
    }
}

/// The newest datapoint of each evaluation, by the begin of its period.
fn points(
    instance: &Instance,
    scope: &Scope,
    alarm: &MetricAlarm,
    start: Timestamp,
    end: Timestamp,
) -> Vec<GraphPoint> {
    let models = models(instance, scope, alarm, instance.clock.now());
    let models: Vec<_> = models.iter().map(|model| model.as_deref().map(|model| model as &dyn BandModel)).collect();
    // The evaluation that told is the last one.
    let replay = Replay::new(alarm, start, Timestamp::from_millis(end.millis() + 1));
    let answers = read(instance, scope, replay.reads());
    let mut points = BTreeMap::new();
    replay.run(AlarmStatus::created(alarm, start), &answers, &models, &mut |observed, _| {
        points.extend(newest(observed));
    });
    points.into_values().collect()
}

fn newest(observed: &Observed) -> Option<(Timestamp, GraphPoint)> {
    let Answer::Series(data) = &observed.answer else { return None };
    let (window, datum) = data.iter().enumerate().find_map(|(window, datum)| Some((window, (*datum)?)))?;
    let Datum { value, band, .. } = datum;
    let at = observed.windows.start(window);
    let band = band.map(|band| (band.lower, band.upper));
    value.is_finite().then_some((at, GraphPoint { at, value, band }))
}
