//! One change of the alarms of a scope: what becomes of an event, of all that follows from it, and what is written.
//!
//! A turn keeps what is new apart until it is on disk: states, history and outbox are one transaction, and what could not be
//! written has not happened.

use std::collections::{BTreeMap, BTreeSet};

use nepho_engine::alarm::text::{HistoryItem, contributor_item, messages, muted_item, state_item};
use nepho_engine::alarm::{
    self, Action, ActionRun, AlarmStatus, ContributorChange, RunCause, StateChange, StateSnapshot,
};
use nepho_engine::composite::text::{messages as composite_messages, update_item};
use nepho_engine::composite::{self, CompositeAlarm, CompositeState, Event, OtherAlarm};
use nepho_engine::mute::{self, PutRule, muting};
use nepho_model::{AlarmState, Scope, Timestamp};
use nepho_store::Change;

use super::book::{MetricEntry, ScopeAlarms};
use super::history::{COMPOSITE_ALARM, Histories, Item, METRIC_ALARM};
use super::outbox::{Outbox, Run};
use super::record::{Muted, STATES, State, key, put};

/// What a turn has come to so far.
pub(crate) struct Turn<'a> {
    alarms: &'a ScopeAlarms,
    rules: Vec<PutRule<'a>>,
    now: Timestamp,
    metric: BTreeMap<String, AlarmStatus>,
    composite: BTreeMap<String, CompositeState>,
    /// Alarms of which others have not been told yet that their state became another.
    changed: Vec<String>,
    /// Alarms that are deleted in this turn.
    gone: BTreeSet<String>,
    /// The actions that mute rules keep, or keep no more.
    muted: BTreeMap<String, Option<Muted>>,
    history: Vec<Item>,
    runs: Vec<Run>,
}

/// What a turn came to, to be written and then kept.
#[derive(Debug, Default)]
pub(crate) struct Turned {
    metric: BTreeMap<String, AlarmStatus>,
    composite: BTreeMap<String, CompositeState>,
    muted: BTreeMap<String, Option<Muted>>,
    history: Vec<Item>,
    pub(crate) runs: Vec<Run>,
}

impl<'a> Turn<'a> {
    pub(crate) fn new(alarms: &'a ScopeAlarms, now: Timestamp) -> Self {
        Turn {
            alarms,
            rules: alarms.put_rules(),
            now,
            metric: BTreeMap::new(),
            composite: BTreeMap::new(),
            changed: Vec::new(),
            gone: BTreeSet::new(),
            muted: BTreeMap::new(),
            history: Vec::new(),
            runs: Vec::new(),
        }
    }

    /// When it is.
    pub(crate) fn now(&self) -> Timestamp {
        self.now
    }

    /// An alarm as composite alarms see it now.
    fn other(&self, name: &str) -> Option<OtherAlarm> {
        if self.gone.contains(name) {
            return None;
        }
        let metric =
            self.metric.get(name).map(|status| OtherAlarm { state: status.state.value, since: status.transitioned });
        let composite =
            || self.composite.get(name).map(|state| OtherAlarm { state: state.state, since: state.transitioned });
        metric.or_else(composite).or_else(|| self.alarms.other(name))
    }

    /// Takes what an evaluation, or SetAlarmState, made of a metric alarm.
    pub(crate) fn take(&mut self, entry: &MetricEntry, step: alarm::Step) {
        let name = entry.alarm.name();
        let (mut runs, mut contributors) = (Vec::new(), Vec::new());
        let mut previous = entry.status.state.value;
        for effect in step.effects {
            match effect {
                alarm::Effect::State(change) => {
                    if change.is_transition() {
                        self.changed.push(name.to_owned());
                        previous = change.from.value;
                    }
                    self.note(name, METRIC_ALARM, state_item(&change, None));
                }
                alarm::Effect::Contributor(change) => {
                    self.note(name, METRIC_ALARM, contributor_item(&change));
                    contributors.push(*change);
                }
                alarm::Effect::Run(run) => runs.push(metric_run(entry, &run, false)),
            }
        }
        self.run(name, METRIC_ALARM, Muted { state: step.state, previous, contributors }, runs);
        if let Some(status) = step.status {
            self.metric.insert(name.to_owned(), *status);
        }
    }

    /// A composite alarm meets an event.
    pub(crate) fn meet(&mut self, alarm: &CompositeAlarm, state: &CompositeState, event: Event<'_>) {
        let step = composite::step(alarm, state, event, &|name| self.other(name), self.now);
        for effect in step.effects {
            match effect {
                composite::Effect::StateUpdated { old, new } => {
                    if old.state != new.state {
                        self.changed.push(alarm.name().to_owned());
                    }
                    self.note(alarm.name(), COMPOSITE_ALARM, update_item(alarm, &old, &new));
                }
                composite::Effect::RunActions { of, actions } => {
                    let messages = composite_messages(alarm, &of, of.previous, false);
                    let updated = of.updated;
                    let run = |action: &String| {
                        Run::new(alarm.name(), COMPOSITE_ALARM, action, updated, messages.clone(), None)
                    };
                    let runs = actions.iter().map(run).collect();
                    let is = Muted { state: of.state, previous: of.previous, contributors: Vec::new() };
                    self.run(alarm.name(), COMPOSITE_ALARM, is, runs);
                }
                // The update of the state says what suppresses them.
                composite::Effect::SuppressActions { .. } => {}
            }
        }
        if step.state != *state {
            self.composite.insert(alarm.name().to_owned(), step.state);
        }
    }

    /// Runs actions of the state that an alarm is in, unless a mute rule keeps them.
    fn run(&mut self, name: &str, alarm_type: &'static str, is: Muted, runs: Vec<Run>) {
        let Some(updated) = runs.first().map(|run| run.state_updated_ms) else { return };
        let muting = muting(&self.rules, name, self.now);
        let before = self.muted_of(name);
        let kept = before.as_ref().map(|muted| muted.state);
        let step = mute::step(kept, mute::Event::ActionsDue, is.state, muting.as_ref());
        match (step.effect, muting) {
            (Some(mute::Effect::MuteActions), Some(muting)) => {
                let item = muted_item(&muting.summary(), Timestamp::from_millis(updated), muting.until);
                self.note(name, alarm_type, item);
            }
            _ => self.runs.extend(runs),
        }
        let muted = step.muted.map(|_| is.after(before.clone()));
        if muted != before {
            self.muted.insert(name.to_owned(), muted);
        }
    }

    fn muted_of(&self, name: &str) -> Option<Muted> {
        self.muted.get(name).cloned().unwrap_or_else(|| self.alarms.muted.get(name).cloned())
    }

    /// Runs the actions that were kept of alarms which are not muted any more by these rules, if they are still in the
    /// state that they went into.
    pub(crate) fn unmute(&mut self, rules: &[PutRule<'_>]) {
        let alarms = self.alarms;
        for (name, muted) in &alarms.muted {
            let Some(state) = alarms.other(name).map(|other| other.state) else { continue };
            let muting = muting(rules, name, self.now);
            let step = mute::step(Some(muted.state), mute::Event::MutingChanged, state, muting.as_ref());
            if step.muted.is_some() {
                continue;
            }
            self.muted.insert(name.clone(), None);
            if !muted.contributors.is_empty() && state != AlarmState::InsufficientData {
                self.runs.extend(kept_runs_of_contributors(alarms, name, &muted.contributors));
            } else if step.effect.is_some() {
                let runs = kept_runs(alarms, name, muted.previous);
                self.runs.extend(runs);
            }
        }
    }

    /// Tells composite alarms of every change there was, and of those that come of it.
    pub(crate) fn cascade(&mut self) {
        while !self.changed.is_empty() {
            let changed = std::mem::take(&mut self.changed);
            let names: Vec<&str> = changed.iter().map(String::as_str).collect();
            let alarms = self.alarms;
            let mut told: Vec<String> = changed.clone();
            for parent in alarms.graph.cascade(&names) {
                let children: Vec<String> = alarms
                    .graph
                    .children(parent)
                    .filter(|child| told.iter().any(|one| one == child))
                    .map(str::to_owned)
                    .collect();
                for child in &children {
                    self.tell(parent, Event::ChildChanged(child));
                }
                // What changed on the way is told further up in this very walk.
                told.append(&mut self.changed);
            }
            self.tell_suppressed(&told);
        }
    }

    /// Tells the composite alarms whose suppressors have changed.
    fn tell_suppressed(&mut self, changed: &[String]) {
        let alarms = self.alarms;
        for (name, entry) in &alarms.composite {
            let suppressor = entry.alarm.suppressor().map(|suppressor| suppressor.alarm.name());
            if suppressor.is_some_and(|suppressor| changed.iter().any(|one| one == suppressor)) {
                self.tell(name, Event::SuppressorChanged);
            }
        }
    }

    /// Tells a composite alarm that is there already of an event.
    pub(crate) fn tell(&mut self, name: &str, event: Event<'_>) {
        let alarms = self.alarms;
        let Some(entry) = alarms.composite.get(name) else { return };
        let state = self.composite.get(name).unwrap_or(&entry.state).clone();
        self.meet(&entry.alarm, &state, event);
    }

    /// An alarm is deleted, which may be a suppressor.
    pub(crate) fn remove(&mut self, name: &str) {
        self.gone.insert(name.to_owned());
        self.tell_suppressed(&[name.to_owned()]);
    }

    /// Adds what is to be known of it later.
    pub(crate) fn note(&mut self, alarm: &str, alarm_type: &'static str, item: HistoryItem) {
        self.history.push(Item { alarm: alarm.to_owned(), alarm_type, at: self.now, item });
    }

    /// Ends the turn.
    pub(crate) fn end(mut self) -> Turned {
        self.cascade();
        let Turn { metric, composite, muted, history, runs, .. } = self;
        Turned { metric, composite, muted, history, runs }
    }
}

impl Turned {
    /// Whether nothing has happened.
    pub(crate) fn is_empty(&self) -> bool {
        let has_states = !(self.metric.is_empty() && self.composite.is_empty() && self.muted.is_empty());
        !has_states && self.history.is_empty() && self.runs.is_empty()
    }

    /// Takes the state of a composite alarm out, which is not kept yet, or not any more.
    pub(crate) fn take_composite(&mut self, name: &str) -> Option<CompositeState> {
        self.composite.remove(name)
    }

    /// What is to be written.
    pub(crate) fn changes(
        &self,
        scope: &Scope,
        alarms: &ScopeAlarms,
        histories: &Histories,
        outbox: &Outbox,
        changes: &mut Vec<Change>,
    ) {
        let names: BTreeSet<&String> =
            self.metric.keys().chain(self.composite.keys()).chain(self.muted.keys()).collect();
        for name in names {
            let metric = self.metric.get(name).or_else(|| alarms.metric.get(name).map(|entry| &entry.status));
            let composite = self.composite.get(name).or_else(|| alarms.composite.get(name).map(|entry| &entry.state));
            let state = metric.map(State::from).or_else(|| composite.map(State::from));
            let muted = self.muted.get(name).cloned().unwrap_or_else(|| alarms.muted.get(name).cloned());
            changes.extend(state.map(|state| put(STATES, key(scope, name), &state.with_muted(muted))));
        }
        self.history.iter().for_each(|item| histories.add(scope, item, changes));
        self.runs.iter().for_each(|run| outbox.add(scope, run, changes));
    }

    /// Keeps what is written.
    pub(crate) fn keep(self, alarms: &mut ScopeAlarms) {
        for (name, status) in self.metric {
            if let Some(entry) = alarms.metric.get_mut(&name) {
                entry.status = status;
            }
        }
        for (name, state) in self.composite {
            if let Some(entry) = alarms.composite.get_mut(&name) {
                entry.state = state;
            }
        }
        for (name, muted) in self.muted {
            match muted {
                Some(muted) => drop(alarms.muted.insert(name, muted)),
                None => drop(alarms.muted.remove(&name)),
            }
        }
    }
}

/// The runs of the actions that an alarm has now for its state, after they were kept.
fn kept_runs(alarms: &ScopeAlarms, name: &str, previous: AlarmState) -> Vec<Run> {
    if let Some(entry) = alarms.metric.get(name).filter(|entry| entry.alarm.actions_enabled()) {
        let to = entry.status.state.clone();
        let from = StateSnapshot { value: previous, ..to.clone() };
        let cause = RunCause::Change(StateChange { from, to });
        let actions = entry.alarm.actions().of(entry.status.state.value).iter();
        return actions
            .map(|action| metric_run(entry, &ActionRun { action: action.clone(), cause: cause.clone() }, true))
            .collect();
    }
    let Some(entry) = alarms.composite.get(name).filter(|entry| entry.alarm.actions_enabled()) else {
        return Vec::new();
    };
    let messages = composite_messages(&entry.alarm, &entry.state, previous, true);
    let actions = entry.alarm.actions(entry.state.state).iter();
    actions.map(|action| Run::new(name, COMPOSITE_ALARM, action, entry.state.updated, messages.clone(), None)).collect()
}

/// The runs of the actions for contributors that are still in the state that they went into last.
fn kept_runs_of_contributors(alarms: &ScopeAlarms, name: &str, changes: &[ContributorChange]) -> Vec<Run> {
    let Some(entry) = alarms.metric.get(name).filter(|entry| entry.alarm.actions_enabled()) else { return Vec::new() };
    let is_still = |change: &&ContributorChange| {
        let in_alarm = entry.status.contributors.iter().any(|one| one.contributor.id == change.contributor.id);
        in_alarm == (change.to.value == AlarmState::Alarm)
    };
    let runs = |change: &ContributorChange| {
        let cause = RunCause::Contributor(change.clone());
        let actions = entry.alarm.actions().of(change.to.value).iter();
        let run =
            |action: &Action| metric_run(entry, &ActionRun { action: action.clone(), cause: cause.clone() }, true);
        actions.map(run).collect::<Vec<_>>()
    };
    changes.iter().filter(is_still).flat_map(runs).collect()
}

fn metric_run(entry: &MetricEntry, run: &ActionRun, is_after_mute_window: bool) -> Run {
    let (updated, contributor) = match &run.cause {
        RunCause::Change(change) => (change.to.updated, None),
        RunCause::Contributor(change) => (change.to.updated, Some(&change.contributor)),
        RunCause::Lasting(state) => (state.updated, None),
    };
    let messages = messages(&entry.alarm, &run.cause, entry.updated, is_after_mute_window);
    Run::new(entry.alarm.name(), METRIC_ALARM, run.action.arn(), updated, messages, contributor)
}
