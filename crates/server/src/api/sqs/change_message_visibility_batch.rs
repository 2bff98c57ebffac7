//! ChangeMessageVisibilityBatch.

use nepho_notify::queue::{check_entries, visibility_of_entry};
use nepho_protocol::error::ServiceError;
use nepho_protocol::shapes::sqs::change_message_visibility_batch as wire;

use super::{batch::Outcome, refusal, url};
use crate::api::call::{Call, Reply};

/// What an entry is called in refusals.
const ENTRY: &str = "ChangeMessageVisibilityBatchRequestEntry";

/// Hides up to ten messages that were received for longer, or no longer.
pub(in crate::api) async fn answer(call: Call, body: Vec<u8>) -> Result<Reply, ServiceError> {
    let input: wire::ChangeMessageVisibilityBatchRequest = call.decode(&body)?;
    let target = url::target(&call, input.queue_url.as_deref())?;
    let entries = input.entries.map(|entries| entries.0).unwrap_or_default();
    let ids: Vec<_> = entries.iter().map(|entry| entry.id.as_deref()).collect();
    check_entries(ENTRY, &ids).map_err(|fault| refusal::of_fault(call.route, fault))?;
    let changed = call.instance.queues.change(call.now, |queues| {
        let id = queues.find_by_arn(&target)?.id;
        let mut outcome = Outcome::default();
        for entry in entries {
            let handle = entry.receipt_handle.unwrap_or_default();
            let seconds = visibility_of_entry(entry.visibility_timeout);
            let step = seconds.and_then(|seconds| queues.change_visibility(id, &handle, seconds, call.now));
            outcome.add(call.route, entry.id, step);
        }
        Ok(outcome.into_step())
    });
    let (done, failed) = changed.await.map_err(|error| refusal::of(&call, error))?;
    let done = done.into_iter().map(|(id, ())| wire::ChangeMessageVisibilityBatchResultEntry { id: Some(id) });
    let successful = Some(done.collect::<Vec<_>>().into());
    Ok(call.encode(&wire::ChangeMessageVisibilityBatchResult { successful, failed: Some(failed.into()) }))
}
