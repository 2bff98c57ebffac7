//! What a composite alarm is in the middle of.

use nepho_model::{AlarmState, Timestamp};

use super::reason::{ReasonData, UNCHECKED};

/// The state of a composite alarm: what is kept of it between two events.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CompositeState {
    /// What it is found to be.
    pub state: AlarmState,
    /// Why.
    pub reason: String,
    /// Why, for programs.
    pub reason_data: Option<ReasonData>,
    /// When any of that was set.
    pub updated: Timestamp,
    /// When the state itself became another.
    pub transitioned: Timestamp,
    /// The state before that.
    pub previous: AlarmState,
    /// Whether its actions are suppressed.
    pub suppression: Suppression,
}

/// Whether the actions of a composite alarm are suppressed, and how far that has got.
///
/// Actions are *pending* when the alarm has gone into a state whose actions were suppressed and have not run since.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Suppression {
    /// They run as soon as the state changes, or the alarm has no suppressor.
    NotSuppressed,
    /// The state has changed, and the suppressor is given until then to go into ALARM. Actions are pending.
    WaitPeriod {
        /// When actions run.
        until: Timestamp,
    },
    /// The suppressor is in ALARM.
    Alarm {
        /// Whether actions are.
        is_pending: bool,
    },
    /// The suppressor went out of ALARM, and the alarm is given until then to change its state.
    ExtensionPeriod {
        /// When actions run, if any are pending.
        until: Timestamp,
        /// Whether actions are.
        is_pending: bool,
    },
}

/// What suppresses actions: ActionsSuppressedBy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SuppressedBy {
    /// The time that the suppressor is given to go into ALARM.
    WaitPeriod,
    /// The time that the alarm is given after its suppressor went out of ALARM.
    ExtensionPeriod,
    /// The suppressor.
    Alarm,
}

impl CompositeState {
    /// That of an alarm which is created now and has not been evaluated yet.
    pub fn created(now: Timestamp) -> Self {
        CompositeState {
            state: AlarmState::InsufficientData,
            reason: UNCHECKED.to_owned(),
            reason_data: None,
            updated: now,
            transitioned: now,
            previous: AlarmState::InsufficientData,
            suppression: Suppression::NotSuppressed,
        }
    }

    /// When [`step`](super::step) has to be called again, if nothing happens before.
    pub const fn deadline(&self) -> Option<Timestamp> {
        match self.suppression {
            Suppression::WaitPeriod { until } | Suppression::ExtensionPeriod { until, .. } => Some(until),
            Suppression::NotSuppressed | Suppression::Alarm { .. } => None,
        }
    }
}

impl Suppression {
    /// What DescribeAlarms says about it.
    pub const fn by(self) -> Option<SuppressedBy> {
        match self {
            Suppression::NotSuppressed => None,
            Suppression::WaitPeriod { .. } => Some(SuppressedBy::WaitPeriod),
            Suppression::Alarm { .. } => Some(SuppressedBy::Alarm),
            Suppression::ExtensionPeriod { .. } => Some(SuppressedBy::ExtensionPeriod),
        }
    }

    /// Whether a change of state is waiting for its actions to run.
    pub const fn is_pending(self) -> bool {
        match self {
            Suppression::NotSuppressed => false,
            Suppression::WaitPeriod { .. } => true,
            Suppression::Alarm { is_pending } | Suppression::ExtensionPeriod { is_pending, .. } => is_pending,
        }
    }
}

impl SuppressedBy {
    /// CloudWatch's name of it.
    pub const fn as_str(self) -> &'static str {
        match self {
            SuppressedBy::WaitPeriod => "WaitPeriod",
            SuppressedBy::ExtensionPeriod => "ExtensionPeriod",
            SuppressedBy::Alarm => "Alarm",
        }
    }

    /// ActionsSuppressedReason, where the suppressor has this `name`.
    pub fn reason(self, name: &str) -> String {
        let by = if self == SuppressedBy::Alarm { name } else { self.as_str() };
        format!("Actions suppressed by {by}")
    }
}
