//! What is kept of a metric alarm between two evaluations.

use nepho_model::{AlarmState, Timestamp};

use super::contributor::Contributor;
use super::definition::MetricAlarm;

/// What a new alarm says until it is evaluated.
pub(super) const UNCHECKED: &str = "Unchecked: Initial alarm creation";

/// What an alarm was found to be.
#[derive(Debug, Clone, PartialEq)]
pub struct AlarmStatus {
    /// The state, and why.
    pub state: StateSnapshot,
    /// When the state became another: StateTransitionedTimestamp.
    pub transitioned: Timestamp,
    /// How well it could be evaluated.
    pub evaluation_state: Option<EvaluationState>,
    /// When it was created.
    pub created: Timestamp,
    /// Whether it still waits after it was created.
    pub is_warming_up: bool,
    /// The contributors that are in ALARM, at most [`MAX_CONTRIBUTORS`](super::MAX_CONTRIBUTORS).
    pub contributors: Vec<ContributorStatus>,
}

/// A state, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StateSnapshot {
    /// The state.
    pub value: AlarmState,
    /// Why, in words: StateReason.
    pub reason: String,
    /// Why, as JSON: StateReasonData.
    pub reason_data: Option<String>,
    /// When it was set: StateUpdatedTimestamp.
    pub updated: Timestamp,
}

/// How well an alarm could be evaluated: EvaluationState.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EvaluationState {
    /// There are more metrics or series than were looked at.
    PartialData,
    /// The data could not be read; it may go well the next time.
    EvaluationFailure,
    /// The data cannot be computed as the alarm is.
    EvaluationError,
    /// The alarm is new and still waits.
    InWarmUp,
}

/// A contributor in ALARM.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContributorStatus {
    /// Which one.
    pub contributor: Contributor,
    /// Why.
    pub reason: String,
    /// Since when.
    pub transitioned: Timestamp,
}

impl AlarmStatus {
    /// That of an alarm that is created now.
    pub fn created(alarm: &MetricAlarm, now: Timestamp) -> Self {
        AlarmStatus {
            state: StateSnapshot {
                value: AlarmState::InsufficientData,
                reason: UNCHECKED.to_owned(),
                reason_data: None,
                updated: now,
            },
            transitioned: now,
            evaluation_state: alarm.warm_up().map(|_| EvaluationState::InWarmUp),
            created: now,
            is_warming_up: alarm.warm_up().is_some(),
            contributors: Vec::new(),
        }
    }
}

impl EvaluationState {
    /// CloudWatch's name of it.
    pub const fn as_str(self) -> &'static str {
        match self {
            EvaluationState::PartialData => "PARTIAL_DATA",
            EvaluationState::EvaluationFailure => "EVALUATION_FAILURE",
            EvaluationState::EvaluationError => "EVALUATION_ERROR",
            EvaluationState::InWarmUp => "IN_WARM_UP",
        }
    }

    /// The one of this name, if there is one.
    pub fn parse(name: &str) -> Option<Self> {
        let all = [
            EvaluationState::PartialData,
            EvaluationState::EvaluationFailure,
            EvaluationState::EvaluationError,
            EvaluationState::InWarmUp,
        ];
        all.into_iter().find(|state| state.as_str() == name)
    }
}
