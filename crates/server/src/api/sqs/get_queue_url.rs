//! GetQueueUrl.

use nepho_notify::queue::{Fault, FaultKind};
use nepho_protocol::error::ServiceError;
use nepho_protocol::shapes::sqs::get_queue_url as wire;

use super::{refusal, url};
use crate::api::call::{Call, Reply};

/// Tells the URL of a queue.
pub(in crate::api) async fn answer(call: Call, body: Vec<u8>) -> Result<Reply, ServiceError> {
    let input: wire::GetQueueUrlRequest = call.decode(&body)?;
    let refused = |fault| refusal::of_fault(call.route, fault);
    let Some(name) = input.queue_name.filter(|name| !name.is_empty()) else {
        let message = "Value for parameter QueueName is invalid. Reason: Must specify a queue name.";
        return Err(refused(Fault::new(FaultKind::InvalidParameterValue, message)));
    };
    // Nobody sees the queues of another account.
    if input.queue_owner_aws_account_id.is_some_and(|owner| owner != call.scope.account) {
        return Err(refused(Fault::no_queue()));
    }
    let looked = call.instance.queues.look(|queues| queues.find(&call.scope, &name).map(|queue| queue.arn.clone()));
    let arn = looked.await.map_err(|error| refusal::of(&call, error))?.map_err(refused)?;
    Ok(call.encode(&wire::GetQueueUrlResult { queue_url: Some(url::of(&call, &arn)) }))
}
