//! Why PutCompositeAlarm is refused.

use super::graph::MAX_PARENTS;
use super::rule_fault::RuleFault;
use crate::alarm::{MAX_ACTIONS, Violation};
use crate::fault_code::FaultCode;
use crate::faults::{Fault, Faults};

/// One thing that is wrong with the parameters of PutCompositeAlarm. Which of the texts are CloudWatch's is told in
/// `docs/decisions/composite-alarms.md`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CompositeFault {
    /// A value that CloudWatch's model does not allow.
    #[error("{0}")]
    Model(Violation),
    /// A control character of ASCII in the name.
    #[error("The parameter AlarmName contains control characters.")]
    NameControl(char),
    /// A rule that is none.
    #[error(transparent)]
    Rule(#[from] RuleFault),
    /// The rule is about the alarm itself.
    #[error("A composite alarm cannot have a child relation with itself via its AlarmRule")]
    OwnChild,
    /// More actions for one state than [`MAX_ACTIONS`].
    #[error("The collection {0} must not have a size greater than {MAX_ACTIONS}.")]
    TooManyActions(&'static str),
    /// Not an ARN, or that of something that is no action.
    #[error("Invalid arn syntax: {0}")]
    Action(String),
    /// An action that only metric alarms can take.
    #[error("The action {0} is not supported: composite alarms have no EC2 and no Auto Scaling actions")]
    MetricAction(String),
    /// An action in another Region than the alarm.
    #[error("Invalid region {region} specified. Only {own} is supported.")]
    ActionRegion {
        /// Where the action is.
        region: String,
        /// Where the alarm is.
        own: String,
    },
    /// A suppressor without one of its periods.
    #[error("{0} must not be null")]
    PeriodMissing(&'static str),
    /// A period below zero.
    #[error("The value {value} for parameter {parameter} is invalid.")]
    PeriodNegative {
        /// Which period.
        parameter: &'static str,
        /// What it is, in seconds.
        value: i32,
    },
    /// A period without a suppressor.
    #[error("{0} requires an ActionSuppressor")]
    SuppressorMissing(&'static str),
    /// A suppressor that can be no alarm.
    #[error("ActionsSuppressor must be a valid CloudWatch Alarm ARN or an Alarm name")]
    SuppressorReference(String),
    /// The alarm would suppress its own actions.
    #[error("A composite alarm cannot be its own ActionsSuppressor")]
    OwnSuppressor,
    /// Alarms in the rule that do not exist here.
    #[error("Could not save the composite alarm as alarms [{}] in the alarm rule do not exist", .0.join(", "))]
    UnknownChildren(Vec<String>),
    /// A suppressor that does not exist here.
    #[error("Could not save the composite alarm as the ActionsSuppressor {0} does not exist")]
    UnknownSuppressor(String),
    /// An alarm that would be in the rules of more composite alarms than [`MAX_PARENTS`].
    #[error("The alarm {0} would be in the rules of more than {MAX_PARENTS} composite alarms.")]
    TooManyParents(String),
}

/// All that is wrong with the parameters of PutCompositeAlarm.
pub type CompositeFaults = Faults<CompositeFault>;

impl Fault for CompositeFault {
    fn code(&self) -> FaultCode {
        match self {
            CompositeFault::NameControl(_)
            | CompositeFault::TooManyActions(_)
            | CompositeFault::PeriodNegative { .. } => FaultCode::InvalidParameterValue,
            CompositeFault::TooManyParents(_) => FaultCode::LimitExceeded,
            _ => FaultCode::Validation,
        }
    }

    fn is_of_model(&self) -> bool {
        matches!(self, CompositeFault::Model(_))
    }
}
