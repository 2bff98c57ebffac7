//! DeleteMessageBatch.

use nepho_notify::queue::Queues;
use nepho_protocol::error::ServiceError;
use nepho_protocol::shapes::sqs::delete_message_batch as wire;

use super::batch::Batch;
use crate::api::call::{Call, Reply};

/// What an entry is called in refusals.
const ENTRY: &str = "DeleteMessageBatchRequestEntry";

/// Deletes up to ten messages that were received.
pub(in crate::api) async fn answer(call: Call, body: Vec<u8>) -> Result<Reply, ServiceError> {
    let input: wire::DeleteMessageBatchRequest = call.decode(&body)?;
    let entries = input.entries.map(|entries| entries.0).unwrap_or_default();
    let handles = entries.into_iter().map(|entry| (entry.id, entry.receipt_handle.unwrap_or_default())).collect();
    let batch = Batch::check(&call, input.queue_url.as_deref(), ENTRY, handles)?;
    let delete = |queues: &mut Queues, id, handle: String| queues.delete(id, &handle, call.now);
    let (done, failed) = batch.run(&call, |_, _| Ok(()), delete).await?;
    let done = done.into_iter().map(|(id, ())| wire::DeleteMessageBatchResultEntry { id: Some(id) });
    let successful = Some(done.collect::<Vec<_>>().into());
    Ok(call.encode(&wire::DeleteMessageBatchResult { successful, failed: Some(failed.into()) }))
}
