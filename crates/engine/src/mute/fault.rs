//! Why PutAlarmMuteRule is refused.

use super::definition::{MAX_MUTE_DESCRIPTION, MAX_MUTE_NAME, MAX_MUTE_RULES, MAX_MUTE_TARGETS, MAX_TARGET_NAME};
use super::duration::DurationFault;
use super::schedule::ScheduleFault;
use crate::fault_code::FaultCode;

/// Why PutAlarmMuteRule is refused. Which of the texts are CloudWatch's is told in `docs/decisions/mute-rules.md`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MuteFault {
    /// A parameter that is required.
    #[error("The parameter {0} is required.")]
    Missing(&'static str),
    /// An empty name.
    #[error("The parameter Name must be longer than 0 characters.")]
    NameEmpty,
    /// A name longer than [`MAX_MUTE_NAME`].
    #[error("The parameter Name must be shorter than {limit} characters.", limit = MAX_MUTE_NAME + 1)]
    NameTooLong(usize),
    /// A control character of ASCII in the name.
    #[error("The parameter Name contains control characters.")]
    NameControl(char),
    /// A description longer than [`MAX_MUTE_DESCRIPTION`].
    #[error("The parameter Description must be shorter than {limit} characters.", limit = MAX_MUTE_DESCRIPTION + 1)]
    DescriptionTooLong(usize),
    /// An expression that is none.
    #[error(transparent)]
    Schedule(#[from] ScheduleFault),
    /// A duration that is none.
    #[error(transparent)]
    Duration(#[from] DurationFault),
    /// A zone that nobody knows, or one with a name that is empty or longer than [`MAX_TIME_ZONE`](super::MAX_TIME_ZONE).
    #[error("The Timezone provided is not valid.")]
    Zone(String),
    /// A rule that mutes once has its own beginning and end.
    #[error("Can not set start or expire dates for At expressions")]
    DatesOfAt,
    /// The rule would expire before it starts.
    #[error("The parameter ExpireDate must be greater than StartDate.")]
    DatesReversed,
    /// More targets than [`MAX_MUTE_TARGETS`].
    #[error("The collection MuteTargets.AlarmNames must not have a size greater than {MAX_MUTE_TARGETS}.")]
    TooManyTargets(usize),
    /// A target whose name is empty.
    #[error("The parameter MuteTargets.AlarmNames.member.{0} must be longer than 0 characters.")]
    TargetEmpty(usize),
    /// A target whose name is longer than [`MAX_TARGET_NAME`].
    #[error(
        "The parameter MuteTargets.AlarmNames.member.{0} must be shorter than {limit} characters.",
        limit = MAX_TARGET_NAME + 1
    )]
    TargetTooLong(usize),
    /// Targets that do not exist.
    #[error("Could not save the alarm mute rule as alarms [{}] in the mute targets do not exist", .0.join(", "))]
    UnknownTargets(Vec<String>),
    /// One rule more than [`MAX_MUTE_RULES`].
    #[error("The number of alarm mute rules must not be greater than {MAX_MUTE_RULES}.")]
    TooManyRules,
}

impl MuteFault {
    /// CloudWatch's code for it.
    pub const fn code(&self) -> FaultCode {
        match self {
            MuteFault::Missing(_) => FaultCode::MissingParameter,
            MuteFault::NameEmpty
            | MuteFault::NameTooLong(_)
            | MuteFault::NameControl(_)
            | MuteFault::DescriptionTooLong(_)
            | MuteFault::Schedule(ScheduleFault::Empty | ScheduleFault::TooLong(_))
            | MuteFault::DatesReversed
            | MuteFault::TooManyTargets(_)
            | MuteFault::TargetEmpty(_)
            | MuteFault::TargetTooLong(_) => FaultCode::InvalidParameterValue,
            MuteFault::Schedule(ScheduleFault::At | ScheduleFault::Cron(_))
            | MuteFault::Duration(_)
            | MuteFault::Zone(_)
            | MuteFault::DatesOfAt
            | MuteFault::UnknownTargets(_) => FaultCode::Validation,
            MuteFault::TooManyRules => FaultCode::LimitExceeded,
        }
    }
}
