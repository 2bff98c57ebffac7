//! Filter policies: which messages a subscription wants.
//!
//! A policy is a JSON object of keys with arrays of conditions: all keys have to be met, each by any of its conditions. It
//! looks at the attributes of a message or, with the scope [`Scope::MessageBody`], at the message itself, which then is a JSON
//! object. What AWS leaves open is in `docs/decisions/filter-policies.md`.

mod condition;
mod number;
mod parse;
mod wildcard;

use serde_json::{Map, Value};

use condition::Condition;

/// The longest policy, in bytes.
pub const MAX_POLICY: usize = 256 * 1024;

/// The most keys at the top of a policy.
pub const MAX_KEYS: usize = 5;

/// The most combinations of a policy: for each key the number of its conditions times the depth that it is nested at, all
/// multiplied.
pub const MAX_COMBINATIONS: u64 = 150;

/// The most objects within each other.
pub const MAX_DEPTH: usize = 10;

/// The most wildcards (`*`) of one pattern.
pub const MAX_WILDCARDS: usize = 3;

/// What a policy looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Scope {
    /// The attributes of the message.
    #[default]
    MessageAttributes,
    /// The message, which is a JSON object.
    MessageBody,
}

/// Which messages are wanted.
#[derive(Debug, Clone, PartialEq)]
pub struct FilterPolicy {
    scope: Scope,
    root: Fields,
}

/// What is asked of the members of an object.
#[derive(Debug, Clone, PartialEq, Default)]
struct Fields {
    /// All of these have to be met.
    all: Vec<(String, Field)>,
    /// Of each of these `$or`s any.
    any: Vec<Vec<Fields>>,
}

/// What is asked of one member.
#[derive(Debug, Clone, PartialEq)]
enum Field {
    /// One of these has to be met.
    Conditions(Vec<Condition>),
    /// It is an object, of whose members this is asked.
    Object(Fields),
}

/// Why a text is no policy. The message is SNS's own where that is known, without the `Invalid parameter: FilterPolicy: `
/// that stands in front.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FilterFault {
    /// Not JSON, or no object.
    #[error("failed to parse JSON. {0}")]
    Json(String),
    /// Longer than [`MAX_POLICY`].
    #[error("a policy of {0} bytes exceeds the limit of {MAX_POLICY}")]
    TooLong(usize),
    /// More than [`MAX_KEYS`].
    #[error("Filter policy can not have more than {MAX_KEYS} keys")]
    TooManyKeys(usize),
    /// More than [`MAX_COMBINATIONS`].
    #[error("Filter policy is too complex")]
    TooComplex(u64),
    /// Deeper than [`MAX_DEPTH`].
    #[error("objects are nested deeper than the limit of {MAX_DEPTH}")]
    TooDeep,
    /// Attributes have no members.
    #[error("Filter policy scope MessageAttributes does not support nested filter policy")]
    Nested,
    /// Neither an object nor an array.
    #[error("\"{0}\" must be an object or an array")]
    NotArray(String),
    /// An array that nothing can meet.
    #[error("Empty arrays are not allowed")]
    EmptyArray,
    /// A condition that is an array.
    #[error("Match value must be String, number, true, false, or null")]
    MatchValue,
    /// An object with none or several operators.
    #[error("Only one key allowed in match expression")]
    OperatorCount,
    /// An operator that there is not.
    #[error("Unrecognized match type {0}")]
    Operator(String),
    /// An operator whose value is of the wrong kind.
    #[error("{operator} match pattern must be {expected}")]
    Pattern {
        /// The operator.
        operator: &'static str,
        /// What it takes.
        expected: &'static str,
    },
    /// A comparison of numbers that is none.
    #[error("{0}")]
    Numeric(&'static str),
    /// A number that conditions cannot have.
    #[error("the number {0} is not between -1000000000 and 1000000000, or has more than 5 decimals")]
    Number(String),
    /// An `$or` that is no array of two or more objects.
    #[error("\"$or\" must be an array of at least 2 objects")]
    Or,
}

impl FilterPolicy {
    /// Reads a policy.
    ///
    /// # Errors
    /// When it is no policy, or goes beyond a limit.
    pub fn parse(text: &str, scope: Scope) -> Result<Self, FilterFault> {
        parse::parse(text, scope)
    }

    /// What it looks at.
    pub fn scope(&self) -> Scope {
        self.scope
    }

    /// Whether it wants a message with these attributes: texts, numbers and arrays of both, booleans and nulls. Attributes
    /// of the type Binary are left out by the caller.
    pub fn matches_attributes(&self, attributes: &Map<String, Value>) -> bool {
        self.root.matches(attributes)
    }

    /// Whether it wants this message. One that is no JSON object is not wanted, unless nothing is asked.
    pub fn matches_body(&self, message: &str) -> bool {
        match serde_json::from_str(message) {
            Ok(Value::Object(members)) => self.root.matches(&members),
            _ => self.root.all.is_empty() && self.root.any.is_empty(),
        }
    }
}

impl Fields {
    fn matches(&self, members: &Map<String, Value>) -> bool {
        self.all.iter().all(|(name, field)| field.matches(members.get(name)))
            && self.any.iter().all(|either| either.iter().any(|fields| fields.matches(members)))
    }
}

impl Field {
    fn matches(&self, value: Option<&Value>) -> bool {
        match (self, value) {
            (Field::Conditions(any), value) => any.iter().any(|condition| condition.matches(value)),
            (Field::Object(fields), Some(Value::Object(members))) => fields.matches(members),
            // Of an array of objects one has to have all that is asked.
            (Field::Object(fields), Some(Value::Array(all))) => {
                all.iter().any(|one| one.as_object().is_some_and(|members| fields.matches(members)))
            }
            // What is not there may be asked not to be there.
            (Field::Object(fields), _) => fields.matches(&Map::new()),
        }
    }
}

#[cfg(test)]
mod tests;
