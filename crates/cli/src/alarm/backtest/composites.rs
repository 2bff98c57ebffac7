//! Composite alarms on what their children would have done.

use std::collections::BTreeMap;

use nepho_engine::backtest::{Replayed, Transition};
use nepho_engine::composite::{AlarmGraph, CompositeAlarm, CompositeState, Effect, Event, OtherAlarm, step};
use nepho_engine::explanation::IsoTime;
use nepho_model::{AlarmState, Timestamp};

use super::Range;

/// What composite alarms would have done when metric alarms did this. An alarm that is in none of the files does not
/// exist.
pub(super) fn replay(composites: &[CompositeAlarm], metric: &[Replayed], range: Range) -> Vec<Replayed> {
    let mut replay = Composites::new(composites, metric, range.start);
    replay.create(range.start);
    let mut changes: BTreeMap<Timestamp, Vec<(&str, AlarmState)>> = BTreeMap::new();
    for replayed in metric {
        for transition in &replayed.transitions {
            if let Some(state) = AlarmState::parse(&transition.to) {
                changes.entry(transition.time.0).or_default().push((&replayed.alarm_name, state));
            }
        }
    }
    for (time, changed) in changes {
        replay.change(&changed, time);
    }
    composites.iter().filter_map(|alarm| replay.replayed.remove(alarm.name())).collect()
}

struct Composites<'a> {
    graph: AlarmGraph,
    alarms: BTreeMap<&'a str, &'a CompositeAlarm>,
    metric: BTreeMap<&'a str, OtherAlarm>,
    states: BTreeMap<&'a str, CompositeState>,
    replayed: BTreeMap<&'a str, Replayed>,
}

impl<'a> Composites<'a> {
    fn new(composites: &'a [CompositeAlarm], metric: &'a [Replayed], start: Timestamp) -> Self {
        let unknown = OtherAlarm { state: AlarmState::InsufficientData, since: start };
        Composites {
            graph: composites.iter().collect(),
            alarms: composites.iter().map(|alarm| (alarm.name(), alarm)).collect(),
            metric: metric.iter().map(|replayed| (replayed.alarm_name.as_str(), unknown)).collect(),
            states: composites.iter().map(|alarm| (alarm.name(), CompositeState::created(start))).collect(),
            replayed: composites.iter().map(|alarm| (alarm.name(), Replayed::new(alarm.name()))).collect(),
        }
    }

    /// Creates all, each behind those that it depends on.
    fn create(&mut self, start: Timestamp) {
        let graph = self.graph.clone();
        let known: Vec<&str> = self.metric.keys().copied().collect();
        let ordered = graph.cascade(&known);
        let rest: Vec<&str> = self.alarms.keys().copied().filter(|name| !ordered.contains(name)).collect();
        for name in rest.iter().chain(&ordered).filter(|name| !graph.is_in_cycle(name)) {
            self.tell(name, Event::Created, start);
        }
    }

    /// Metric alarms go into other states, and composite alarms are told, each behind those that it depends on.
    fn change(&mut self, changed: &[(&'a str, AlarmState)], time: Timestamp) {
        for (name, state) in changed {
            self.metric.insert(name, OtherAlarm { state: *state, since: time });
        }
        let graph = self.graph.clone();
        let mut told: Vec<&str> = changed.iter().map(|(name, _)| *name).collect();
        for parent in graph.cascade(&told.clone()) {
            let children: Vec<&str> = graph.children(parent).filter(|child| told.contains(child)).collect();
            let has_changed = children
                .into_iter()
                .fold(false, |has_changed, child| self.tell(parent, Event::ChildChanged(child), time) | has_changed);
            if has_changed {
                told.push(parent);
            }
        }
    }

    /// Tells an alarm of an event; says whether its state became another.
    fn tell(&mut self, name: &str, event: Event<'_>, time: Timestamp) -> bool {
        let Some((name, alarm)) = self.alarms.get_key_value(name) else { return false };
        let others = |name: &str| {
            let composite = || {
                let state = self.states.get(name)?;
                Some(OtherAlarm { state: state.state, since: state.transitioned })
            };
            self.metric.get(name).copied().or_else(composite)
        };
        let step = step(alarm, &self.states[name], event, &others, time);
        let Some(replayed) = self.replayed.get_mut(name) else { return false };
        let mut has_changed = false;
        for effect in step.effects {
            let Effect::StateUpdated { old, new } = effect else { continue };
            if old.state == new.state {
                continue;
            }
            has_changed = true;
            replayed.transitions.push(Transition {
                time: IsoTime(time),
                from: old.state.to_string(),
                to: new.state.to_string(),
                reason: new.reason.clone(),
                rule: None,
                breaching_since: None,
            });
        }
        self.states.insert(name, step.state);
        has_changed
    }
}
