//! All that is wrong with one request.

use std::fmt;

use crate::alarm::{Constraint, Violation};
use crate::fault_code::FaultCode;

/// One thing that is wrong with a request.
pub trait Fault: fmt::Display {
    /// CloudWatch's code for it.
    fn code(&self) -> FaultCode;

    /// Whether CloudWatch's model alone forbids it. Such faults are told in one sentence.
    fn is_of_model(&self) -> bool;
}

/// All that is wrong with a request, in the order in which it is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Faults<F>(pub Vec<F>);

impl<F: Fault> Faults<F> {
    /// CloudWatch's code for them: that of the first.
    pub fn code(&self) -> FaultCode {
        self.0.first().map_or(FaultCode::Validation, Fault::code)
    }
}

impl<F: Fault> fmt::Display for Faults<F> {
    /// As CloudWatch joins them: violations of the model in one sentence, others one a line.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let told = |is_of_model: bool| -> Vec<String> {
            self.0.iter().filter(|fault| fault.is_of_model() == is_of_model).map(ToString::to_string).collect()
        };
        let (violations, mut lines) = (told(true), told(false));
        if !violations.is_empty() {
            let errors = if violations.len() == 1 { "error" } else { "errors" };
            lines.insert(0, format!("{} validation {errors} detected: {}", violations.len(), violations.join("; ")));
        }
        f.write_str(&lines.join("\n"))
    }
}

impl<F: Fault + fmt::Debug> std::error::Error for Faults<F> {}

/// What the model says of a text that is required.
pub(crate) fn required(member: &str, text: Option<&str>, most: usize) -> Option<Violation> {
    match text {
        None => Some(violation(member, None, Constraint::NotNull)),
        text => length(member, text, 1, most),
    }
}

/// What the model says of the length of a text, if there is one.
pub(crate) fn length(member: &str, text: Option<&str>, least: usize, most: usize) -> Option<Violation> {
    let length = text?.chars().count();
    let constraint = match length {
        _ if length < least => Constraint::LengthMin(least),
        _ if length > most => Constraint::LengthMax(most),
        _ => return None,
    };
    Some(violation(member, text, constraint))
}

fn violation(member: &str, value: Option<&str>, constraint: Constraint) -> Violation {
    Violation { value: value.map(str::to_owned), member: member.to_owned(), constraint }
}
