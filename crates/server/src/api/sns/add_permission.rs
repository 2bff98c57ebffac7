//! AddPermission: lets other accounts do something with a topic.

use nepho_notify::topic::add_permission;
use nepho_protocol::error::ServiceError;
use nepho_protocol::shapes::NoOutput;
use nepho_protocol::shapes::sns::permissions::AddPermissionInput;

use super::failed;
use super::set_topic_attributes::change;
use crate::api::call::{Call, Reply};

/// Answers when the policy has the statement.
pub(in crate::api) fn answer(call: &Call, body: &[u8]) -> Result<Reply, ServiceError> {
    let input: AddPermissionInput = call.decode(body)?;
    let label = input.label.unwrap_or_default();
    let (accounts, actions) = (input.aws_account_id.unwrap_or_default(), input.action_name.unwrap_or_default());
    change(call, input.topic_arn.as_deref(), "AddPermission", |topic| {
        let policy = add_permission(&topic.arn, &topic.settings.policy(&topic.arn), &label, &accounts, &actions)?;
        topic.settings.set(&topic.arn.name, "Policy", &policy)
    })
    .map_err(|error| failed(call, error))?;
    Ok(call.encode(&NoOutput))
}
