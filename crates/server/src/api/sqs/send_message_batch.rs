//! SendMessageBatch.

use nepho_notify::queue::{Draft, Fault, QueueArn, Queues, Sent, Step, check_batch_bytes, check_entries};
use nepho_protocol::error::ServiceError;
use nepho_protocol::shapes::sqs::send_message::SendMessageResult;
use nepho_protocol::shapes::sqs::send_message_batch as wire;

use super::{
    batch::{Outcome, Told},
    draft::{self, Given},
    refusal, url,
};
use crate::api::call::{Call, Reply};

/// What an entry is called in refusals.
const ENTRY: &str = "SendMessageBatchRequestEntry";

type Drafted = (Option<String>, Result<Draft, Fault>);

/// Sends up to ten messages to a queue.
pub(in crate::api) async fn answer(call: Call, body: Vec<u8>) -> Result<Reply, ServiceError> {
    let input: wire::SendMessageBatchRequest = call.decode(&body)?;
    let target = url::target(&call, input.queue_url.as_deref())?;
    let entries = input.entries.map(|entries| entries.0).unwrap_or_default();
    let ids: Vec<_> = entries.iter().map(|entry| entry.id.as_deref()).collect();
    check_entries(ENTRY, &ids).map_err(|fault| refusal::of_fault(call.route, fault))?;
    let drafts: Vec<_> = entries.into_iter().enumerate().map(|(at, entry)| drafted(&call, at, entry)).collect();
    let bytes = drafts.iter().filter_map(|(_, draft)| draft.as_ref().ok()).map(Draft::size).sum();
    check_batch_bytes(bytes).map_err(|fault| refusal::of_fault(call.route, fault))?;
    let changed = call.instance.queues.change(call.now, |queues| send(&call, queues, &target, drafts));
    let (done, failed) = changed.await.map_err(|error| refusal::of(&call, error))?;
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
    (entry.id, given.draft(call, &format!("{ENTRY}.{}.MessageBody", at + 1)))
}

/// Sends what can be sent. To a FIFO queue all or nothing is sent, as one that is left out would change the order.
fn send(call: &Call, queues: &mut Queues, target: &QueueArn, drafts: Vec<Drafted>) -> Result<Step<Told<Sent>>, Fault> {
    let queue = queues.find_by_arn(target)?;
    let id = queue.id;
    if queue.settings.is_fifo {
        for (_, draft) in &drafts {
            queue.check(draft.as_ref().map_err(Fault::clone)?)?;
        }
    }
    let mut outcome = Outcome::default();
    for (entry, draft) in drafts {
        outcome.add(call.route, entry, draft.and_then(|draft| queues.send(id, draft, call.now)));
    }
    Ok(outcome.into_step())
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
