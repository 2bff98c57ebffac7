//! What an alarm watched before it told somebody, to be drawn.

use std::collections::BTreeMap;

use nepho_engine::alarm::{Answer, Condition, Datum, MetricAlarm, Observed, cadence_seconds};
use nepho_model::{Scope, Timestamp};
use nepho_notify::notice::{Graph, GraphPoint};
use nepho_store::StoreError;

use super::Alarms;
use super::replay::each_evaluation;
use crate::instance::Instance;

/// How many periods are drawn.
const PERIODS: i64 = 60;
/// The shortest and the longest time that is drawn, in seconds.
const SPAN_SECONDS_MIN: i64 = 3600;
const SPAN_SECONDS_MAX: i64 = 86_400;

impl Alarms {
    /// What a metric alarm of this name watched up to a time, by what is stored now; none when there is no such alarm, or it
    /// watches other alarms.
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
        let Some(alarm) = alarm else { return Ok(None) };
        let start = end.plus_seconds(-span_seconds(&alarm));
        let lines = lines(instance, scope, &alarm, start, end)?;
        let threshold = match alarm.condition() {
            Condition::Threshold { threshold, .. } => Some(*threshold),
            Condition::Band { .. } => None,
        };
        Ok(Some(Graph {
            title: format!("{name} in {}/{}", scope.account, scope.region),
            subtitle: subtitle(&alarm, end),
            start,
            end,
            lines,
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
        None if alarm.source().insights().is_some() => format!("a query, {period} s, until {until}"),
        None => format!("an expression, {period} s, until {until}"),
    }
}

/// The newest datapoint of each evaluation, by the begin of its period. Of the series of a query those come first that
/// breach.
fn lines(
    instance: &Instance,
    scope: &Scope,
    alarm: &MetricAlarm,
    start: Timestamp,
    end: Timestamp,
) -> Result<Vec<Vec<GraphPoint>>, StoreError> {
    let mut series: BTreeMap<String, BTreeMap<Timestamp, Datum>> = BTreeMap::new();
    // The evaluation that told is the last one.
    let end = Timestamp::from_millis(end.millis() + 1);
    each_evaluation(instance, scope, alarm, start, end, &mut |observed, _| {
        for (name, data) in observed_series(&observed.answer) {
            if let Some((at, datum)) = newest(observed, data) {
                series.entry(name.to_owned()).or_default().insert(at, datum);
            }
        }
    })?;
    let mut lines: Vec<_> = series.into_values().collect();
    let last_breaches = |line: &BTreeMap<Timestamp, Datum>| {
        line.last_key_value().is_some_and(|(_, datum)| alarm.condition().is_breaching(datum))
    };
    lines.sort_by_key(|line| !last_breaches(line));
    Ok(lines.into_iter().map(|line| line.into_iter().map(point).collect()).collect())
}

/// What was observed, by what tells series apart.
fn observed_series(answer: &Answer) -> Vec<(&str, &[Option<Datum>])> {
    match answer {
        Answer::Series(data) => vec![("", data)],
        Answer::Contributors(all) => all.iter().map(|one| (one.contributor.id.as_str(), one.data.as_slice())).collect(),
        Answer::Failed { .. } => Vec::new(),
    }
}

fn newest(observed: &Observed, data: &[Option<Datum>]) -> Option<(Timestamp, Datum)> {
    let (window, datum) = data.iter().enumerate().find_map(|(window, datum)| Some((window, (*datum)?)))?;
    datum.value.is_finite().then(|| (observed.windows.start(window), datum))
}

fn point((at, datum): (Timestamp, Datum)) -> GraphPoint {
    GraphPoint { at, value: datum.value, band: datum.band.map(|band| (band.lower, band.upper)) }
}
