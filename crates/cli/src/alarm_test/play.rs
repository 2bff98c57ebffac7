//! What the alarms do in a test, on a clock that only the test moves. They make the turns that they make in the server.

use std::collections::{BTreeMap, VecDeque};

use nepho_engine::alarm::{
    self, AlarmStatus, Condition, MetricAlarm, Observed, Reading, cadence_seconds, evaluation_time, reads,
};
use nepho_engine::composite::{CompositeState, Event};
use nepho_engine::insights::{InsightsAnswer, InsightsPlan, MAX_INSIGHTS_METRICS};
use nepho_engine::mute::MuteRule;
use nepho_engine::search::SEARCHED_SECONDS;
use nepho_engine::turn::{CompositeEntry, MetricEntry, MuteEntry, ScopeAlarms, Turn, Turned};
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
    definitions.mutes.iter().for_each(|rule| stage.put_mute(rule));
    definitions.metric.values().for_each(|alarm| stage.put_metric(alarm));
    stage.put_composites();
    while stage.go_on() {}
    stage.played
}

struct Stage<'a> {
    definitions: &'a Definitions,
    case: &'a Case,
    now: Timestamp,
    store: MemorySamples,
    arrivals: VecDeque<&'a Arrival>,
    alarms: ScopeAlarms,
    tick_seconds: i64,
    learning: Learning,
    played: Played,
}

impl<'a> Stage<'a> {
    fn new(definitions: &'a Definitions, case: &'a Case) -> Self {
        Stage {
            definitions,
            case,
            now: case.start,
            store: MemorySamples::default(),
            arrivals: case.arrivals.iter().collect(),
            alarms: ScopeAlarms { graph: definitions.composite.values().collect(), ..ScopeAlarms::default() },
            // Nothing is due between the evaluations of the alarm that is evaluated most often.
            tick_seconds: definitions.metric.values().map(cadence_seconds).min().unwrap_or(60),
            learning: Learning::new(definitions, case.start),
            played: Played::default(),
        }
    }

    fn put_mute(&mut self, rule: &MuteRule) {
        let entry = MuteEntry { rule: rule.clone(), created: self.now, updated: self.now };
        self.alarms.mutes.insert(rule.name().to_owned(), entry);
    }

    fn put_metric(&mut self, alarm: &MetricAlarm) {
        let status = AlarmStatus::created(alarm, self.now);
        self.note(alarm.name(), status.state.value, &status.state.reason);
        let entry = MetricEntry { alarm: alarm.clone(), status, updated: self.now };
        self.alarms.metric.insert(alarm.name().to_owned(), entry);
    }

    /// Composite alarms are put behind the alarms of their rules.
    fn put_composites(&mut self) {
        let mut left: Vec<&str> = self.definitions.composite.keys().map(String::as_str).collect();
        while !left.is_empty() {
            let is_ready = |name: &&str| !self.alarms.graph.children(name).any(|child| left.contains(&child));
            // What is in a cycle is never ready.
            let next = left.iter().position(is_ready).unwrap_or(0);
            let alarm = self.definitions.composite[left.remove(next)].clone();
            let (name, state) = (alarm.name().to_owned(), CompositeState::created(self.now));
            self.note(&name, state.state, &state.reason);
            let mut turn = Turn::new(&self.alarms, self.now);
            // An alarm that depends on itself is not evaluated.
            if !self.alarms.graph.is_in_cycle(&name) {
                turn.meet(&alarm, &state, Event::Created);
            }
            let mut turned = turn.end();
            let state = turned.take_composite(&name).unwrap_or(state);
            self.alarms.composite.insert(name, CompositeEntry { alarm, state, updated: self.now });
            self.keep(turned);
        }
    }

    /// Goes on to what falls due next; false when that is behind the end.
    fn go_on(&mut self) -> bool {
        let tick = Timestamp::from_seconds((self.now.seconds().div_euclid(self.tick_seconds) + 1) * self.tick_seconds);
        let deadline = self.alarms.next_deadline(self.now).filter(|deadline| *deadline > self.now);
        let next = deadline.into_iter().chain([tick]).min().unwrap_or(tick);
        if next > self.case.end {
            return false;
        }
        self.now = next;
        self.receive();
        let mut turn = Turn::new(&self.alarms, self.now);
        turn.reach_deadlines(self.now);
        let turned = turn.end();
        self.keep(turned);
        self.learning.train(&self.store, &self.definitions.scope, self.now);
        self.note_bands();
        let mut turn = Turn::new(&self.alarms, self.now);
        self.due().for_each(|entry| turn.take(entry, self.step(entry)));
        let turned = turn.end();
        self.keep(turned);
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

    /// The metric alarms that are evaluated now.
    fn due(&self) -> impl Iterator<Item = &MetricEntry> {
        self.alarms.metric.values().filter(|entry| evaluation_time(&entry.alarm, self.now) == self.now)
    }

    fn step(&self, entry: &MetricEntry) -> alarm::Step {
        alarm::step(&entry.alarm, &entry.status, &self.observed(&entry.alarm), self.now)
    }

    fn observed(&self, alarm: &MetricAlarm) -> Observed {
        match reads(alarm, self.now) {
            Reading::Points(points) => {
                let answers = self.store.read(&self.definitions.scope, points.reads()).into_iter();
                let answers: Vec<_> = answers.map(|one| one.map_err(|error| error.to_string())).collect();
                points.observe(&answers, &self.learning.models(alarm))
            }
            Reading::Insights(reading) => {
                let since = self.now.plus_seconds(-SEARCHED_SECONDS);
                let request = SearchRequest {
                    search: reading.search(),
                    seen_since: Some(since),
                    comparisons_max: COMPARISONS_MAX,
                };
                match self.store.search(&self.definitions.scope, &request, MAX_INSIGHTS_METRICS) {
                    Ok(found) => {
                        let plan = reading.plan(found.metrics, found.has_more);
                        reading.observe(&self.aggregate(&plan))
                    }
                    Err(error) => reading.failed(error.to_string()),
                }
            }
        }
    }

    fn aggregate(&self, plan: &InsightsPlan) -> InsightsAnswer {
        let mut gathering = plan.gathering();
        let mut add = |read: usize, run: &Run<'_>| gathering.add_run(read, run);
        let outcomes = self.store.each_run(&self.definitions.scope, plan.reads(), plan.numbers(), &mut [&mut add]);
        outcomes.into_iter().filter_map(Result::err).for_each(|error| gathering.fail(error.to_string()));
        gathering.finish()
    }

    /// Notes which alarms on bands have one now.
    fn note_bands(&mut self) {
        let is_of_band = |entry: &&MetricEntry| matches!(entry.alarm.condition(), Condition::Band { .. });
        let due = self.due().filter(is_of_band);
        let lacks: Vec<_> =
            due.map(|entry| (entry.alarm.name().to_owned(), self.learning.lack(&entry.alarm))).collect();
        let at = self.seconds(self.now);
        for (name, lack) in lacks {
            let bands = self.played.bands.entry(name).or_default();
            if bands.last().is_none_or(|(_, last)| *last != lack) {
                bands.push((at, lack));
            }
        }
    }

    /// Takes over what a turn came to; what it runs is sent.
    fn keep(&mut self, turned: Turned) {
        for updated in &turned.updates {
            self.note(&updated.alarm, updated.state, &updated.reason);
        }
        for run in &turned.runs {
            self.played.notifications.push(Notification {
                at: self.seconds(self.now),
                alarm: run.alarm.clone(),
                state: run.state,
                action: run.action.clone(),
                subject: run.messages.subject.clone(),
                message: serde_json::from_str(&run.messages.default).expect("the message is JSON"),
            });
        }
        turned.keep(&mut self.alarms);
    }

    fn note(&mut self, name: &str, state: AlarmState, reason: &str) {
        let moment = Moment { at: self.seconds(self.now), state, reason: reason.to_owned() };
        self.played.states.entry(name.to_owned()).or_default().push(moment);
    }
}
