//! ChangeMessageVisibility.

use nepho_notify::queue::visibility;
use nepho_protocol::error::ServiceError;
use nepho_protocol::shapes::NoOutput;
use nepho_protocol::shapes::sqs::change_message_visibility as wire;

use super::{refusal, url};
use crate::api::call::{Call, Reply};

/// Hides a message that was received for longer, or no longer.
pub(in crate::api) async fn answer(call: Call, body: Vec<u8>) -> Result<Reply, ServiceError> {
    let input: wire::ChangeMessageVisibilityRequest = call.decode(&body)?;
    let target = url::target(&call, input.queue_url.as_deref())?;
    let handle = input.receipt_handle.unwrap_or_default();
    let changed = call.instance.queues.change(call.now, |queues| {
        let id = queues.find_by_arn(&target)?.id;
        let seconds = visibility(input.visibility_timeout)?;
        queues.change_visibility(id, &handle, seconds, call.now)
    });
    changed.await.map_err(|error| refusal::of(&call, error))?;
    Ok(call.encode(&NoOutput))
}
