//! UntagQueue.

use nepho_notify::queue::Fault;
use nepho_protocol::error::ServiceError;
use nepho_protocol::shapes::NoOutput;
use nepho_protocol::shapes::sqs::untag_queue as wire;

use super::{refusal, url};
use crate::api::call::{Call, Reply};

/// Removes tags; those that are not there do not matter.
pub(in crate::api) async fn answer(call: Call, body: Vec<u8>) -> Result<Reply, ServiceError> {
    let input: wire::UntagQueueRequest = call.decode(&body)?;
    let target = url::target(&call, input.queue_url.as_deref())?;
    let Some(keys) = input.tag_keys.map(|keys| keys.0).filter(|keys| !keys.is_empty()) else {
        return Err(refusal::of_fault(call.route, Fault::missing("TagKeys")));
    };
    let changed = call.instance.queues.change(call.now, |queues| {
        let id = queues.find_by_arn(&target)?.id;
        queues.untag(id, &keys, call.now)
    });
    changed.await.map_err(|error| refusal::of(&call, error))?;
    Ok(call.encode(&NoOutput))
}
