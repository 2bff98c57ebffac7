//! The statements of a policy as AddPermission and RemovePermission write them: each by its label.

use serde::Serialize;
use serde_json::{Map, Value, json};

/// A policy with its members in AWS's order.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Statements {
    version: Value,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<Value>,
    statement: Vec<Value>,
}

impl Statements {
    /// Those of a policy's members.
    pub(crate) fn of(mut members: Map<String, Value>) -> Self {
        Statements {
            version: members.remove("Version").unwrap_or_else(|| json!("2008-10-17")),
            id: members.remove("Id"),
            statement: match members.remove("Statement") {
                Some(Value::Array(many)) => many,
                Some(one) => vec![one],
                None => Vec::new(),
            },
        }
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.statement.len()
    }

    /// Whether there is one with this label.
    pub(crate) fn has(&self, label: &str) -> bool {
        self.position(label).is_some()
    }

    fn position(&self, label: &str) -> Option<usize> {
        self.statement.iter().position(|statement| statement["Sid"] == label)
    }

    /// Lets accounts do something with a resource; actions are those of a `service`.
    pub(crate) fn allow(
        &mut self,
        label: &str,
        accounts: &[String],
        service: &str,
        actions: &[String],
        resource: &str,
    ) {
        let accounts = accounts.iter().map(|account| format!("arn:aws:iam::{account}:root")).collect();
        let actions = actions.iter().map(|action| format!("{service}:{action}")).collect();
        self.statement.push(json!({
            "Sid": label,
            "Effect": "Allow",
            "Principal": {"AWS": one_or_many(accounts)},
            "Action": one_or_many(actions),
            "Resource": resource,
        }));
    }

    /// Takes the one with this label out; whether there was one.
    pub(crate) fn remove(&mut self, label: &str) -> bool {
        let at = self.position(label);
        at.map(|at| self.statement.remove(at)).is_some()
    }

    /// The policy as text.
    pub(crate) fn text(&self) -> String {
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
