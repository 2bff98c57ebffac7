//! PurgeQueue.

use nepho_protocol::error::ServiceError;
use nepho_protocol::shapes::NoOutput;
use nepho_protocol::shapes::sqs::purge_queue as wire;

use super::{refusal, url};
use crate::api::call::{Call, Reply};

/// Removes all messages of a queue.
pub(in crate::api) async fn answer(call: Call, body: Vec<u8>) -> Result<Reply, ServiceError> {
    let input: wire::PurgeQueueRequest = call.decode(&body)?;
    let target = url::target(&call, input.queue_url.as_deref())?;
    let changed = call.instance.queues.change(call.now, |queues| {
        let id = queues.find_by_arn(&target)?.id;
        queues.purge(id, call.now)
    });
    changed.await.map_err(|error| refusal::of(&call, error))?;
    Ok(call.encode(&NoOutput))
}
