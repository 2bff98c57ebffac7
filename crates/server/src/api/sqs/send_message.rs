//! SendMessage.

use nepho_protocol::error::ServiceError;
use nepho_protocol::shapes::sqs::send_message as wire;

use super::{
    draft::{self, Given},
    refusal, url,
};
use crate::api::call::{Call, Reply};

/// Sends a message to a queue.
pub(in crate::api) async fn answer(call: Call, body: Vec<u8>) -> Result<Reply, ServiceError> {
    let input: wire::SendMessageRequest = call.decode(&body)?;
    let target = url::target(&call, input.queue_url.as_deref())?;
    let given = Given {
        body: input.message_body,
        delay_seconds: input.delay_seconds,
        attributes: input.message_attributes,
        system_attributes: input.message_system_attributes,
        deduplication: input.message_deduplication_id,
        group: input.message_group_id,
    };
    let draft = given.draft(&call, "MessageBody").map_err(|fault| refusal::of_fault(call.route, fault))?;
    let sent = call.instance.queues.send(&target, draft, call.now).await;
    Ok(call.encode(&draft::answer(sent.map_err(|error| refusal::of(&call, error))?)))
}
