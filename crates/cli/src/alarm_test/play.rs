//! What the alarms do in a test, on a clock that only the test moves.

use std::collections::{BTreeMap, VecDeque};

use nepho_engine::alarm::text::{Messages, messages};
use nepho_engine::alarm::{
    self, AlarmStatus, MetricAlarm, Reading, RunCause, StateChange, StateSnapshot, cadence_seconds, evaluation_time,
    reads,
};
use nepho_engine::composite::text::messages as composite_messages;
use nepho_engine::composite::{self, AlarmGraph, CompositeState, Event, OtherAlarm};
use nepho_engine::insights::{InsightsAnswer, InsightsPlan, MAX_INSIGHTS_METRICS};
use nepho_engine::mute::{self, PutRule, muting, next_change};
use nepho_engine::search::SEARCHED_SECONDS;
use nepho_model::{AlarmState, Batch, Run, Timestamp};
use nepho_store::{COMPARISONS_MAX, MemorySamples, Samples, SearchRequest};

use super::case::{Arrival, Case};
use super::definitions::Definitions;
use super::expectation::Notification;
use super::learning::Learning;

/// What the alarms did.
#[derive(Debug, Default)]
pub(super) struct Played {
    /// For each alarm the states that it went into, with the one that it began in.
    pub(super) states: BTreeMap<String, Vec<Moment>>,
    /// For each alarm on a band since when it has had none, and why, or since when it has had one; from the first evaluation
    /// on.
    pub(super) bands: BTreeMap<String, Vec<(i64, Option<String>)>>,
    /// In the order in which they were sent.
    pub(super) notifications: Vec<Notification>,
}

/// A state from a moment on, in seconds from the test's start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Moment {
    pub(super) at: i64,
    pub(super) state: AlarmState,
    pub(super) reason: String,
}

/// Plays a case to its end.
pub(super) fn play(definitions: &Definitions, case: &Case) -> Played {
    let mut stage = Stage::new(definitions, case);
    stage.create_composites();
    while stage.go_on() {}
    stage.played
}

struct Stage<'a> {
    definitions: &'a Definitions,
    case: &'a Case,
    now: Timestamp,
    store: MemorySamples,
    arrivals: VecDeque<&'a Arrival>,
    metric: BTreeMap<&'a str, AlarmStatus>,
    composite: BTreeMap<&'a str, CompositeState>,
    graph: AlarmGraph,
    rules: Vec<PutRule<'a>>,
    muted: BTreeMap<String, Kept>,
    /// Alarms of which others have not been told yet that their state became another.
    changed: Vec<String>,
    tick_seconds: i64,
    learning: Learning,
    played: Played,
}

/// Actions that a mute rule keeps: the state that they are of, and the one before.
#[derive(Debug, Clone, Copy)]
struct Kept {
    state: AlarmState,
    previous: AlarmState,
}

impl<'a> Stage<'a> {
    fn new(definitions: &'a Definitions, case: &'a Case) -> Self {
        let start = case.start;
        let status = |(name, alarm): (&'a String, &MetricAlarm)| (name.as_str(), AlarmStatus::created(alarm, start));
        let mut stage = Stage {
            definitions,
            case,
            now: start,
            store: MemorySamples::default(),
            arrivals: case.arrivals.iter().collect(),
            metric: definitions.metric.iter().map(status).collect(),
            composite: BTreeMap::new(),
            graph: definitions.composite.values().collect(),
            rules: definitions.mutes.iter().map(|rule| PutRule { rule, created: start }).collect(),
            muted: BTreeMap::new(),
            changed: Vec::new(),
            // Nothing is due between the evaluations of the alarm that is evaluated most often.
            tick_seconds: definitions.metric.values().map(cadence_seconds).min().unwrap_or(60),
            learning: Learning::new(definitions, start),
            played: Played::default(),
        };
        for (name, status) in &stage.metric {
            let first = Moment { at: 0, state: status.state.value, reason: status.state.reason.clone() };
            stage.played.states.insert((*name).to_owned(), vec![first]);
        }
        stage
    }

    /// Composite alarms are created behind the alarms of their rules.
    fn create_composites(&mut self) {
        let mut left: Vec<&'a str> = self.definitions.composite.keys().map(String::as_str).collect();
        while !left.is_empty() {
            let is_ready = |name: &&str| !self.graph.children(name).any(|child| left.contains(&child));
            // What is in a cycle is never ready.
            let next = left.iter().position(is_ready).unwrap_or(0);
            let name = left.remove(next);
            let created = CompositeState::created(self.now);
            let first = Moment { at: 0, state: created.state, reason: created.reason.clone() };
            self.played.states.insert(name.to_owned(), vec![first]);
            self.composite.insert(name, created);
            self.tell(name, Event::Created);
        }
        self.changed.clear();
    }

    /// Goes on to what falls due next; false when that is behind the end.
    fn go_on(&mut self) -> bool {
        let tick = Timestamp::from_seconds((self.now.seconds().div_euclid(self.tick_seconds) + 1) * self.tick_seconds);
        let deadlines = self.composite.values().filter_map(CompositeState::deadline);
        let windows = self.muted.keys().filter_map(|name| next_change(&self.rules, name, self.now));
        let next = deadlines.chain(windows).filter(|deadline| *deadline > self.now).chain([tick]).min().unwrap_or(tick);
        if next > self.case.end {
            return false;
        }
        self.now = next;
        self.receive();
        self.end_periods();
        self.learning.train(&self.store, &self.definitions.scope, self.now);
        self.evaluate();
        self.cascade();
        true
    }

    fn seconds(&self, time: Timestamp) -> i64 {
        (time.millis() - self.case.start.millis()).div_euclid(1000)
    }

    /// Stores what has arrived.
    fn receive(&mut self) {
        while let Some(arrival) = self.arrivals.front().filter(|arrival| arrival.at <= self.now) {
            let mut batch = Batch::default();
            let key = batch.known_key(arrival.metric.key());
            batch.push(key, arrival.unit, arrival.resolution, arrival.time, arrival.cell.clone());
            let receipt = self.store.append(&self.definitions.scope, &batch, arrival.at);
            receipt.wait().expect("memory takes what it is given");
            self.arrivals.pop_front();
        }
    }

    /// Lets periods of composite alarms end, and windows in which actions are kept.
    fn end_periods(&mut self) {
        let now = self.now;
        let is_due = |state: &CompositeState| state.deadline().is_some_and(|deadline| deadline <= now);
        let due: Vec<&str> = self.composite.iter().filter(|(_, state)| is_due(state)).map(|(name, _)| *name).collect();
        for name in due {
            self.tell(name, Event::DeadlineReached);
        }
        for (name, kept) in self.muted.clone() {
            let Some(other) = self.other(&name) else { continue };
            let muting = muting(&self.rules, &name, now);
            let step = mute::step(Some(kept.state), mute::Event::MutingChanged, other.state, muting.as_ref());
            if step.muted.is_none() {
                self.muted.remove(&name);
            }
            if step.effect.is_some() {
                self.run_kept(&name, kept);
            }
        }
    }

    /// Sends what a mute rule has kept until now.
    fn run_kept(&mut self, name: &str, kept: Kept) {
        let definitions = self.definitions;
        if let (Some(alarm), Some(status)) = (definitions.metric.get(name), self.metric.get(name)) {
            let to = status.state.clone();
            let from = StateSnapshot { value: kept.previous, ..to.clone() };
            let messages = messages(alarm, &RunCause::Change(StateChange { from, to }), self.case.start, true);
            for action in alarm.actions().of(kept.state).iter().filter(|_| alarm.actions_enabled()) {
                self.send(name, kept.state, action.arn(), &messages);
            }
        } else if let (Some(alarm), Some(state)) = (definitions.composite.get(name), self.composite.get(name)) {
            let messages = composite_messages(alarm, state, kept.previous, true);
            for action in alarm.actions(kept.state).iter().filter(|_| alarm.actions_enabled()) {
                self.send(name, kept.state, action, &messages);
            }
        }
    }

    /// Evaluates the metric alarms that are due.
    fn evaluate(&mut self) {
        let definitions = self.definitions;
        let now = self.now;
        for (name, alarm) in definitions.metric.iter().filter(|(_, alarm)| evaluation_time(alarm, now) == now) {
            let observed = match reads(alarm, now) {
                Reading::Points(points) => {
                    let answers = self.store.read(&definitions.scope, points.reads()).into_iter();
                    let answers: Vec<_> = answers.map(|one| one.map_err(|error| error.to_string())).collect();
                    points.observe(&answers, &self.learning.models(alarm))
                }
                Reading::Insights(reading) => {
                    let since = now.plus_seconds(-SEARCHED_SECONDS);
                    let request = SearchRequest {
                        search: reading.search(),
                        seen_since: Some(since),
                        comparisons_max: COMPARISONS_MAX,
                    };
                    match self.store.search(&definitions.scope, &request, MAX_INSIGHTS_METRICS) {
                        Ok(found) => {
                            let plan = reading.plan(found.metrics, found.has_more);
                            reading.observe(&self.aggregate(&plan))
                        }
                        Err(error) => reading.failed(error.to_string()),
                    }
                }
            };
            if let alarm::Condition::Band { .. } = alarm.condition() {
                let (at, lack) = (self.seconds(now), self.learning.lack(alarm));
                let bands = self.played.bands.entry(name.clone()).or_default();
                if bands.last().is_none_or(|(_, last)| *last != lack) {
                    bands.push((at, lack));
                }
            }
            let status = &self.metric[name.as_str()];
            let step = alarm::step(alarm, status, &observed, now);
            self.take(name, alarm, step);
        }
    }

    fn aggregate(&self, plan: &InsightsPlan) -> InsightsAnswer {
        let mut gathering = plan.gathering();
        let mut add = |read: usize, run: &Run<'_>| gathering.add_run(read, run);
        let outcomes = self.store.each_run(&self.definitions.scope, plan.reads(), plan.numbers(), &mut [&mut add]);
        outcomes.into_iter().filter_map(Result::err).for_each(|error| gathering.fail(error.to_string()));
        gathering.finish()
    }

    fn take(&mut self, name: &'a str, alarm: &MetricAlarm, step: alarm::Step) {
        let previous = self.metric[name].state.value;
        let mut runs = Vec::new();
        for effect in step.effects {
            match effect {
                alarm::Effect::State(change) => {
                    if change.is_transition() {
                        self.changed.push(name.to_owned());
                    }
                    self.note(name, change.to.value, &change.to.reason);
                }
                alarm::Effect::Contributor(_) => {}
                alarm::Effect::Run(run) => {
                    let state = match &run.cause {
                        RunCause::Change(change) => change.to.value,
                        RunCause::Contributor(change) => change.to.value,
                        RunCause::Lasting(state) => state.value,
                    };
                    let messages = messages(alarm, &run.cause, self.case.start, false);
                    runs.push((state, run.action.arn().to_owned(), messages));
                }
            }
        }
        if let Some(status) = step.status {
            self.metric.insert(name, *status);
        }
        self.run(name, Kept { state: step.state, previous }, runs);
    }

    fn tell(&mut self, name: &'a str, event: Event<'_>) {
        let alarm = &self.definitions.composite[name];
        let state = &self.composite[name];
        let step = composite::step(alarm, state, event, &|name| self.other(name), self.now);
        self.composite.insert(name, step.state);
        for effect in step.effects {
            match effect {
                composite::Effect::StateUpdated { old, new } => {
                    if old.state != new.state {
                        self.changed.push(name.to_owned());
                    }
                    self.note(name, new.state, &new.reason);
                }
                composite::Effect::RunActions { of, actions } => {
                    let messages = composite_messages(alarm, &of, of.previous, false);
                    let runs = actions.into_iter().map(|action| (of.state, action, messages.clone())).collect();
                    self.run(name, Kept { state: of.state, previous: of.previous }, runs);
                }
                composite::Effect::SuppressActions { .. } => {}
            }
        }
    }

    fn other(&self, name: &str) -> Option<OtherAlarm> {
        let metric = self.metric.get(name);
        let metric = metric.map(|status| OtherAlarm { state: status.state.value, since: status.transitioned });
        let composite = || self.composite.get(name);
        metric.or_else(|| composite().map(|state| OtherAlarm { state: state.state, since: state.transitioned }))
    }

    /// Tells composite alarms of every change, and of those that come of it.
    fn cascade(&mut self) {
        let composite = &self.definitions.composite;
        while !self.changed.is_empty() {
            let mut told = std::mem::take(&mut self.changed);
            let names: Vec<&str> = told.iter().map(String::as_str).collect();
            let order: Vec<String> = self.graph.cascade(&names).into_iter().map(str::to_owned).collect();
            for parent in &order {
                let Some((parent, _)) = composite.get_key_value(parent) else { continue };
                let children: Vec<_> = self.graph.children(parent).map(str::to_owned).collect();
                for child in children.iter().filter(|child| told.contains(child)) {
                    self.tell(parent, Event::ChildChanged(child));
                }
                told.append(&mut self.changed);
            }
            for (name, alarm) in composite {
                let suppressor = alarm.suppressor().map(|suppressor| suppressor.alarm.name());
                if suppressor.is_some_and(|suppressor| told.iter().any(|one| one == suppressor)) {
                    self.tell(name, Event::SuppressorChanged);
                }
            }
        }
    }

    /// Runs actions, unless a mute rule keeps them.
    fn run(&mut self, name: &str, is: Kept, runs: Vec<(AlarmState, String, Messages)>) {
        if runs.is_empty() {
            return;
        }
        let muting = muting(&self.rules, name, self.now);
        let before = self.muted.get(name).map(|kept| kept.state);
        let step = mute::step(before, mute::Event::ActionsDue, is.state, muting.as_ref());
        match step.muted {
            Some(_) => drop(self.muted.insert(name.to_owned(), is)),
            None => drop(self.muted.remove(name)),
        }
        if step.effect != Some(mute::Effect::MuteActions) {
            for (state, action, messages) in runs {
                self.send(name, state, &action, &messages);
            }
        }
    }

    fn send(&mut self, name: &str, state: AlarmState, action: &str, messages: &Messages) {
        self.played.notifications.push(Notification {
            at: self.seconds(self.now),
            alarm: name.to_owned(),
            state,
            action: action.to_owned(),
            subject: messages.subject.clone(),
            message: serde_json::from_str(&messages.default).expect("the message is JSON"),
        });
    }

    fn note(&mut self, name: &str, state: AlarmState, reason: &str) {
        let moment = Moment { at: self.seconds(self.now), state, reason: reason.to_owned() };
        self.played.states.entry(name.to_owned()).or_default().push(moment);
    }
}
