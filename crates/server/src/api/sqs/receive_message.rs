//! ReceiveMessage.

use nepho_notify::queue::{Delivery, Wish, md5_of_body};
use nepho_protocol::error::ServiceError;
use nepho_protocol::shapes::sqs::receive_message as wire;

use super::{attributes, refusal, url};
use crate::api::call::{Call, Reply};

/// Receives messages of a queue, and waits for one if it is wished.
pub(in crate::api) async fn answer(call: Call, body: Vec<u8>) -> Result<Reply, ServiceError> {
    let input: wire::ReceiveMessageRequest = call.decode(&body)?;
    let target = url::target(&call, input.queue_url.as_deref())?;
    let refused = |fault| refusal::of_fault(call.route, fault);
    let wish = Wish::check(
        input.max_number_of_messages,
        input.visibility_timeout,
        input.wait_time_seconds,
        input.receive_request_attempt_id,
    );
    let wish = wish.map_err(refused)?;
    let old = input.attribute_names.map(|names| names.0).unwrap_or_default();
    let system = input.message_system_attribute_names.map_or(old, |names| names.0);
    attributes::check_system(&system).map_err(refused)?;
    let wanted = input.message_attribute_names.map(|names| names.0).unwrap_or_default();
    let instance = &call.instance;
    let received = instance.queues.receive(&target, &wish, &instance.clock).await;
    let deliveries = received.map_err(|error| refusal::of(&call, error))?;
    let messages: Vec<_> = deliveries.iter().map(|delivery| message(delivery, &system, &wanted)).collect();
    let messages = (!messages.is_empty()).then(|| messages.into());
    Ok(call.encode(&wire::ReceiveMessageResult { messages }))
}

fn message(delivery: &Delivery, system: &[String], wanted: &[String]) -> wire::Message {
    let system = attributes::system(delivery, system);
    let (told, md5) = attributes::told(delivery, wanted).unzip();
    wire::Message {
        message_id: Some(delivery.content.id.to_string()),
        receipt_handle: Some(delivery.receipt.handle()),
        md5_of_body: Some(md5_of_body(&delivery.content.body)),
        body: Some(delivery.content.body.clone()),
        attributes: (!system.is_empty()).then(|| system.into()),
        md5_of_message_attributes: md5,
        message_attributes: told,
    }
}
