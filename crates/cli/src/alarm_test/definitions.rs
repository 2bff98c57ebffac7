//! The alarms that a test file is about.

use std::collections::BTreeMap;

use nepho_engine::alarm::{MetricAlarm, Source};
use nepho_engine::composite::CompositeAlarm;
use nepho_engine::mute::MuteRule;
use nepho_model::{Metric, Scope};
use nepho_protocol::shapes::put_metric_alarm::PutMetricAlarmInput;

use super::error::TestFileError;
use crate::artefacts::{Artefacts, Found, Place};
use crate::nearest::nearest;

/// Alarms by their names, as the engine takes them.
#[derive(Debug)]
pub(super) struct Definitions {
    pub(super) scope: Scope,
    pub(super) metric: BTreeMap<String, MetricAlarm>,
    pub(super) composite: BTreeMap<String, CompositeAlarm>,
    pub(super) mutes: Vec<MuteRule>,
    /// Alarms that PutMetricAlarm or PutCompositeAlarm would refuse.
    refused: BTreeMap<String, Refused>,
    /// Where each alarm is defined.
    places: BTreeMap<String, Place>,
}

/// An alarm that would be refused.
#[derive(Debug)]
struct Refused {
    reason: String,
    /// What it was to be, if it was to be a metric alarm.
    metric_alarm: Option<PutMetricAlarmInput>,
}

impl Definitions {
    /// Those of artefacts.
    ///
    /// # Errors
    /// Two alarms have one name, or a mute rule cannot be put.
    pub(super) fn new(scope: Scope, artefacts: &Artefacts) -> Result<Self, TestFileError> {
        let mut all = Definitions {
            scope,
            metric: BTreeMap::new(),
            composite: BTreeMap::new(),
            mutes: Vec::new(),
            refused: BTreeMap::new(),
            places: BTreeMap::new(),
        };
        for found in &artefacts.metric_alarms {
            let name = all.name(found, found.value.alarm_name.as_deref())?;
            match nepho_server::metric_alarm(&all.scope, &found.known()) {
                Ok(alarm) => drop(all.metric.insert(name, alarm)),
                Err(faults) => all.refuse(name, found, &faults.to_string(), Some(found.value.clone())),
            }
        }
        for found in &artefacts.composite_alarms {
            let name = all.name(found, found.value.alarm_name.as_deref())?;
            match nepho_server::composite_alarm(&all.scope, &found.known()) {
                Ok(alarm) => drop(all.composite.insert(name, alarm)),
                Err(faults) => all.refuse(name, found, &faults.to_string(), None),
            }
        }
        for found in &artefacts.mute_rules {
            match nepho_server::mute_rule(&all.scope, &found.value) {
                Ok(rule) => all.mutes.push(rule),
                Err(faults) => {
                    let message = format!("the mute rule {} cannot be put: {faults}", found.address);
                    return Err(TestFileError::at(&found.place, message));
                }
            }
        }
        Ok(all)
    }

    fn name<T>(&mut self, found: &Found<T>, name: Option<&str>) -> Result<String, TestFileError> {
        let name = name.unwrap_or(&found.address).to_owned();
        match self.places.insert(name.clone(), found.place.clone()) {
            None => Ok(name),
            Some(other) => {
                let message = format!("there is another alarm {name} at {other}: names are unique");
                Err(TestFileError::at(&found.place, message))
            }
        }
    }

    fn refuse<T>(&mut self, name: String, found: &Found<T>, faults: &str, metric_alarm: Option<PutMetricAlarmInput>) {
        let unknown = found.unresolved.iter().map(|one| format!("; {one}")).collect::<String>();
        self.refused.insert(name, Refused { reason: format!("{faults}{unknown}"), metric_alarm });
    }

    /// All names, with where they are defined.
    pub(super) fn places(&self) -> &BTreeMap<String, Place> {
        &self.places
    }

    /// Checks that an alarm can be expected to be in a state.
    ///
    /// # Errors
    /// It does not exist, would be refused, or cannot be evaluated in a test; as a clause.
    pub(super) fn check(&self, name: &str) -> Result<(), String> {
        if self.composite.contains_key(name) {
            return Ok(());
        }
        if let Some(alarm) = self.metric.get(name) {
            return match alarm.source() {
                Source::Math(math) => match math.subjects() {
                    Ok(_) => Ok(()),
                    Err(error) => Err(format!("{name} ({}) cannot be put: {error}", self.places[name])),
                },
                _ => Ok(()),
            };
        }
        if let Some(Refused { reason, .. }) = self.refused.get(name) {
            return Err(format!("{name} ({}) cannot be put: {reason}", self.places[name]));
        }
        Err(match nearest(name, self.places.keys().map(String::as_str)) {
            Some(meant) => format!("there is no alarm {name}: did you mean {meant}?"),
            None => {
                let names: Vec<_> = self.places.keys().take(10).map(String::as_str).collect();
                format!("there is no alarm {name} in the artefacts, which have {}", listed(&names))
            }
        })
    }

    /// Checks that some alarm reads the metric of an input.
    ///
    /// # Errors
    /// None does. That an alarm which was to read it would be refused is the mistake that comes first.
    pub(super) fn check_read(&self, metric: &Metric, input: &Place) -> Result<(), TestFileError> {
        let alarms = || self.metric.values();
        let is_searched = alarms().any(|alarm| alarm.source().insights().is_some());
        let read: Vec<_> = alarms().flat_map(|alarm| alarm.source().metrics().map(|stat| &stat.metric)).collect();
        if is_searched || read.contains(&metric) {
            return Ok(());
        }
        let text = metric_text(metric);
        if let Some((name, Refused { reason, .. })) = self.refused.iter().find(|(_, refused)| refused.names(metric)) {
            let message = format!("{name} cannot be put: {reason}; so no alarm reads {text} ({input})");
            return Err(TestFileError::at(&self.places[name], message));
        }
        let texts: Vec<_> = read.iter().map(|metric| metric_text(metric)).collect();
        let meant = nearest(&text, texts.iter().map(String::as_str));
        let meant = meant.map_or_else(String::new, |meant| format!(": did you mean {meant}?"));
        Err(TestFileError::at(input, format!("no alarm reads {text}{meant}")))
    }
}

impl Refused {
    /// Whether it names a metric's namespace and name, as a metric or in an expression.
    fn names(&self, metric: &Metric) -> bool {
        let Some(alarm) = &self.metric_alarm else { return false };
        let key = metric.key();
        let is_it = |namespace: Option<&str>, name: Option<&str>| {
            namespace == Some(key.namespace()) && name == Some(key.name())
        };
        let queries = alarm.metrics.iter().flatten();
        let metrics = queries.clone().filter_map(|query| query.metric_stat.as_ref()?.metric.as_ref());
        let mut expressions = queries.filter_map(|query| query.expression.as_deref());
        is_it(alarm.namespace.as_deref(), alarm.metric_name.as_deref())
            || metrics.into_iter().any(|one| is_it(one.namespace.as_deref(), one.metric_name.as_deref()))
            || expressions.any(|text| text.contains(key.namespace()) && text.contains(key.name()))
    }
}

/// A metric in words: namespace, name, dimensions.
pub(super) fn metric_text(metric: &Metric) -> String {
    let key = metric.key();
    let dimensions = key.dimensions().map(|(name, value)| format!(" {name}={value}")).collect::<String>();
    format!("{} {}{dimensions}", key.namespace(), key.name())
}

fn listed(names: &[&str]) -> String {
    if names.is_empty() { "none".to_owned() } else { names.join(", ") }
}
