//! AddPermission and RemovePermission: statements of the policy by their label.

use serde_json::{Map, Value, json};

use super::fault::{Fault, FaultKind};
use super::one::Queue;
use crate::policy::{STATEMENTS_MAX, Statements};

/// The most actions of one permission.
pub const ACTIONS_MAX: usize = 7;
/// The most characters of a label.
pub const LABEL_MAX: usize = 80;

/// What others than the owner can be allowed to do.
const ACTIONS: [&str; 10] = [
    "*",
    "ChangeMessageVisibility",
    "DeleteMessage",
    "GetQueueAttributes",
    "GetQueueUrl",
    "ListDeadLetterSourceQueues",
    "PurgeQueue",
    "ReceiveMessage",
    "SendMessage",
    "CancelMessageMoveTask",
];
/// What nobody but the owner can do.
const OWNERS_ACTIONS: [&str; 10] = [
    "AddPermission",
    "CreateQueue",
    "DeleteQueue",
    "ListQueues",
    "ListQueueTags",
    "RemovePermission",
    "SetQueueAttributes",
    "TagQueue",
    "UntagQueue",
    "StartMessageMoveTask",
];

fn statements(queue: &Queue) -> Statements {
    let written = queue.settings.policy.as_ref().map(|policy| serde_json::from_str(&policy.text));
    let members: Map<String, Value> = match written {
        Some(Ok(members)) => members,
        _ => Map::from_iter([("Id".to_owned(), json!(format!("{}/SQSDefaultPolicy", queue.arn)))]),
    };
    Statements::of(members)
}

/// The text of the policy with a statement added.
pub(super) fn add(queue: &Queue, label: &str, accounts: &[String], actions: &[String]) -> Result<String, Fault> {
    check_label(label)?;
    check_accounts(accounts)?;
    check_actions(actions)?;
    let mut statements = statements(queue);
    if statements.has(label) {
        return Err(Fault::invalid(label, "Label", "Already exists."));
    }
    statements.allow(label, accounts, "SQS", actions, &queue.arn.to_string());
    let found = statements.len();
    match found > STATEMENTS_MAX {
        true => Err(Fault::new(
            FaultKind::OverLimit,
            format!("{found} Statements were found, maximum allowed is {STATEMENTS_MAX}."),
        )),
        false => Ok(statements.text()),
    }
}

/// The text of the policy with a statement removed; empty when none is left.
pub(super) fn remove(queue: &Queue, label: &str) -> Result<String, Fault> {
    check_label(label)?;
    let mut statements = statements(queue);
    if !statements.remove(label) {
        return Err(Fault::invalid(label, "Label", "can't find label."));
    }
    Ok(if statements.len() == 0 { String::new() } else { statements.text() })
}

fn check_label(label: &str) -> Result<(), Fault> {
    if label.is_empty() {
        return Err(Fault::missing("Label"));
    }
    let is_legal = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    match label.len() <= LABEL_MAX && label.bytes().all(is_legal) {
        true => Ok(()),
        false => {
            let reason = "Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length.";
            Err(Fault::invalid(label, "Label", reason))
        }
    }
}

fn check_accounts(accounts: &[String]) -> Result<(), Fault> {
    if accounts.is_empty() {
        return Err(Fault::missing("AWSAccountId"));
    }
    let is_account = |account: &&String| account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit());
    match accounts.iter().find(|account| !is_account(account)) {
        Some(account) => Err(Fault::invalid(format!("[{account}]"), "PrincipalId", "Unable to verify.")),
        None => Ok(()),
    }
}

fn check_actions(actions: &[String]) -> Result<(), Fault> {
    if actions.is_empty() {
        return Err(Fault::missing("ActionName"));
    }
    let found = actions.len();
    if found > ACTIONS_MAX {
        let message = format!("{found} Actions were found, maximum allowed is {ACTIONS_MAX}.");
        return Err(Fault::new(FaultKind::OverLimit, message));
    }
    for action in actions {
        let refused = |reason: &str| Err(Fault::invalid(format!("SQS:{action}"), "ActionName", reason));
        if OWNERS_ACTIONS.contains(&action.as_str()) {
            return refused("Only the queue owner is allowed to invoke this action.");
        }
        if !ACTIONS.contains(&action.as_str()) {
            return refused("Please refer to the appropriate WSDL for a list of valid actions.");
        }
    }
    Ok(())
}
