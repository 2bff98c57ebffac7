//! The alarms of a scope, and what they are at a time.

use std::collections::BTreeMap;

use nepho_model::Timestamp;

use super::muted::Muted;
use crate::alarm::{AlarmStatus, MetricAlarm};
use crate::composite::{AlarmGraph, CompositeAlarm, CompositeState, OtherAlarm};
use crate::mute::{MuteRule, PutRule, next_change};

/// The alarms of one scope, by name.
#[derive(Debug, Default)]
pub struct ScopeAlarms {
    /// Metric alarms.
    pub metric: BTreeMap<String, MetricEntry>,
    /// Composite alarms.
    pub composite: BTreeMap<String, CompositeEntry>,
    /// Which composite alarms depend on which alarms.
    pub graph: AlarmGraph,
    /// Mute rules.
    pub mutes: BTreeMap<String, MuteEntry>,
    /// The alarms with actions that a mute rule keeps.
    pub muted: BTreeMap<String, Muted>,
}

/// A mute rule.
#[derive(Debug)]
pub struct MuteEntry {
    /// The rule.
    pub rule: MuteRule,
    /// When it was first put.
    pub created: Timestamp,
    /// When it was last put.
    pub updated: Timestamp,
}

/// A metric alarm.
#[derive(Debug)]
pub struct MetricEntry {
    /// The alarm.
    pub alarm: MetricAlarm,
    /// What it was found to be.
    pub status: AlarmStatus,
    /// When it was defined.
    pub updated: Timestamp,
}

/// A composite alarm.
#[derive(Debug)]
pub struct CompositeEntry {
    /// The alarm.
    pub alarm: CompositeAlarm,
    /// What it was found to be.
    pub state: CompositeState,
    /// When it was defined.
    pub updated: Timestamp,
}

impl ScopeAlarms {
    /// Whether there is an alarm of this name, of whatever kind.
    pub fn exists(&self, name: &str) -> bool {
        self.metric.contains_key(name) || self.composite.contains_key(name)
    }

    /// The mute rules as they are asked.
    pub fn put_rules(&self) -> Vec<PutRule<'_>> {
        self.mutes.values().map(|entry| PutRule { rule: &entry.rule, created: entry.created }).collect()
    }

    /// When something falls due that is no evaluation: a period of a composite alarm ends, or a window in which actions are
    /// kept.
    pub fn next_deadline(&self, now: Timestamp) -> Option<Timestamp> {
        let periods = self.composite.values().filter_map(|entry| entry.state.deadline());
        let rules = if self.muted.is_empty() { Vec::new() } else { self.put_rules() };
        let windows = self.muted.keys().filter_map(|name| next_change(&rules, name, now));
        periods.chain(windows).min()
    }

    /// An alarm as composite alarms see it.
    pub fn other(&self, name: &str) -> Option<OtherAlarm> {
        let metric = self
            .metric
            .get(name)
            .map(|entry| OtherAlarm { state: entry.status.state.value, since: entry.status.transitioned });
        metric.or_else(|| {
            let state = &self.composite.get(name)?.state;
            Some(OtherAlarm { state: state.state, since: state.transitioned })
        })
    }
}
