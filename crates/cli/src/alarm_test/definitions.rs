//! The alarms that a test file is about.

use std::collections::BTreeMap;

use nepho_engine::alarm::{MetricAlarm, Source};
use nepho_engine::composite::CompositeAlarm;
use nepho_engine::mute::MuteRule;
use nepho_model::{Metric, Scope};

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
    /// Alarms that PutMetricAlarm or PutCompositeAlarm would refuse, and why.
    refused: BTreeMap<String, String>,
    /// Where each alarm is defined.
    places: BTreeMap<String, Place>,
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
                Err(faults) => all.refuse(name, found, &faults.to_string()),
            }
        }
        for found in &artefacts.composite_alarms {
            let name = all.name(found, found.value.alarm_name.as_deref())?;
            match nepho_server::composite_alarm(&all.scope, &found.known()) {
                Ok(alarm) => drop(all.composite.insert(name, alarm)),
                Err(faults) => all.refuse(name, found, &faults.to_string()),
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

    fn refuse<T>(&mut self, name: String, found: &Found<T>, faults: &str) {
        let unknown = found.unresolved.iter().map(|one| format!("; {one}")).collect::<String>();
        self.refused.insert(name, format!("{faults}{unknown}"));
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
        if let Some(reason) = self.refused.get(name) {
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

    /// Checks that some alarm reads a metric.
    ///
    /// # Errors
    /// None does; as a clause, with the metric that comes nearest.
    pub(super) fn check_read(&self, metric: &Metric) -> Result<(), String> {
        let alarms = || self.metric.values();
        let is_searched = alarms().any(|alarm| alarm.source().insights().is_some());
        let read: Vec<_> = alarms().flat_map(|alarm| alarm.source().metrics().map(|stat| &stat.metric)).collect();
        if is_searched || read.contains(&metric) {
            return Ok(());
        }
        let texts: Vec<_> = read.iter().map(|metric| metric_text(metric)).collect();
        let text = metric_text(metric);
        Err(match nearest(&text, texts.iter().map(String::as_str)) {
            Some(meant) => format!("no alarm reads {text}: did you mean {meant}?"),
            None => format!("no alarm reads {text}"),
        })
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
