//! ListQueueTags.

use nepho_protocol::error::ServiceError;
use nepho_protocol::shapes::sqs::list_queue_tags as wire;

use super::{refusal, url};
use crate::api::call::{Call, Reply};

/// Lists the tags of a queue.
pub(in crate::api) async fn answer(call: Call, body: Vec<u8>) -> Result<Reply, ServiceError> {
    let input: wire::ListQueueTagsRequest = call.decode(&body)?;
    let target = url::target(&call, input.queue_url.as_deref())?;
    let looked = call.instance.queues.look(|queues| {
        let id = queues.find_by_arn(&target)?.id;
        queues.look(id, call.now).map(|queue| queue.tags.clone())
    });
    let tags = looked.await.map_err(|error| refusal::of(&call, error))?;
    let tags = tags.map_err(|fault| refusal::of_fault(call.route, fault))?;
    Ok(call.encode(&wire::ListQueueTagsResult { tags: (!tags.is_empty()).then(|| tags.into()) }))
}
