//! CreateQueue.

use nepho_notify::queue::{Fault, FaultKind, Step};
use nepho_protocol::error::ServiceError;
use nepho_protocol::shapes::sqs::create_queue as wire;

use super::{refusal, url};
use crate::api::call::{Call, Reply};

/// Makes a queue, or finds the one that is like that already.
pub(in crate::api) async fn answer(call: Call, body: Vec<u8>) -> Result<Reply, ServiceError> {
    let input: wire::CreateQueueRequest = call.decode(&body)?;
    let Some(name) = input.queue_name else {
        let message = "Value for parameter QueueName is invalid. Reason: Must specify a queue name.";
        return Err(refusal::of_fault(call.route, Fault::new(FaultKind::InvalidParameterValue, message)));
    };
    let attributes = input.attributes.map(|attributes| attributes.0).unwrap_or_default();
    let tags = input.tags.map(|tags| tags.0).unwrap_or_default();
    let created = call.instance.queues.change(call.now, |queues| {
        let step = queues.create(&call.scope, &name, &attributes, tags, call.now)?;
        let arn = queues.get(step.value)?.arn.clone();
        Ok(Step { value: arn, events: step.events })
    });
    let arn = created.await.map_err(|error| refusal::of(&call, error))?;
    Ok(call.encode(&wire::CreateQueueResult { queue_url: Some(url::of(&call, &arn)) }))
}
