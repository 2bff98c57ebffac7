//! RemovePermission.

use nepho_protocol::error::ServiceError;
use nepho_protocol::shapes::NoOutput;
use nepho_protocol::shapes::sqs::remove_permission as wire;

use super::{refusal, url};
use crate::api::call::{Call, Reply};

/// Removes a statement from a queue's policy.
pub(in crate::api) async fn answer(call: Call, body: Vec<u8>) -> Result<Reply, ServiceError> {
    let input: wire::RemovePermissionRequest = call.decode(&body)?;
    let target = url::target(&call, input.queue_url.as_deref())?;
    let label = input.label.unwrap_or_default();
    let changed = call.instance.queues.change(call.now, |queues| {
        let id = queues.find_by_arn(&target)?.id;
        queues.remove_permission(id, &label, call.now)
    });
    changed.await.map_err(|error| refusal::of(&call, error))?;
    Ok(call.encode(&NoOutput))
}
