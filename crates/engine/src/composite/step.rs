//! One event in the life of a composite alarm.

use nepho_model::{AlarmState, Timestamp};

use super::definition::CompositeAlarm;
use super::reason::{ReasonData, TriggeringAlarm, child_changed, created, updated};
use super::reference::alarm_arn;
use super::state::{CompositeState, SuppressedBy, Suppression};

/// What has happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event<'a> {
    /// The alarm was created.
    Created,
    /// The alarm was put anew; it was this before.
    Replaced(&'a CompositeAlarm),
    /// An alarm of the rule, of this name, went into another state.
    ChildChanged(&'a str),
    /// The suppressor went into another state, or is gone.
    SuppressorChanged,
    /// The [deadline](CompositeState::deadline) has come.
    DeadlineReached,
    /// SetAlarmState was called.
    StateSet {
        /// The state.
        state: AlarmState,
        /// Why.
        reason: &'a str,
        /// Why, for programs.
        reason_data: Option<&'a str>,
    },
}

/// An alarm as others see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OtherAlarm {
    /// Its state.
    pub state: AlarmState,
    /// When it went into that state.
    pub since: Timestamp,
}

/// The alarms of the scope, by name; `None` for one that does not exist.
pub type OtherAlarms<'a> = &'a dyn Fn(&str) -> Option<OtherAlarm>;

/// What an event leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// What is to be kept.
    pub state: CompositeState,
    /// What is to be done, in this order.
    pub effects: Vec<Effect>,
}

/// Something to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// Write into the history that the state was updated, and tell the composite alarms above if it is another.
    StateUpdated {
        /// What it was.
        old: Box<CompositeState>,
        /// What it is; also [`Step::state`], unless more has happened since.
        new: Box<CompositeState>,
    },
    /// Hand the actions of a state over; a mute rule may still keep them.
    RunActions {
        /// The state, with its reason and the state before; also [`Step::state`], unless more has happened since.
        of: Box<CompositeState>,
        /// Their ARNs, at least one.
        actions: Vec<String>,
    },
    /// Write into the history that actions were not run.
    SuppressActions {
        /// The state that they are of.
        state: AlarmState,
        /// What suppresses them.
        by: SuppressedBy,
        /// The same in words: ActionsSuppressedReason.
        reason: String,
        /// Their ARNs, at least one.
        actions: Vec<String>,
    },
}

/// What an event means for a composite alarm.
///
/// A period that ends at or before `now` is over before the event happens, so a caller that was away for a while gets
/// what it missed first. An alarm in a [cycle](super::AlarmGraph::is_in_cycle) is not to be told of its children.
pub fn step(
    alarm: &CompositeAlarm,
    state: &CompositeState,
    event: Event<'_>,
    others: OtherAlarms<'_>,
    now: Timestamp,
) -> Step {
    let before = if let Event::Replaced(before) = event { before } else { alarm };
    let mut stepping = Stepping { alarm: before, others, now, state: state.clone(), effects: Vec::new() };
    stepping.end_period();
    stepping.alarm = alarm;
    match event {
        Event::Created => {
            stepping.evaluate(&stepping.all_children(), created);
        }
        Event::Replaced(before) => stepping.replaced(before),
        Event::ChildChanged(name) => stepping.child_changed(name),
        Event::SuppressorChanged => stepping.follow_suppressor(),
        Event::DeadlineReached => {}
        Event::StateSet { state, reason, reason_data } => {
            let reason_data = reason_data.map(|text| ReasonData::Given(text.to_owned()));
            stepping.update(state, reason.to_owned(), reason_data);
        }
    }
    Step { state: stepping.state, effects: stepping.effects }
}

struct Stepping<'a> {
    alarm: &'a CompositeAlarm,
    others: OtherAlarms<'a>,
    now: Timestamp,
    state: CompositeState,
    effects: Vec<Effect>,
}

impl Stepping<'_> {
    /// Since when the suppressor is in ALARM.
    fn suppressed_since(&self) -> Option<Timestamp> {
        let other = (self.others)(self.alarm.suppressor()?.alarm.name())?;
        (other.state == AlarmState::Alarm).then_some(other.since)
    }

    /// Ends a period whose time has come, unless the suppressor went into ALARM in it.
    fn end_period(&mut self) {
        let Some(until) = self.state.deadline().filter(|until| *until <= self.now) else { return };
        let is_pending = self.state.suppression.is_pending();
        if self.suppressed_since().is_some_and(|since| since < until) {
            self.state.suppression = Suppression::Alarm { is_pending };
            return;
        }
        self.release(is_pending);
    }

    fn release(&mut self, is_pending: bool) {
        self.state.suppression = Suppression::NotSuppressed;
        if is_pending {
            self.run_actions();
        }
    }

    fn run_actions(&mut self) {
        let actions = self.actions();
        if !actions.is_empty() {
            self.effects.push(Effect::RunActions { of: Box::new(self.state.clone()), actions });
        }
    }

    /// What there is to do for the state.
    fn actions(&self) -> Vec<String> {
        if self.alarm.actions_enabled() { self.alarm.actions(self.state.state).to_vec() } else { Vec::new() }
    }

    fn follow_suppressor(&mut self) {
        let suppression = self.state.suppression;
        let Some(suppressor) = self.alarm.suppressor() else { return };
        let is_in_alarm = self.suppressed_since().is_some();
        match suppression {
            Suppression::Alarm { is_pending } if !is_in_alarm => {
                let until = self.now.plus_seconds(suppressor.extension_seconds.into());
                if until > self.now {
                    self.state.suppression = Suppression::ExtensionPeriod { until, is_pending };
                } else {
                    self.release(is_pending);
                }
            }
            _ if is_in_alarm => self.state.suppression = Suppression::Alarm { is_pending: suppression.is_pending() },
            _ => {}
        }
    }

    fn replaced(&mut self, before: &CompositeAlarm) {
        let name = |alarm: &CompositeAlarm| alarm.suppressor().map(|suppressor| suppressor.alarm.name().to_owned());
        let is_same_suppressor = name(self.alarm) == name(before);
        let was_pending = self.state.suppression.is_pending();
        if !is_same_suppressor {
            let is_in_alarm = self.suppressed_since().is_some();
            self.state.suppression =
                if is_in_alarm { Suppression::Alarm { is_pending: was_pending } } else { Suppression::NotSuppressed };
        }
        let has_changed = self.evaluate(&self.all_children(), updated);
        if was_pending && !has_changed && self.state.suppression == Suppression::NotSuppressed {
            self.run_actions();
        }
    }

    fn child_changed(&mut self, name: &str) {
        let is_child = self.alarm.rule().children().iter().any(|child| child.name() == name);
        let Some(child) = self.triggering(name).filter(|_| is_child) else { return };
        let reason = child_changed(&child);
        self.evaluate(&[child], |_, _| reason);
    }

    fn triggering(&self, name: &str) -> Option<TriggeringAlarm> {
        let OtherAlarm { state, since } = (self.others)(name)?;
        Some(TriggeringAlarm { arn: alarm_arn(self.alarm.scope(), name), state, since })
    }

    fn all_children(&self) -> Vec<TriggeringAlarm> {
        self.alarm.rule().children().iter().filter_map(|child| self.triggering(child.name())).collect()
    }

    /// Goes into the state that the rule comes to, if it is another; says whether it is.
    fn evaluate(&mut self, because: &[TriggeringAlarm], reason: impl FnOnce(&str, AlarmState) -> String) -> bool {
        let others = self.others;
        let state = self.alarm.rule().evaluate(&|name| others(name).map(|other| other.state)).state;
        let is_other = state != self.state.state;
        if is_other {
            let reason = reason(&self.alarm.arn(), state);
            self.update(state, reason, Some(ReasonData::Triggering(because.to_vec())));
        }
        is_other
    }

    fn update(&mut self, state: AlarmState, reason: String, reason_data: Option<ReasonData>) {
        let old = Box::new(self.state.clone());
        let is_other = state != old.state;
        self.state = CompositeState { state, reason, reason_data, updated: self.now, ..self.state.clone() };
        if is_other {
            self.state.transitioned = self.now;
            self.state.previous = old.state;
            self.state.suppression = self.suppression_of_change();
        }
        self.effects.push(Effect::StateUpdated { old, new: Box::new(self.state.clone()) });
        if is_other {
            self.act();
        }
    }

    /// A change of state ends whatever period there was.
    fn suppression_of_change(&self) -> Suppression {
        let Some(suppressor) = self.alarm.suppressor() else { return Suppression::NotSuppressed };
        let until = self.now.plus_seconds(suppressor.wait_seconds.into());
        match self.suppressed_since() {
            Some(_) => Suppression::Alarm { is_pending: true },
            None if until > self.now => Suppression::WaitPeriod { until },
            None => Suppression::NotSuppressed,
        }
    }

    /// Runs the actions of a change, or says what keeps them.
    fn act(&mut self) {
        let (Some(by), Some(suppressor)) = (self.state.suppression.by(), self.alarm.suppressor()) else {
            return self.run_actions();
        };
        let actions = self.actions();
        if !actions.is_empty() {
            let reason = by.reason(suppressor.alarm.name());
            self.effects.push(Effect::SuppressActions { state: self.state.state, by, reason, actions });
        }
    }
}
