//! Policies of resources: who may do what with a queue or a topic, and on which conditions.
//!
//! A policy that is evaluated here is closed where it is not understood: a condition with an operator or a variable
//! that is not known never allows anything, and never keeps a statement from denying.

mod condition;
mod document;
mod pattern;
mod principal;
mod statements;

use document::{Effect, Statement};
pub use document::{PolicyFault, STATEMENTS_MAX};
pub(crate) use statements::Statements;

/// A policy, as it can be evaluated. Whoever keeps one keeps its text too, which has to come back byte for byte.
#[derive(Debug, Clone, PartialEq)]
pub struct Policy {
    statements: Vec<Statement>,
}

/// Who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Principal<'a> {
    /// An account, by its 12 digits.
    Account(&'a str),
    /// A service, such as `sns.amazonaws.com`.
    Service(&'a str),
}

/// What is asked.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// Who asks.
    pub principal: Principal<'a>,
    /// What is to be done, such as `SQS:SendMessage`.
    pub action: &'a str,
    /// The ARN of what it is to be done with.
    pub resource: &'a str,
    /// What else is known, by key, such as `aws:SourceArn`.
    pub context: &'a [(&'a str, &'a str)],
}

/// What a policy says to a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// A statement allows it, and none denies it.
    Allow,
    /// A statement denies it.
    Deny,
    /// No statement is about it.
    Silent,
}

impl Policy {
    /// Reads a policy.
    ///
    /// # Errors
    ///
    /// It is no JSON, has a member that policies do not have, or lacks one that they need.
    pub fn parse(text: &str) -> Result<Self, PolicyFault> {
        document::parse(text).map(|statements| Policy { statements })
    }

    /// What the policy says to a request.
    pub fn decide(&self, request: &Request<'_>) -> Decision {
        let mut decision = Decision::Silent;
        for statement in &self.statements {
            match (statement.effect, statement.meets(request)) {
                (Effect::Deny, Met::Yes | Met::Unknown) => return Decision::Deny,
                (Effect::Allow, Met::Yes) => decision = Decision::Allow,
                (Effect::Allow, Met::Unknown) | (_, Met::No) => {}
            }
        }
        decision
    }
}

/// Whether something holds, as far as it can be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Met {
    Yes,
    No,
    Unknown,
}

impl Met {
    fn of(holds: bool) -> Self {
        if holds { Met::Yes } else { Met::No }
    }

    /// Whether both hold.
    fn and(self, other: Self) -> Self {
        match (self, other) {
            (Met::No, _) | (_, Met::No) => Met::No,
            (Met::Unknown, _) | (_, Met::Unknown) => Met::Unknown,
            (Met::Yes, Met::Yes) => Met::Yes,
        }
    }

    /// Whether one of them holds.
    fn or(self, other: Self) -> Self {
        match (self, other) {
            (Met::Yes, _) | (_, Met::Yes) => Met::Yes,
            (Met::Unknown, _) | (_, Met::Unknown) => Met::Unknown,
            (Met::No, Met::No) => Met::No,
        }
    }

    fn not(self) -> Self {
        match self {
            Met::Yes => Met::No,
            Met::No => Met::Yes,
            Met::Unknown => Met::Unknown,
        }
    }
}

#[cfg(test)]
mod tests;
