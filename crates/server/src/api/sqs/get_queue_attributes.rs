//! GetQueueAttributes.

use std::collections::BTreeMap;

use nepho_notify::queue::{Fault, FaultKind, Queue};
use nepho_protocol::error::ServiceError;
use nepho_protocol::shapes::sqs::get_queue_attributes as wire;

use super::{refusal, url};
use crate::api::call::{Call, Reply};

const ALL: &str = "All";

/// Every attribute that a queue can have.
const KNOWN: [&str; 21] = [
    "ApproximateNumberOfMessages",
    "ApproximateNumberOfMessagesDelayed",
    "ApproximateNumberOfMessagesNotVisible",
    "ContentBasedDeduplication",
    "CreatedTimestamp",
    "DeduplicationScope",
    "DelaySeconds",
    "FifoQueue",
    "FifoThroughputLimit",
    "KmsDataKeyReusePeriodSeconds",
    "KmsMasterKeyId",
    "LastModifiedTimestamp",
    "MaximumMessageSize",
    "MessageRetentionPeriod",
    "Policy",
    "QueueArn",
    "ReceiveMessageWaitTimeSeconds",
    "RedriveAllowPolicy",
    "RedrivePolicy",
    "SqsManagedSseEnabled",
    "VisibilityTimeout",
];

/// Tells what a queue is like, and how many messages it has.
pub(in crate::api) async fn answer(call: Call, body: Vec<u8>) -> Result<Reply, ServiceError> {
    let input: wire::GetQueueAttributesRequest = call.decode(&body)?;
    let target = url::target(&call, input.queue_url.as_deref())?;
    let wanted = input.attribute_names.map(|names| names.0).unwrap_or_default();
    let looked = call.instance.queues.look(|queues| {
        let id = queues.find_by_arn(&target)?.id;
        check(&wanted)?;
        queues.look(id, call.now).map(|queue| attributes(queue, &wanted))
    });
    let attributes = looked.await.map_err(|error| refusal::of(&call, error))?;
    let attributes = attributes.map_err(|fault| refusal::of_fault(call.route, fault))?;
    let attributes = (!attributes.is_empty()).then(|| attributes.into());
    Ok(call.encode(&wire::GetQueueAttributesResult { attributes }))
}

fn check(wanted: &[String]) -> Result<(), Fault> {
    let is_known = |name: &&String| *name == ALL || KNOWN.contains(&name.as_str());
    match wanted.iter().find(|name| !is_known(name)) {
        Some(name) => Err(Fault::new(FaultKind::InvalidAttributeName, format!("Unknown Attribute {name}."))),
        None => Ok(()),
    }
}

fn attributes(queue: &Queue, wanted: &[String]) -> BTreeMap<String, String> {
    let counts = queue.counts();
    let computed = [
        ("ApproximateNumberOfMessages", counts.visible.to_string()),
        ("ApproximateNumberOfMessagesDelayed", counts.delayed.to_string()),
        ("ApproximateNumberOfMessagesNotVisible", counts.in_flight.to_string()),
        ("CreatedTimestamp", queue.created.seconds().to_string()),
        ("LastModifiedTimestamp", queue.modified.seconds().to_string()),
        ("QueueArn", queue.arn.to_string()),
    ];
    let is_wanted = |name: &str| wanted.iter().any(|wanted| wanted == ALL || wanted == name);
    let all = queue.settings.attributes().into_iter().chain(computed);
    all.filter(|(name, _)| is_wanted(name)).map(|(name, value)| (name.to_owned(), value)).collect()
}
