//! The text of a policy.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::condition::Condition;
use super::principal::Principals;
use super::{Met, Request, pattern};

/// The most statements of a policy.
pub const STATEMENTS_MAX: usize = 20;

/// What is wrong with the text of a policy.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PolicyFault {
    /// It is none.
    #[error("the text is no policy: {0}")]
    Malformed(String),
    /// It has too many statements.
    #[error("{found} statements were found in the submitted policy, max allowed is {STATEMENTS_MAX}")]
    TooManyStatements {
        /// How many.
        found: usize,
    },
}

/// A policy as it is written.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Document {
    /// Both versions mean the same to what is understood here.
    #[serde(default, rename = "Version")]
    _version: Option<Version>,
    #[serde(default, rename = "Id")]
    _id: Option<String>,
    statement: Statements,
}

#[derive(Deserialize)]
enum Version {
    #[serde(rename = "2008-10-17")]
    First,
    #[serde(rename = "2012-10-17")]
    Second,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Statements {
    Many(Vec<Statement>),
    One(Box<Statement>),
}

/// What a statement does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub(super) enum Effect {
    Allow,
    Deny,
}

/// One statement.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Statement {
    #[serde(default, rename = "Sid")]
    _sid: Option<String>,
    pub(super) effect: Effect,
    principal: Option<Principals>,
    not_principal: Option<Principals>,
    action: Option<OneOrMany>,
    not_action: Option<OneOrMany>,
    resource: Option<OneOrMany>,
    not_resource: Option<OneOrMany>,
    #[serde(default)]
    condition: BTreeMap<String, BTreeMap<String, OneOrMany>>,
}

/// A text or a list of them. Numbers and truth values count as their text.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(from = "Written")]
pub(super) struct OneOrMany(Vec<String>);

#[derive(Deserialize)]
#[serde(untagged)]
enum Written {
    One(Scalar),
    Many(Vec<Scalar>),
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Scalar {
    Text(String),
    Truth(bool),
    Whole(i64),
    Number(f64),
}

impl From<Written> for OneOrMany {
    fn from(written: Written) -> Self {
        OneOrMany(match written {
            Written::One(one) => vec![one.into()],
            Written::Many(many) => many.into_iter().map(String::from).collect(),
        })
    }
}

impl From<Scalar> for String {
    fn from(scalar: Scalar) -> Self {
        match scalar {
            Scalar::Text(text) => text,
            Scalar::Truth(truth) => truth.to_string(),
            Scalar::Whole(whole) => whole.to_string(),
            Scalar::Number(number) => number.to_string(),
        }
    }
}

impl OneOrMany {
    pub(super) fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    /// Whether one of them is met.
    pub(super) fn any(&self, met: impl Fn(&str) -> Met) -> Met {
        self.iter().fold(Met::No, |any, one| any.or(met(one)))
    }
}

pub(super) fn parse(text: &str) -> Result<Vec<Statement>, PolicyFault> {
    let malformed = |what: String| PolicyFault::Malformed(what);
    let document: Document = serde_json::from_str(text).map_err(|error| malformed(error.to_string()))?;
    let statements = match document.statement {
        Statements::Many(many) => many,
        Statements::One(one) => vec![*one],
    };
    if statements.is_empty() {
        return Err(malformed("it has no statement".to_owned()));
    }
    if statements.len() > STATEMENTS_MAX {
        return Err(PolicyFault::TooManyStatements { found: statements.len() });
    }
    match statements.iter().position(|statement| !statement.is_complete()) {
        Some(at) => Err(malformed(format!("statement {} needs one each of principal, action and resource", at + 1))),
        None => Ok(statements),
    }
}

impl Statement {
    /// Whether it says whom, what and with what, once each.
    fn is_complete(&self) -> bool {
        let principals = [&self.principal, &self.not_principal];
        let is_legal = principals.iter().all(|one| one.as_ref().is_none_or(Principals::is_legal));
        is_legal
            && self.principal.is_some() != self.not_principal.is_some()
            && self.action.is_some() != self.not_action.is_some()
            && self.resource.is_some() != self.not_resource.is_some()
    }

    /// Whether the statement is about a request.
    pub(super) fn meets(&self, request: &Request<'_>) -> Met {
        self.meets_principal(request)
            .and(one_of(&self.action, &self.not_action, |one| pattern::matches_in_any_case(one, request.action)))
            .and(one_of(&self.resource, &self.not_resource, |one| pattern::matches(one, request.resource)))
            .and(self.meets_conditions(request))
    }

    fn meets_principal(&self, request: &Request<'_>) -> Met {
        let among = |principals: &Principals| principals.meets(request.principal);
        match (&self.principal, &self.not_principal) {
            (Some(principals), _) => among(principals),
            (None, Some(others)) => among(others).not(),
            (None, None) => Met::No,
        }
    }

    fn meets_conditions(&self, request: &Request<'_>) -> Met {
        self.condition.iter().fold(Met::Yes, |met, (operator, keys)| {
            let condition = Condition::of(operator);
            keys.iter().fold(met, |met, (key, values)| met.and(condition.meets(values, request.value(key))))
        })
    }
}

impl<'a> Request<'a> {
    /// What is known under a key, whose case does not matter.
    fn value(&self, key: &str) -> Option<&'a str> {
        self.context.iter().find(|(name, _)| name.eq_ignore_ascii_case(key)).map(|(_, value)| *value)
    }
}

/// Whether one of a list is met, or none of the other list.
fn one_of(list: &Option<OneOrMany>, others: &Option<OneOrMany>, met: impl Fn(&str) -> Met) -> Met {
    match (list, others) {
        (Some(list), _) => list.any(met),
        (None, Some(others)) => others.any(met).not(),
        (None, None) => Met::No,
    }
}
