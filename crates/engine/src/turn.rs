//! One change of the alarms of a scope: what becomes of an event, and of all that follows from it.
//!
//! A [`Turn`] is made of an event: an evaluation, an operation, a deadline. Composite alarms follow in the order of their graph,
//! suppressors are told, mute rules keep actions. What is new is kept apart until the turn has [ended](Turn::end) and
//! [`Turned::keep`] takes it over, so that what cannot be written has not happened. The server and the tests of alarms make the
//! same turns.

mod alarms;
mod muted;
mod run;

use std::collections::{BTreeMap, BTreeSet};

use nepho_model::{AlarmState, Timestamp};

pub use alarms::{CompositeEntry, MetricEntry, MuteEntry, ScopeAlarms};
pub use muted::{MUTED_CONTRIBUTORS_MAX, Muted};
pub use run::Run;

use crate::alarm::text::{HistoryItem, contributor_item, muted_item, state_item};
use crate::alarm::{self, AlarmStatus};
use crate::composite::text::{messages as composite_messages, update_item};
use crate::composite::{self, CompositeAlarm, CompositeState, Event, OtherAlarm};
use crate::mute::{self, PutRule, muting};
use run::{kept_runs, kept_runs_of_contributors};

/// Which kind an alarm is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AlarmType {
    /// On a metric, an expression or a query.
    Metric,
    /// On other alarms.
    Composite,
}

impl AlarmType {
    /// CloudWatch's name of it.
    pub const fn as_str(self) -> &'static str {
        match self {
            AlarmType::Metric => "MetricAlarm",
            AlarmType::Composite => "CompositeAlarm",
        }
    }
}

/// An item of a history, and whose and of when it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Noted {
    /// Whose.
    pub alarm: String,
    /// Of which kind the alarm is.
    pub alarm_type: AlarmType,
    /// When.
    pub at: Timestamp,
    /// The item.
    pub item: HistoryItem,
}

/// An update of a state, which may be the same as before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Updated {
    /// Whose.
    pub alarm: String,
    /// The state.
    pub state: AlarmState,
    /// Why.
    pub reason: String,
}

/// What a turn has come to so far.
#[derive(Debug)]
pub struct Turn<'a> {
    alarms: &'a ScopeAlarms,
    rules: Vec<PutRule<'a>>,
    now: Timestamp,
    /// Alarms of which others have not been told yet that their state became another.
    changed: Vec<String>,
    /// Alarms that are deleted in this turn.
    gone: BTreeSet<String>,
    turned: Turned,
}

/// What a turn came to, to be written and then kept.
#[derive(Debug, Default)]
pub struct Turned {
    /// What metric alarms are now.
    pub metric: BTreeMap<String, AlarmStatus>,
    /// What composite alarms are now.
    pub composite: BTreeMap<String, CompositeState>,
    /// The actions that mute rules keep, or keep no more.
    pub muted: BTreeMap<String, Option<Muted>>,
    /// All updates of states, in their order.
    pub updates: Vec<Updated>,
    /// What the histories say of it.
    pub history: Vec<Noted>,
    /// The actions that are to be run.
    pub runs: Vec<Run>,
}

impl<'a> Turn<'a> {
    /// Nothing has happened yet.
    pub fn new(alarms: &'a ScopeAlarms, now: Timestamp) -> Self {
        Turn {
            alarms,
            rules: alarms.put_rules(),
            now,
            changed: Vec::new(),
            gone: BTreeSet::new(),
            turned: Turned::default(),
        }
    }

    /// When it is.
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// An alarm as composite alarms see it now.
    fn other(&self, name: &str) -> Option<OtherAlarm> {
        if self.gone.contains(name) {
            return None;
        }
        let metric = self
            .turned
            .metric
            .get(name)
            .map(|status| OtherAlarm { state: status.state.value, since: status.transitioned });
        let composite = || {
            self.turned.composite.get(name).map(|state| OtherAlarm { state: state.state, since: state.transitioned })
        };
        metric.or_else(composite).or_else(|| self.alarms.other(name))
    }

    /// Takes what an evaluation, or SetAlarmState, made of a metric alarm.
    pub fn take(&mut self, entry: &MetricEntry, step: alarm::Step) {
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
                    self.update(name, change.to.value, &change.to.reason);
                    self.note(name, AlarmType::Metric, state_item(&change, None));
                }
                alarm::Effect::Contributor(change) => {
                    self.note(name, AlarmType::Metric, contributor_item(&change));
                    contributors.push(*change);
                }
                alarm::Effect::Run(run) => runs.push(Run::metric(entry, &run, false)),
            }
        }
        self.run(name, AlarmType::Metric, Muted { state: step.state, previous, contributors }, runs);
        if let Some(status) = step.status {
            self.turned.metric.insert(name.to_owned(), *status);
        }
    }

    /// A composite alarm meets an event.
    pub fn meet(&mut self, alarm: &CompositeAlarm, state: &CompositeState, event: Event<'_>) {
        let step = composite::step(alarm, state, event, &|name| self.other(name), self.now);
        for effect in step.effects {
            match effect {
                composite::Effect::StateUpdated { old, new } => {
                    if old.state != new.state {
                        self.changed.push(alarm.name().to_owned());
                    }
                    self.update(alarm.name(), new.state, &new.reason);
                    self.note(alarm.name(), AlarmType::Composite, update_item(alarm, &old, &new));
                }
                composite::Effect::RunActions { of, actions } => {
                    let messages = composite_messages(alarm, &of, of.previous, false);
                    let run = |action: &String| Run::composite(alarm.name(), action, &of, messages.clone());
                    let runs = actions.iter().map(run).collect();
                    let is = Muted { state: of.state, previous: of.previous, contributors: Vec::new() };
                    self.run(alarm.name(), AlarmType::Composite, is, runs);
                }
                // The update of the state says what suppresses them.
                composite::Effect::SuppressActions { .. } => {}
            }
        }
        if step.state != *state {
            self.turned.composite.insert(alarm.name().to_owned(), step.state);
        }
    }

    /// Runs actions of the state that an alarm is in, unless a mute rule keeps them.
    fn run(&mut self, name: &str, alarm_type: AlarmType, is: Muted, runs: Vec<Run>) {
        let Some(updated) = runs.first().map(|run| run.state_updated) else { return };
        let muting = muting(&self.rules, name, self.now);
        let before = self.muted_of(name);
        let kept = before.as_ref().map(|muted| muted.state);
        let step = mute::step(kept, mute::Event::ActionsDue, is.state, muting.as_ref());
        match (step.effect, muting) {
            (Some(mute::Effect::MuteActions), Some(muting)) => {
                let item = muted_item(&muting.summary(), updated, muting.until);
                self.note(name, alarm_type, item);
            }
            _ => self.turned.runs.extend(runs),
        }
        let muted = step.muted.map(|_| is.after(before.clone()));
        if muted != before {
            self.turned.muted.insert(name.to_owned(), muted);
        }
    }

    fn muted_of(&self, name: &str) -> Option<Muted> {
        self.turned.muted.get(name).cloned().unwrap_or_else(|| self.alarms.muted.get(name).cloned())
    }

    /// Lets everything happen that is due by `due` and is no evaluation: periods of composite alarms end, and windows in
    /// which actions are kept.
    pub fn reach_deadlines(&mut self, due: Timestamp) {
        let alarms = self.alarms;
        let is_due = |entry: &CompositeEntry| entry.state.deadline().is_some_and(|deadline| deadline <= due);
        for (name, _) in alarms.composite.iter().filter(|(_, entry)| is_due(entry)) {
            self.tell(name, Event::DeadlineReached);
        }
        self.unmute(&alarms.put_rules());
    }

    /// Runs the actions that were kept of alarms which are not muted any more by these rules, if they are still in the
    /// state that they went into.
    pub fn unmute(&mut self, rules: &[PutRule<'_>]) {
        let alarms = self.alarms;
        for (name, muted) in &alarms.muted {
            let Some(state) = alarms.other(name).map(|other| other.state) else { continue };
            let muting = muting(rules, name, self.now);
            let step = mute::step(Some(muted.state), mute::Event::MutingChanged, state, muting.as_ref());
            if step.muted.is_some() {
                continue;
            }
            self.turned.muted.insert(name.clone(), None);
            if !muted.contributors.is_empty() && state != AlarmState::InsufficientData {
                self.turned.runs.extend(kept_runs_of_contributors(alarms, name, &muted.contributors));
            } else if step.effect.is_some() {
                let runs = kept_runs(alarms, name, muted.previous);
                self.turned.runs.extend(runs);
            }
        }
    }

    /// Tells composite alarms of every change there was, and of those that come of it.
    fn cascade(&mut self) {
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
    pub fn tell(&mut self, name: &str, event: Event<'_>) {
        let alarms = self.alarms;
        let Some(entry) = alarms.composite.get(name) else { return };
        let state = self.turned.composite.get(name).unwrap_or(&entry.state).clone();
        self.meet(&entry.alarm, &state, event);
    }

    /// An alarm is deleted, which may be a suppressor.
    pub fn remove(&mut self, name: &str) {
        self.gone.insert(name.to_owned());
        self.tell_suppressed(&[name.to_owned()]);
    }

    /// Adds what is to be known of it later.
    pub fn note(&mut self, alarm: &str, alarm_type: AlarmType, item: HistoryItem) {
        self.turned.history.push(Noted { alarm: alarm.to_owned(), alarm_type, at: self.now, item });
    }

    fn update(&mut self, alarm: &str, state: AlarmState, reason: &str) {
        self.turned.updates.push(Updated { alarm: alarm.to_owned(), state, reason: reason.to_owned() });
    }

    /// Ends the turn: composite alarms are told of every change there was.
    pub fn end(mut self) -> Turned {
        self.cascade();
        self.turned
    }
}

impl Turned {
    /// Whether nothing has happened.
    pub fn is_empty(&self) -> bool {
        let has_states = !(self.metric.is_empty() && self.composite.is_empty() && self.muted.is_empty());
        !has_states && self.history.is_empty() && self.runs.is_empty()
    }

    /// Takes the state of a composite alarm out, which is not kept yet, or not any more.
    pub fn take_composite(&mut self, name: &str) -> Option<CompositeState> {
        self.composite.remove(name)
    }

    /// Keeps what is written.
    pub fn keep(self, alarms: &mut ScopeAlarms) {
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
