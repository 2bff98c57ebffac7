//! Whom a statement is about.

use serde::Deserialize;

use super::document::OneOrMany;
use super::{Met, Principal};

/// The principals of a statement.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(untagged)]
pub(super) enum Principals {
    /// `"*"`: everybody. There is no other text.
    Text(String),
    /// By kind.
    Kinds(Kinds),
}

/// Principals by their kind.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Kinds {
    /// Accounts, users and roles.
    #[serde(default, rename = "AWS")]
    aws: OneOrMany,
    /// Services.
    #[serde(default, rename = "Service")]
    service: OneOrMany,
    /// Identity providers, which never ask here.
    #[serde(default, rename = "Federated")]
    _federated: OneOrMany,
    /// Users of S3, which never ask here.
    #[serde(default, rename = "CanonicalUser")]
    _canonical_user: OneOrMany,
}

impl Principals {
    /// Whether the text is one that means something.
    pub(super) fn is_legal(&self) -> bool {
        match self {
            Principals::Text(text) => text == "*",
            Principals::Kinds(_) => true,
        }
    }

    /// Whether a principal is among them.
    pub(super) fn meets(&self, principal: Principal<'_>) -> Met {
        let kinds = match self {
            Principals::Text(text) => return Met::of(text == "*"),
            Principals::Kinds(kinds) => kinds,
        };
        // Everybody, written so, are services too.
        let everybody = kinds.aws.iter().any(|one| one == "*");
        let holds = match principal {
            Principal::Account(account) => kinds.aws.iter().any(|one| is_account(one, account)),
            Principal::Service(service) => kinds.service.iter().any(|one| one == service || one == "*"),
        };
        Met::of(everybody || holds)
    }
}

/// Whether a text names the account as a whole: its digits, or the ARN of its root.
fn is_account(text: &str, account: &str) -> bool {
    let root = || text.strip_prefix("arn:aws").and_then(|rest| rest.split_once(":iam::"));
    text == account || root().is_some_and(|(_, rest)| rest.strip_suffix(":root") == Some(account))
}
