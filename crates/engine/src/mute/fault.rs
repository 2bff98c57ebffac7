//! Why PutAlarmMuteRule is refused.

use super::definition::{MAX_MUTE_RULES, MAX_MUTE_TARGETS};
use super::duration::DurationFault;
use super::schedule::ScheduleFault;
use crate::alarm::Violation;
use crate::fault_code::FaultCode;
use crate::faults::{Fault, Faults};

/// One thing that is wrong with the parameters of PutAlarmMuteRule. Which of the texts are CloudWatch's is told in
/// `docs/decisions/mute-rules.md`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MuteFault {
    /// A value that CloudWatch's model does not allow.
    #[error("{0}")]
    Model(Violation),
    /// A control character of ASCII in the name.
    #[error("The parameter Name contains control characters.")]
    NameControl(char),
    /// An expression that is none.
    #[error(transparent)]
    Schedule(#[from] ScheduleFault),
    /// A duration that is none.
    #[error(transparent)]
    Duration(#[from] DurationFault),
    /// A zone that nobody knows.
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
    /// Targets that do not exist.
    #[error("Could not save the alarm mute rule as alarms [{}] in the mute targets do not exist", .0.join(", "))]
    UnknownTargets(Vec<String>),
    /// One rule more than [`MAX_MUTE_RULES`].
    #[error("The number of alarm mute rules must not be greater than {MAX_MUTE_RULES}.")]
    TooManyRules,
}

/// All that is wrong with the parameters of PutAlarmMuteRule.
pub type MuteFaults = Faults<MuteFault>;

impl Fault for MuteFault {
    fn code(&self) -> FaultCode {
        match self {
            MuteFault::NameControl(_) | MuteFault::DatesReversed | MuteFault::TooManyTargets(_) => {
                FaultCode::InvalidParameterValue
            }
            MuteFault::TooManyRules => FaultCode::LimitExceeded,
            _ => FaultCode::Validation,
        }
    }

    fn is_of_model(&self) -> bool {
        matches!(self, MuteFault::Model(_))
    }
}
