//! DeleteMessage.

use nepho_protocol::error::ServiceError;
use nepho_protocol::shapes::NoOutput;
use nepho_protocol::shapes::sqs::delete_message as wire;

use super::{refusal, url};
use crate::api::call::{Call, Reply};

/// Deletes a message that was received.
pub(in crate::api) async fn answer(call: Call, body: Vec<u8>) -> Result<Reply, ServiceError> {
    let input: wire::DeleteMessageRequest = call.decode(&body)?;
    let target = url::target(&call, input.queue_url.as_deref())?;
    let handle = input.receipt_handle.unwrap_or_default();
    let changed = call.instance.queues.change(call.now, |queues| {
        let id = queues.find_by_arn(&target)?.id;
        queues.delete(id, &handle, call.now)
    });
    changed.await.map_err(|error| refusal::of(&call, error))?;
    Ok(call.encode(&NoOutput))
}
