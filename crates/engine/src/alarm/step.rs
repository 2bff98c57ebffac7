//! One evaluation of a metric alarm.

use nepho_model::{AlarmState, Timestamp};

use super::action::ActionKind;
use super::contributors::{Contributed, contribute};
use super::decide::{Why, decide};
use super::definition::MetricAlarm;
use super::effect::{ActionRun, Effect, RunCause, StateChange};
use super::observed::{Answer, Datum, Observed};
use super::rule::Rule;
use super::status::{AlarmStatus, EvaluationState, StateSnapshot};
use super::text::{Evaluated, bare_reason_data, reason_data, series_reason};

/// How often an Auto Scaling action is run while the state lasts, in seconds.
const REPEAT_SECONDS: i64 = 60;

/// What an evaluation leads to.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// The state of the alarm now.
    pub state: AlarmState,
    /// What is to be kept from now on; `None` where it is what it was.
    pub status: Option<Box<AlarmStatus>>,
    /// What is to be done, in this order.
    pub effects: Vec<Effect>,
    /// Why.
    pub why: Why,
}

impl Step {
    /// The update of the alarm's state, if there was one.
    pub fn change(&self) -> Option<&StateChange> {
        self.effects.iter().find_map(|effect| match effect {
            Effect::State(change) => Some(&**change),
            Effect::Contributor(_) | Effect::Run(_) => None,
        })
    }
}

/// Evaluates an alarm: what it is found to be after what it was and what was observed, and what is to be done.
///
/// The same again, with the status that came of it, leads to nothing but Auto Scaling actions, which are run again every
/// minute.
pub fn step(alarm: &MetricAlarm, status: &AlarmStatus, observed: &Observed, now: Timestamp) -> Step {
    let stepping = Stepping { alarm, status, observed, now };
    let is_warming_up = status.is_warming_up && !stepping.is_warm();
    if is_warming_up {
        return stepping.stay(Why::of(Rule::WarmingUp), Some(EvaluationState::InWarmUp));
    }
    let partial = observed.is_partial.then_some(EvaluationState::PartialData);
    match &observed.answer {
        Answer::Failed { is_transient, .. } => {
            let state =
                if *is_transient { EvaluationState::EvaluationFailure } else { EvaluationState::EvaluationError };
            stepping.stay(Why::of(Rule::NotEvaluated), Some(state))
        }
        Answer::Series(data) => {
            let decision = decide(alarm, data);
            let why = decision.why;
            let step = match decision.state.filter(|state| *state != status.state.value) {
                None => stepping.stay(why, partial),
                Some(state) => {
                    let evaluated = Evaluated { alarm, windows: &observed.windows, data, why, state };
                    let (reason, reason_data) = (series_reason(&evaluated), reason_data(&evaluated, now));
                    stepping.go(state, reason, reason_data, why, partial)
                }
            };
            stepping.forget_contributors(step)
        }
        Answer::Contributors(series) => {
            stepping.follow(contribute(alarm, &status.contributors, observed, series, now), partial)
        }
    }
}

struct Stepping<'a> {
    alarm: &'a MetricAlarm,
    status: &'a AlarmStatus,
    observed: &'a Observed,
    now: Timestamp,
}

impl Stepping<'_> {
    /// Whether a new alarm has waited long enough, or has all the data that it waits for.
    fn is_warm(&self) -> bool {
        let Some(warm_up) = self.alarm.warm_up() else { return true };
        let needed = self.alarm.evaluation_periods() as usize;
        let is_whole = |data: &[Option<Datum>]| data.iter().take(needed).all(Option::is_some);
        let has_data = || match &self.observed.answer {
            Answer::Series(data) => is_whole(data),
            Answer::Contributors(series) => series.iter().any(|series| is_whole(&series.data)),
            Answer::Failed { .. } => false,
        };
        self.now >= warm_up.end(self.status.created) || (!warm_up.is_to_the_end() && has_data())
    }

    /// The state stays.
    fn stay(&self, why: Why, evaluation_state: Option<EvaluationState>) -> Step {
        let status = self.status;
        let is_warming_up = why.rule == Rule::WarmingUp;
        let is_same = (status.evaluation_state, status.is_warming_up) == (evaluation_state, is_warming_up);
        let changed = (!is_same).then(|| Box::new(AlarmStatus { evaluation_state, is_warming_up, ..status.clone() }));
        let effects = if is_warming_up { Vec::new() } else { self.repeats() };
        Step { state: status.state.value, status: changed, effects, why }
    }

    /// Actions that are run again while the state lasts.
    fn repeats(&self) -> Vec<Effect> {
        if self.observed.time.seconds() % REPEAT_SECONDS != 0 {
            return Vec::new();
        }
        let state = &self.status.state;
        let actions = self.alarm.enabled_actions(state.value).iter();
        let scaling = actions.filter(|action| action.kind() == ActionKind::Scaling);
        let cause = || RunCause::Lasting(state.clone());
        scaling.map(|action| Effect::Run(Box::new(ActionRun { action: action.clone(), cause: cause() }))).collect()
    }

    /// The state becomes another.
    fn go(
        &self,
        value: AlarmState,
        reason: String,
        reason_data: String,
        why: Why,
        evaluation_state: Option<EvaluationState>,
    ) -> Step {
        let to = StateSnapshot { value, reason, reason_data: Some(reason_data), updated: self.now };
        let (status, effects) = update(self.alarm, self.status, to);
        let status = AlarmStatus { evaluation_state, is_warming_up: false, ..status };
        Step { state: value, status: Some(Box::new(status)), effects, why }
    }

    /// An alarm that was on many series once and was put anew has no contributors any more.
    fn forget_contributors(&self, mut step: Step) -> Step {
        if !self.status.contributors.is_empty() {
            step.status.get_or_insert_with(|| Box::new(self.status.clone())).contributors.clear();
        }
        step
    }

    /// The state is what the contributors make it.
    fn follow(&self, contributed: Contributed, evaluation_state: Option<EvaluationState>) -> Step {
        let Contributed { state, reason, why, in_alarm, changes } = contributed;
        let is_same = state == self.status.state.value;
        let mut step = match is_same {
            true => self.stay(why, evaluation_state),
            false => self.go(state, reason, bare_reason_data(self.now), why, evaluation_state),
        };
        if changes.is_empty() && in_alarm == self.status.contributors {
            return step;
        }
        let mut status = step.status.take().unwrap_or_else(|| Box::new(self.status.clone()));
        status.contributors = in_alarm;
        // Whoever is told of the contributor is not told of the alarm as well.
        let is_told = changes.iter().any(|change| change.to.value == state);
        step.effects.retain(|effect| match effect {
            Effect::Run(run) => !(is_told && run.action.kind().is_of_contributor()),
            Effect::State(_) | Effect::Contributor(_) => true,
        });
        let mut effects = Vec::new();
        for change in changes {
            let actions = self.alarm.enabled_actions(change.to.value).iter();
            let told = actions.filter(|action| action.kind().is_of_contributor());
            let cause = || RunCause::Contributor(change.clone());
            let runs: Vec<_> = told
                .map(|action| Effect::Run(Box::new(ActionRun { action: action.clone(), cause: cause() })))
                .collect();
            effects.push(Effect::Contributor(Box::new(change)));
            effects.extend(runs);
        }
        effects.append(&mut step.effects);
        Step { status: Some(status), effects, ..step }
    }
}

/// The status of an alarm whose state is set, and what is to be done about that.
pub(super) fn update(alarm: &MetricAlarm, status: &AlarmStatus, to: StateSnapshot) -> (AlarmStatus, Vec<Effect>) {
    let change = StateChange { from: status.state.clone(), to: to.clone() };
    let is_transition = change.is_transition();
    let actions = if is_transition { alarm.enabled_actions(to.value) } else { &[] };
    let mut effects = Vec::with_capacity(actions.len() + 1);
    effects.push(Effect::State(Box::new(change.clone())));
    effects.extend(actions.iter().map(|action| {
        let cause = RunCause::Change(change.clone());
        Effect::Run(Box::new(ActionRun { action: action.clone(), cause }))
    }));
    let transitioned = if is_transition { to.updated } else { status.transitioned };
    (AlarmStatus { state: to, transitioned, ..status.clone() }, effects)
}
