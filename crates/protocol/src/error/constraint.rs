//! Violations of the model: what the framework beneath the service checks before the service sees a
//! request, in its words.

use std::fmt;

use super::{ServiceError, code};

/// What the model wants of a member.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Constraint<'a> {
    /// It must be there.
    NotNull,
    /// It must be one of these.
    OneOf(&'a [&'a str]),
    /// It must not be shorter, as a text in characters, as a list in members.
    LengthMin(usize),
    /// It must not be longer.
    LengthMax(usize),
    /// It must not be less.
    ValueMin(i64),
    /// It must not be more.
    ValueMax(i64),
}

impl fmt::Display for Constraint<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotNull => f.write_str("Member must not be null"),
            Self::OneOf(values) => write!(f, "Member must satisfy enum value set: [{}]", values.join(", ")),
            Self::LengthMin(limit) => write!(f, "Member must have length greater than or equal to {limit}"),
            Self::LengthMax(limit) => write!(f, "Member must have length less than or equal to {limit}"),
            Self::ValueMin(limit) => write!(f, "Member must have value greater than or equal to {limit}"),
            Self::ValueMax(limit) => write!(f, "Member must have value less than or equal to {limit}"),
        }
    }
}

/// The violations of one request, gathered so that all are told at once.
///
/// Members are named as the framework does in every protocol: `stateValue`, `metrics.1.member.id`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Violations(Vec<String>);

impl Violations {
    /// Adds that a member's value violates a constraint.
    pub fn add(&mut self, member: impl fmt::Display, value: impl fmt::Display, constraint: Constraint<'_>) {
        self.0.push(format!("Value '{value}' at '{member}' failed to satisfy constraint: {constraint}"));
    }

    /// Adds that a member that must be there is not.
    pub fn add_null(&mut self, member: impl fmt::Display) {
        let constraint = Constraint::NotNull;
        self.0.push(format!("Value null at '{member}' failed to satisfy constraint: {constraint}"));
    }

    /// Whether there are none.
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Ends the gathering.
    ///
    /// # Errors
    ///
    /// `ValidationError`, when there are any: `1 validation error detected: ...`.
    pub fn check(self) -> Result<(), ServiceError> {
        let errors = match self.0.len() {
            0 => return Ok(()),
            1 => "1 validation error".to_owned(),
            many => format!("{many} validation errors"),
        };
        Err(code::VALIDATION.message(format!("{errors} detected: {}", self.0.join("; "))))
    }
}

#[cfg(test)]
mod tests {
    use super::Constraint::{LengthMax, LengthMin, OneOf, ValueMax, ValueMin};
    use super::*;

    const STATES: &[&str] = &["INSUFFICIENT_DATA", "ALARM", "OK"];

    #[track_caller]
    fn check(violations: Violations, expect: &str) {
        let error = violations.check().unwrap_err();
        assert_eq!(error.code, code::VALIDATION);
        assert_eq!(error.message.as_deref(), Some(expect));
    }

    #[test]
    fn none_is_fine() {
        assert!(Violations::default().is_empty());
        assert_eq!(Violations::default().check(), Ok(()));
    }

    #[test]
    fn one_is_told_as_recorded_from_set_alarm_state() {
        let mut violations = Violations::default();
        violations.add("stateValue", "INVALID", OneOf(STATES));
        check(
            violations,
            "1 validation error detected: Value 'INVALID' at 'stateValue' failed to satisfy constraint: \
             Member must satisfy enum value set: [INSUFFICIENT_DATA, ALARM, OK]",
        );
    }

    #[test]
    fn several_are_joined() {
        let mut violations = Violations::default();
        violations.add_null("stateReason");
        violations.add("alarmName", "", LengthMin(1));
        violations.add("period", 0, ValueMin(1));
        check(
            violations,
            "3 validation errors detected: Value null at 'stateReason' failed to satisfy constraint: \
             Member must not be null; Value '' at 'alarmName' failed to satisfy constraint: \
             Member must have length greater than or equal to 1; Value '0' at 'period' failed to satisfy \
             constraint: Member must have value greater than or equal to 1",
        );
    }

    #[test]
    fn upper_limits_are_named() {
        let mut violations = Violations::default();
        violations.add("maxRecords", 101, ValueMax(100));
        violations.add("alarmNames", "[a, b]", LengthMax(1));
        check(
            violations,
            "2 validation errors detected: Value '101' at 'maxRecords' failed to satisfy constraint: \
             Member must have value less than or equal to 100; Value '[a, b]' at 'alarmNames' failed to \
             satisfy constraint: Member must have length less than or equal to 1",
        );
    }
}
