//! Why PutCompositeAlarm is refused.

use super::action::{ActionFault, MAX_ACTIONS};
use super::definition::{MAX_ALARM_DESCRIPTION, MAX_ALARM_NAME};
use super::graph::MAX_PARENTS;
use super::rule_fault::RuleFault;
use crate::fault_code::FaultCode;

/// Why PutCompositeAlarm is refused. Which of the texts are CloudWatch's is told in
/// `docs/decisions/composite-alarms.md`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CompositeFault {
    /// No name.
    #[error("The parameter AlarmName is required.")]
    NameMissing,
    /// An empty name.
    #[error("The parameter AlarmName must be longer than 0 characters.")]
    NameEmpty,
    /// A name longer than [`MAX_ALARM_NAME`].
    #[error("The parameter AlarmName must be shorter than {} characters.", MAX_ALARM_NAME + 1)]
    NameTooLong(usize),
    /// A control character of ASCII in the name.
    #[error("The parameter AlarmName contains control characters.")]
    NameControl(char),
    /// A description longer than [`MAX_ALARM_DESCRIPTION`].
    #[error("The parameter AlarmDescription must be shorter than {} characters.", MAX_ALARM_DESCRIPTION + 1)]
    DescriptionTooLong(usize),
    /// A rule that is none.
    #[error(transparent)]
    Rule(#[from] RuleFault),
    /// The rule is about the alarm itself.
    #[error("A composite alarm cannot have a child relation with itself via its AlarmRule")]
    OwnChild,
    /// More actions for one state than [`MAX_ACTIONS`].
    #[error("The collection {0} must not have a size greater than {MAX_ACTIONS}.")]
    TooManyActions(&'static str),
    /// Something that is no action of a composite alarm.
    #[error(transparent)]
    Action(#[from] ActionFault),
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

impl CompositeFault {
    /// CloudWatch's code for it.
    pub const fn code(&self) -> FaultCode {
        match self {
            CompositeFault::NameMissing => FaultCode::MissingParameter,
            CompositeFault::NameEmpty
            | CompositeFault::NameTooLong(_)
            | CompositeFault::NameControl(_)
            | CompositeFault::DescriptionTooLong(_)
            | CompositeFault::Rule(RuleFault::TooLong(_))
            | CompositeFault::TooManyActions(_)
            | CompositeFault::Action(ActionFault::Empty(_) | ActionFault::TooLong(_))
            | CompositeFault::PeriodNegative { .. } => FaultCode::InvalidParameterValue,
            CompositeFault::TooManyParents(_) => FaultCode::LimitExceeded,
            CompositeFault::Rule(_)
            | CompositeFault::OwnChild
            | CompositeFault::Action(_)
            | CompositeFault::PeriodMissing(_)
            | CompositeFault::SuppressorMissing(_)
            | CompositeFault::SuppressorReference(_)
            | CompositeFault::OwnSuppressor
            | CompositeFault::UnknownChildren(_)
            | CompositeFault::UnknownSuppressor(_) => FaultCode::Validation,
        }
    }
}
