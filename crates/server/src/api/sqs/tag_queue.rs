//! TagQueue.

use nepho_notify::queue::Fault;
use nepho_protocol::error::ServiceError;
use nepho_protocol::shapes::NoOutput;
use nepho_protocol::shapes::sqs::tag_queue as wire;

use super::{refusal, url};
use crate::api::call::{Call, Reply};

/// Adds tags, and replaces those that are there.
pub(in crate::api) async fn answer(call: Call, body: Vec<u8>) -> Result<Reply, ServiceError> {
    let input: wire::TagQueueRequest = call.decode(&body)?;
    let target = url::target(&call, input.queue_url.as_deref())?;
    let Some(tags) = input.tags.map(|tags| tags.0).filter(|tags| !tags.is_empty()) else {
        return Err(refusal::of_fault(call.route, Fault::missing("Tags")));
    };
    let changed = call.instance.queues.change(call.now, |queues| {
        let id = queues.find_by_arn(&target)?.id;
        queues.tag(id, tags, call.now)
    });
    changed.await.map_err(|error| refusal::of(&call, error))?;
    Ok(call.encode(&NoOutput))
}
