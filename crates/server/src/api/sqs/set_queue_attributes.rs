//! SetQueueAttributes.

use nepho_notify::queue::Fault;
use nepho_protocol::error::ServiceError;
use nepho_protocol::shapes::NoOutput;
use nepho_protocol::shapes::sqs::set_queue_attributes as wire;

use super::{refusal, url};
use crate::api::call::{Call, Reply};

/// Sets what a queue is like.
pub(in crate::api) async fn answer(call: Call, body: Vec<u8>) -> Result<Reply, ServiceError> {
    let input: wire::SetQueueAttributesRequest = call.decode(&body)?;
    let target = url::target(&call, input.queue_url.as_deref())?;
    let Some(attributes) = input.attributes.map(|attributes| attributes.0).filter(|given| !given.is_empty()) else {
        return Err(refusal::of_fault(call.route, Fault::missing("Attribute.Name")));
    };
    let changed = call.instance.queues.change(call.now, |queues| {
        let id = queues.find_by_arn(&target)?.id;
        queues.set_attributes(id, &attributes, call.now)
    });
    changed.await.map_err(|error| refusal::of(&call, error))?;
    Ok(call.encode(&NoOutput))
}
