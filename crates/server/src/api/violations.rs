//! Several faults of one request, in one answer.

use std::fmt::Display;

use nepho_model::{DimensionFault, NameFault, NumberFault};
use nepho_protocol::error::{Code, ServiceError, code};

/// The most messages that are joined in one answer; the rest would only repeat them.
const MESSAGES_MAX: usize = 100;

/// The faults found so far. The first decides the code, and all of them are told, one a line.
#[derive(Debug, Default)]
pub(super) struct Violations {
    code: Option<Code>,
    messages: Vec<String>,
}

impl Violations {
    #[cold]
    pub(super) fn add(&mut self, code: Code, message: String) {
        self.code.get_or_insert(code);
        if self.messages.len() < MESSAGES_MAX {
            self.messages.push(message);
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.code.is_none()
    }

    /// The answer to a request with faults.
    pub(super) fn check(self) -> Result<(), ServiceError> {
        match self.code {
            None => Ok(()),
            Some(code) => Err(code.message(self.messages.join("\n"))),
        }
    }

    /// The same, for an operation that has one code for all.
    pub(super) fn check_as(self, code: Code) -> Result<(), ServiceError> {
        self.check().map_err(|error| ServiceError { code, ..error })
    }

    #[cold]
    pub(super) fn invalid(&mut self, message: String) {
        self.add(code::INVALID_PARAMETER_VALUE, message);
    }

    #[cold]
    pub(super) fn missing(&mut self, path: impl Display) {
        self.add(code::MISSING_PARAMETER, format!("The parameter {path} is required."));
    }

    /// A value that is not allowed where it stands.
    #[cold]
    pub(super) fn invalid_value(&mut self, path: impl Display, value: impl Display) {
        self.invalid(format!("The value {value} for parameter {path} is invalid."));
    }

    /// A name that is none.
    #[cold]
    pub(super) fn name(&mut self, path: impl Display, value: &str, fault: NameFault) {
        match fault {
            NameFault::Empty => self.invalid(format!("The parameter {path} must be longer than 0 characters.")),
            NameFault::TooLong { limit, .. } => {
                self.invalid(format!("The parameter {path} must be shorter than {} characters.", limit + 1));
            }
            NameFault::Blank => {
                self.invalid(format!("The parameter {path} must have a character that is not white space."));
            }
            NameFault::Control(_) => self.invalid(format!("The parameter {path} contains control characters.")),
            NameFault::NotAscii(_) => self.invalid(format!("The parameter {path} contains non-ASCII characters.")),
            NameFault::LeadingColon => self.invalid_value(path, value),
        }
    }

    /// A list with too many members.
    #[cold]
    pub(super) fn too_many(&mut self, path: impl Display, limit: usize) {
        self.invalid(format!("The collection {path} must not have a size greater than {limit}."));
    }

    /// Dimensions that cannot be those of a metric, found below `path`, which is empty or ends in a dot.
    #[cold]
    pub(super) fn dimension(&mut self, path: impl Display, position: Option<usize>, fault: &DimensionFault) {
        let member = format!("{path}Dimensions.member.{}", position.map_or(1, |position| position + 1));
        match fault {
            DimensionFault::TooMany(_) => self.too_many("Dimensions", nepho_model::MAX_DIMENSIONS),
            DimensionFault::Repeated(name) => {
                self.invalid(format!("The parameter {path}Dimensions has the name {name} more than once."));
            }
            DimensionFault::Name { name, fault } => self.name(format!("{member}.Name"), name, *fault),
            DimensionFault::Value { value, fault, .. } => self.name(format!("{member}.Value"), value, *fault),
        }
    }

    /// A number that no metric may have.
    #[cold]
    pub(super) fn number(&mut self, path: impl Display, fault: NumberFault) {
        let (NumberFault::NotFinite(value) | NumberFault::TooLarge(value)) = fault;
        self.invalid_value(path, number_text(value));
    }
}

/// A number the way AWS prints it.
fn number_text(value: f64) -> String {
    match value {
        f64::INFINITY => "∞".to_owned(),
        f64::NEG_INFINITY => "-∞".to_owned(),
        value if value.abs() >= 1e7 => format!("{value:?}").to_uppercase(),
        value => value.to_string(),
    }
}

/// `[ a, b, c ]`
pub(super) fn set_of<T: Display>(values: impl IntoIterator<Item = T>) -> String {
    let values: Vec<_> = values.into_iter().map(|value| value.to_string()).collect();
    format!("[ {} ]", values.join(", "))
}
