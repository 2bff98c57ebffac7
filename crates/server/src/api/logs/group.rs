//! Log groups as records.

use nepho_protocol::error::{ServiceError, logs};
use nepho_store::{Record, Table};
use serde::{Deserialize, Serialize};

use super::{constraint, required};
use crate::api::call::Call;

/// Groups by `ACCOUNT/REGION/NAME`.
pub(super) const GROUPS: Table = Table("log_groups");
/// Characters of a name.
const NAME_MAX: usize = 512;

/// What is kept of a group besides its name.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Group {
    /// When it was created, in milliseconds.
    pub(super) created: i64,
}

/// Checks a group's name.
pub(super) fn name(given: Option<&str>) -> Result<&str, ServiceError> {
    let name = required(given, "logGroupName")?;
    let legal = |c: char| c.is_ascii_alphanumeric() || "._/#-".contains(c);
    if name.is_empty() || name.len() > NAME_MAX {
        let range = format!("Member must have length between 1 and {NAME_MAX}, inclusive");
        return Err(constraint(name, "logGroupName", &range));
    }
    match name.chars().all(legal) {
        true => Ok(name),
        false => {
            let pattern = "Member must satisfy regular expression pattern: [\\.\\-_/#A-Za-z0-9]+";
            Err(constraint(name, "logGroupName", pattern))
        }
    }
}

pub(super) fn key(call: &Call, name: &str) -> String {
    format!("{}/{name}", call.scope)
}

/// The group of this name.
pub(super) fn find(call: &Call, name: &str) -> Result<Group, ServiceError> {
    let key = key(call, name);
    match call.instance.records.get(GROUPS, &key).map_err(|error| call.store_failed(&error))? {
        None => Err(logs::RESOURCE_NOT_FOUND.message("The specified log group does not exist.")),
        Some(value) => serde_json::from_slice(&value).map_err(|error| call.record_damaged(GROUPS, &key, &error)),
    }
}

pub(super) fn record(call: &Call, name: &str, group: &Group) -> Record {
    let value = serde_json::to_vec(group).expect("numbers can be written");
    Record { key: key(call, name), value }
}

/// The ARN, without the `:*` that AWS adds in one of two places.
pub(super) fn arn(call: &Call, name: &str) -> String {
    format!("arn:aws:logs:{}:{}:log-group:{name}", call.scope.region, call.scope.account)
}
