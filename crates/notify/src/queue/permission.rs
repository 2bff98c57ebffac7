//! AddPermission and RemovePermission: statements of the policy by their label.

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::fault::{Fault, FaultKind};
use super::one::Queue;
use crate::policy::STATEMENTS_MAX;

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

/// A policy as it is written by these operations.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Document {
    version: Value,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<Value>,
    statement: Vec<Value>,
}

impl Document {
    fn of(queue: &Queue) -> Self {
        let written = queue.settings.policy.as_ref().map(|policy| serde_json::from_str(&policy.text));
        let mut members: Map<String, Value> = match written {
            Some(Ok(members)) => members,
            _ => Map::from_iter([("Id".to_owned(), json!(format!("{}/SQSDefaultPolicy", queue.arn)))]),
        };
        Document {
            version: members.remove("Version").unwrap_or_else(|| json!("2008-10-17")),
            id: members.remove("Id"),
            statement: match members.remove("Statement") {
                Some(Value::Array(many)) => many,
                Some(one) => vec![one],
                None => Vec::new(),
            },
        }
    }

    fn position(&self, label: &str) -> Option<usize> {
        self.statement.iter().position(|statement| statement["Sid"] == label)
    }

    fn text(&self) -> String {
        serde_json::to_string(self).expect("JSON values can be written")
    }
}

/// One value alone, or a list of them.
fn one_or_many(values: Vec<String>) -> Value {
    match <[String; 1]>::try_from(values) {
        Ok([one]) => json!(one),
        Err(many) => json!(many),
    }
}

/// The text of the policy with a statement added.
pub(super) fn add(queue: &Queue, label: &str, accounts: &[String], actions: &[String]) -> Result<String, Fault> {
    check_label(label)?;
    check_accounts(accounts)?;
    check_actions(actions)?;
    let mut document = Document::of(queue);
    if document.position(label).is_some() {
        return Err(Fault::invalid(label, "Label", "Already exists."));
    }
    let accounts = accounts.iter().map(|account| format!("arn:aws:iam::{account}:root")).collect();
    let actions = actions.iter().map(|action| format!("SQS:{action}")).collect();
    document.statement.push(json!({
        "Sid": label,
        "Effect": "Allow",
        "Principal": {"AWS": one_or_many(accounts)},
        "Action": one_or_many(actions),
        "Resource": queue.arn.to_string(),
    }));
    let found = document.statement.len();
    match found > STATEMENTS_MAX {
        true => Err(Fault::new(
            FaultKind::OverLimit,
            format!("{found} Statements were found, maximum allowed is {STATEMENTS_MAX}."),
        )),
        false => Ok(document.text()),
    }
}

/// The text of the policy with a statement removed; empty when none is left.
pub(super) fn remove(queue: &Queue, label: &str) -> Result<String, Fault> {
    check_label(label)?;
    let mut document = Document::of(queue);
    let Some(at) = document.position(label) else {
        return Err(Fault::invalid(label, "Label", "can't find label."));
    };
    document.statement.remove(at);
    Ok(if document.statement.is_empty() { String::new() } else { document.text() })
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
