//! RemovePermission: takes back what AddPermission has given.

use nepho_notify::topic::remove_permission;
use nepho_protocol::error::ServiceError;
use nepho_protocol::shapes::NoOutput;
use nepho_protocol::shapes::sns::permissions::RemovePermissionInput;

use super::failed;
use super::set_topic_attributes::change;
use crate::api::call::{Call, Reply};

/// Answers when the policy does not have the statement any more.
pub(in crate::api) fn answer(call: &Call, body: &[u8]) -> Result<Reply, ServiceError> {
    let input: RemovePermissionInput = call.decode(body)?;
    let label = input.label.unwrap_or_default();
    change(call, input.topic_arn.as_deref(), "RemovePermission", |topic| {
        let policy = remove_permission(&topic.settings.policy(&topic.arn), &label)?;
        topic.settings.set(&topic.arn.name, "Policy", &policy)
    })
    .map_err(|error| failed(call, error))?;
    Ok(call.encode(&NoOutput))
}
