//! PublishBatch: several messages at once, those that can be published.

use nepho_notify::Refusal;
use nepho_notify::message::{check_batch, check_batch_size};
use nepho_protocol::error::ServiceError;
use nepho_protocol::shapes::sns::publish::PublishInput;
use nepho_protocol::shapes::sns::publish_batch::{
    BatchResultErrorEntry, PublishBatchInput, PublishBatchOutput, PublishBatchRequestEntry, PublishBatchResultEntry,
};

use super::publish::publish;
use super::{failed, refused};
use crate::api::call::{Call, Reply};

/// Answers when the messages are durable.
pub(in crate::api) async fn answer(call: Call, body: Vec<u8>) -> Result<Reply, ServiceError> {
    let input: PublishBatchInput = call.decode(&body)?;
    let entries = input.publish_batch_request_entries.unwrap_or_default();
    let ids: Vec<_> = entries.iter().map(|entry| entry.id.clone().unwrap_or_default()).collect();
    check_batch(&ids.iter().map(String::as_str).collect::<Vec<_>>()).map_err(refused)?;
    check_batch_size(entries.iter().map(size).sum()).map_err(refused)?;
    let message = |entry| of_entry(input.topic_arn.clone(), entry);
    let path = |position| format!("publishBatchRequestEntries.{}.member.messageAttributes", position + 1);
    let published = publish(&call, entries.into_iter().map(message).collect(), path).await;
    let (mut successful, mut not_published) = (Vec::new(), Vec::new());
    for (id, outcome) in ids.into_iter().zip(published.map_err(|error| failed(&call, error))?) {
        match outcome {
            Ok(published) => successful.push(PublishBatchResultEntry {
                id: Some(id),
                message_id: Some(published.message_id),
                sequence_number: published.sequence_number,
            }),
            Err(refusal) => not_published.push(not_published_entry(id, refusal)),
        }
    }
    Ok(call.encode(&PublishBatchOutput { successful: Some(successful), failed: Some(not_published) }))
}

fn not_published_entry(id: String, refusal: Refusal) -> BatchResultErrorEntry {
    let ServiceError { code, message } = refused(refusal);
    BatchResultErrorEntry { id: Some(id), code: Some(code.query.to_owned()), message, sender_fault: Some(true) }
}

fn size(entry: &PublishBatchRequestEntry) -> usize {
    let length = |text: &Option<String>| text.as_ref().map_or(0, String::len);
    let attributes = entry.message_attributes.iter().flatten().map(|(name, attribute)| {
        let bytes = length(&attribute.binary_value) / 4 * 3;
        name.len() + length(&attribute.data_type) + length(&attribute.string_value) + bytes
    });
    length(&entry.message) + attributes.sum::<usize>()
}

fn of_entry(topic_arn: Option<String>, entry: PublishBatchRequestEntry) -> PublishInput {
    PublishInput {
        topic_arn: Some(topic_arn.unwrap_or_default()),
        message: entry.message,
        subject: entry.subject,
        message_structure: entry.message_structure,
        message_attributes: entry.message_attributes,
        message_deduplication_id: entry.message_deduplication_id,
        message_group_id: entry.message_group_id,
        ..PublishInput::default()
    }
}
