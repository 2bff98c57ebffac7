//! What is to be done after a step.

use nepho_model::AlarmState;

use super::action::Action;
use super::contributor::Contributor;
use super::status::StateSnapshot;

/// Something to be done.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// The state was updated: write it into the history, and tell composite alarms if it became another.
    State(Box<StateChange>),
    /// A contributor went into another state: write it into the history.
    Contributor(Box<ContributorChange>),
    /// Run an action, unless a mute rule keeps it.
    Run(Box<ActionRun>),
}

/// An update of a state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StateChange {
    /// What it was.
    pub from: StateSnapshot,
    /// What it is.
    pub to: StateSnapshot,
}

/// A change of the state of a contributor, which is in OK or in ALARM.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContributorChange {
    /// Which one.
    pub contributor: Contributor,
    /// The state before.
    pub from: AlarmState,
    /// What it is.
    pub to: StateSnapshot,
}

/// An action to be run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActionRun {
    /// The action.
    pub action: Action,
    /// What it is run for.
    pub cause: RunCause,
}

/// What an action is run for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RunCause {
    /// The alarm went into another state.
    Change(StateChange),
    /// A contributor did.
    Contributor(ContributorChange),
    /// The alarm is still in its state, and the action is run every minute.
    Lasting(StateSnapshot),
}

impl StateChange {
    /// Whether the state became another.
    pub fn is_transition(&self) -> bool {
        self.from.value != self.to.value
    }
}
