//! Who may do what with a topic.

use nepho_notify::{Refusal, RefusalKind};

use super::topic::Topic;

/// Who wants to do something with a topic.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Who<'a> {
    /// Whoever has the keys of an account.
    Account(&'a str),
}

/// Checks that somebody may do something, such as `Publish`, with a topic. Its own account always may.
pub(crate) fn check(topic: &Topic, who: Who<'_>, action: &str) -> Result<(), Refusal> {
    let Who::Account(account) = who;
    match account == topic.arn.scope.account {
        true => Ok(()),
        false => Err(denied(topic, account, action)),
    }
}

fn denied(topic: &Topic, account: &str, action: &str) -> Refusal {
    let message = format!(
        "User: arn:aws:iam::{account}:root is not authorized to perform: SNS:{action} on resource: {} because no \
         resource-based policy allows the SNS:{action} action",
        topic.arn
    );
    Refusal::new(RefusalKind::AuthorizationError, message)
}
