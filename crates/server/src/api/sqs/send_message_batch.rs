//! SendMessageBatch.

use nepho_notify::queue::{Draft, Fault, Queue, Queues, Sent, check_batch_bytes};
use nepho_protocol::error::ServiceError;
use nepho_protocol::shapes::sqs::send_message::SendMessageResult;
use nepho_protocol::shapes::sqs::send_message_batch as wire;

use super::{
    batch::Batch,
    draft::{self, Given},
    refusal,
};
use crate::api::call::{Call, Reply};

/// What an entry is called in refusals.
const ENTRY: &str = "SendMessageBatchRequestEntry";

type Drafted = Result<Draft, Fault>;

/// Sends up to ten messages to a queue.
pub(in crate::api) async fn answer(call: Call, body: Vec<u8>) -> Result<Reply, ServiceError> {
    let input: wire::SendMessageBatchRequest = call.decode(&body)?;
    let entries = input.entries.map(|entries| entries.0).unwrap_or_default();
    let entries = entries.into_iter().map(|mut entry| (entry.id.take(), entry)).collect();
    let batch = Batch::check(&call, input.queue_url.as_deref(), ENTRY, entries)?;
    let batch = batch.map(|at, entry| drafted(&call, at, entry));
    let bytes = batch.entries().filter_map(|draft| draft.as_ref().ok()).map(Draft::size).sum();
    check_batch_bytes(bytes).map_err(|fault| refusal::of_fault(call.route, fault))?;
    let send = |queues: &mut Queues, id, draft: Drafted| draft.and_then(|draft| queues.send(id, draft, call.now));
    let (done, failed) = batch.run(&call, takes, send).await?;
    let successful = Some(done.into_iter().map(|(id, sent)| entry(id, sent)).collect::<Vec<_>>().into());
    Ok(call.encode(&wire::SendMessageBatchResult { successful, failed: Some(failed.into()) }))
}

fn drafted(call: &Call, at: usize, entry: wire::SendMessageBatchRequestEntry) -> Drafted {
    let given = Given {
        body: entry.message_body,
        delay_seconds: entry.delay_seconds,
        attributes: entry.message_attributes,
        system_attributes: entry.message_system_attributes,
        deduplication: entry.message_deduplication_id,
        group: entry.message_group_id,
    };
    given.draft(call, &format!("{ENTRY}.{}.MessageBody", at + 1))
}

/// To a FIFO queue all or nothing is sent, as one that is left out would change the order.
fn takes(queue: &Queue, batch: &Batch<Drafted>) -> Result<(), Fault> {
    match queue.settings.is_fifo {
        true => batch.entries().try_for_each(|draft| queue.check(draft.as_ref().map_err(Fault::clone)?)),
        false => Ok(()),
    }
}

fn entry(id: String, sent: Sent) -> wire::SendMessageBatchResultEntry {
    let SendMessageResult {
        md5_of_message_body,
        md5_of_message_attributes,
        md5_of_message_system_attributes,
        message_id,
        sequence_number,
    } = draft::answer(sent);
    wire::SendMessageBatchResultEntry {
        id: Some(id),
        md5_of_message_body,
        md5_of_message_attributes,
        md5_of_message_system_attributes,
        message_id,
        sequence_number,
    }
}
