//! ChangeMessageVisibilityBatch.

use nepho_notify::queue::{Queues, visibility_of_entry};
use nepho_protocol::error::ServiceError;
use nepho_protocol::shapes::sqs::change_message_visibility_batch as wire;

use super::batch::Batch;
use crate::api::call::{Call, Reply};

/// What an entry is called in refusals.
const ENTRY: &str = "ChangeMessageVisibilityBatchRequestEntry";

/// Hides up to ten messages that were received for longer, or no longer.
pub(in crate::api) async fn answer(call: Call, body: Vec<u8>) -> Result<Reply, ServiceError> {
    let input: wire::ChangeMessageVisibilityBatchRequest = call.decode(&body)?;
    let entries = input.entries.map(|entries| entries.0).unwrap_or_default().into_iter();
    let entries = entries.map(|entry| (entry.id, (entry.receipt_handle.unwrap_or_default(), entry.visibility_timeout)));
    let batch = Batch::check(&call, input.queue_url.as_deref(), ENTRY, entries.collect())?;
    let hide = |queues: &mut Queues, id, (handle, seconds): (String, _)| {
        visibility_of_entry(seconds).and_then(|seconds| queues.change_visibility(id, &handle, seconds, call.now))
    };
    let (done, failed) = batch.run(&call, |_, _| Ok(()), hide).await?;
    let done = done.into_iter().map(|(id, ())| wire::ChangeMessageVisibilityBatchResultEntry { id: Some(id) });
    let successful = Some(done.collect::<Vec<_>>().into());
    Ok(call.encode(&wire::ChangeMessageVisibilityBatchResult { successful, failed: Some(failed.into()) }))
}
