//! Actions that a turn has to run.

use nepho_model::{AlarmState, Timestamp};

use super::AlarmType;
use super::alarms::{CompositeEntry, MetricEntry, ScopeAlarms};
use crate::alarm::text::{Messages, messages};
use crate::alarm::{Action, ActionRun, Contributor, ContributorChange, RunCause, StateChange, StateSnapshot};
use crate::composite::CompositeState;
use crate::composite::text::messages as composite_messages;

/// An action that is to be run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// Whose action it is.
    pub alarm: String,
    /// Of which kind the alarm is.
    pub alarm_type: AlarmType,
    /// The ARN of the action.
    pub action: String,
    /// The state that it is of.
    pub state: AlarmState,
    /// When that was set.
    pub state_updated: Timestamp,
    /// What it tells.
    pub messages: Messages,
    /// The contributor that went into the state, if it is of one.
    pub contributor: Option<Contributor>,
}

impl Run {
    pub(super) fn metric(entry: &MetricEntry, run: &ActionRun, is_after_mute_window: bool) -> Self {
        let (state, contributor) = match &run.cause {
            RunCause::Change(change) => (&change.to, None),
            RunCause::Contributor(change) => (&change.to, Some(change.contributor.clone())),
            RunCause::Lasting(state) => (state, None),
        };
        Run {
            alarm: entry.alarm.name().to_owned(),
            alarm_type: AlarmType::Metric,
            action: run.action.arn().to_owned(),
            state: state.value,
            state_updated: state.updated,
            messages: messages(&entry.alarm, &run.cause, entry.updated, is_after_mute_window),
            contributor,
        }
    }

    pub(super) fn composite(alarm: &str, action: &str, of: &CompositeState, messages: Messages) -> Self {
        Run {
            alarm: alarm.to_owned(),
            alarm_type: AlarmType::Composite,
            action: action.to_owned(),
            state: of.state,
            state_updated: of.updated,
            messages,
            contributor: None,
        }
    }
}

/// The runs of the actions that an alarm has now for its state, after they were kept.
pub(super) fn kept_runs(alarms: &ScopeAlarms, name: &str, previous: AlarmState) -> Vec<Run> {
    if let Some(entry) = alarms.metric.get(name).filter(|entry| entry.alarm.actions_enabled()) {
        let to = entry.status.state.clone();
        let from = StateSnapshot { value: previous, ..to.clone() };
        let cause = RunCause::Change(StateChange { from, to });
        let actions = entry.alarm.actions().of(entry.status.state.value).iter();
        return actions
            .map(|action| Run::metric(entry, &ActionRun { action: action.clone(), cause: cause.clone() }, true))
            .collect();
    }
    let Some(entry) = alarms.composite.get(name).filter(|entry| entry.alarm.actions_enabled()) else {
        return Vec::new();
    };
    let CompositeEntry { alarm, state, .. } = entry;
    let messages = composite_messages(alarm, state, previous, true);
    alarm.actions(state.state).iter().map(|action| Run::composite(name, action, state, messages.clone())).collect()
}

/// The runs of the actions for contributors that are still in the state that they went into last.
pub(super) fn kept_runs_of_contributors(alarms: &ScopeAlarms, name: &str, changes: &[ContributorChange]) -> Vec<Run> {
    let Some(entry) = alarms.metric.get(name).filter(|entry| entry.alarm.actions_enabled()) else { return Vec::new() };
    let is_still = |change: &&ContributorChange| {
        let in_alarm = entry.status.contributors.iter().any(|one| one.contributor.id == change.contributor.id);
        in_alarm == (change.to.value == AlarmState::Alarm)
    };
    let runs = |change: &ContributorChange| {
        let cause = RunCause::Contributor(change.clone());
        let actions = entry.alarm.actions().of(change.to.value).iter();
        let run =
            |action: &Action| Run::metric(entry, &ActionRun { action: action.clone(), cause: cause.clone() }, true);
        actions.map(run).collect::<Vec<_>>()
    };
    changes.iter().filter(is_still).flat_map(runs).collect()
}
