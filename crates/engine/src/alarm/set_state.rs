//! SetAlarmState.

use nepho_model::{AlarmState, Timestamp};

use super::decide::Why;
use super::definition::MetricAlarm;
use super::rule::Rule;
use super::status::{AlarmStatus, StateSnapshot};
use super::step::{Step, update};
use super::text::MAX_REASON_DATA;
use crate::fault_code::FaultCode;

/// The longest StateReason, in characters.
pub const MAX_REASON: usize = 1023;

/// What SetAlarmState is given besides the alarm's name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StateRequest {
    value: AlarmState,
    reason: String,
    reason_data: Option<String>,
}

/// Why SetAlarmState is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StateFault {
    /// Longer than [`MAX_REASON`].
    #[error(
        "1 validation error detected: Value '{0}' at 'stateReason' failed to satisfy constraint: Member must have length \
         less than or equal to {MAX_REASON}"
    )]
    ReasonTooLong(String),
    /// Longer than [`MAX_REASON_DATA`].
    #[error(
        "1 validation error detected: Value '{0}' at 'stateReasonData' failed to satisfy constraint: Member must have \
         length less than or equal to {MAX_REASON_DATA}"
    )]
    ReasonDataTooLong(String),
    /// Not JSON.
    #[error("StateReasonData was not valid JSON")]
    ReasonData(String),
}

impl StateFault {
    /// CloudWatch's code for it.
    pub const fn code(&self) -> FaultCode {
        match self {
            StateFault::ReasonTooLong(_) | StateFault::ReasonDataTooLong(_) => FaultCode::Validation,
            StateFault::ReasonData(_) => FaultCode::InvalidFormat,
        }
    }
}

impl StateRequest {
    /// The state.
    pub const fn value(&self) -> AlarmState {
        self.value
    }

    /// Why.
    pub fn reason(&self) -> &str {
        &self.reason
    }

    /// Why, for programs.
    pub fn reason_data(&self) -> Option<&str> {
        self.reason_data.as_deref()
    }

    /// A request to set this state.
    ///
    /// # Errors
    /// A text that is too long, data that is no JSON.
    pub fn new(value: AlarmState, reason: String, reason_data: Option<String>) -> Result<Self, StateFault> {
        if reason.chars().count() > MAX_REASON {
            return Err(StateFault::ReasonTooLong(reason));
        }
        match reason_data {
            Some(text) if text.chars().count() > MAX_REASON_DATA => Err(StateFault::ReasonDataTooLong(text)),
            Some(text) if serde_json::from_str::<serde::de::IgnoredAny>(&text).is_err() => {
                Err(StateFault::ReasonData(text))
            }
            reason_data => Ok(StateRequest { value, reason, reason_data }),
        }
    }
}

/// Sets the state of an alarm by hand. The next evaluation sets it right again.
pub fn set_state(alarm: &MetricAlarm, status: &AlarmStatus, request: StateRequest, now: Timestamp) -> Step {
    let StateRequest { value, reason, reason_data } = request;
    let (status, effects) = update(alarm, status, StateSnapshot { value, reason, reason_data, updated: now });
    Step { state: value, status: Some(Box::new(status)), effects, why: Why::of(Rule::SetByHand) }
}
