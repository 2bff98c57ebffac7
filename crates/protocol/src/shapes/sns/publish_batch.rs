//! PublishBatch.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;

use super::message_attribute::MessageAttributeValue;
use crate::shapes::list::{ELEMENTS_MAX, at_most};

/// The request of PublishBatch.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct PublishBatchInput {
    /// The ARN of the topic.
    pub topic_arn: Option<String>,
    /// The messages.
    #[serde(default, deserialize_with = "at_most::<ELEMENTS_MAX, _, _>")]
    pub publish_batch_request_entries: Option<Vec<PublishBatchRequestEntry>>,
}

/// A message of a batch.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct PublishBatchRequestEntry {
    /// What the answer calls it.
    pub id: Option<String>,
    /// The message.
    pub message: Option<String>,
    /// The subject.
    pub subject: Option<String>,
    /// `json`, when the message has a text for each protocol.
    pub message_structure: Option<String>,
    /// Attributes by name.
    pub message_attributes: Option<BTreeMap<String, MessageAttributeValue>>,
    /// What tells duplicates.
    pub message_deduplication_id: Option<String>,
    /// The group within which messages stay in order.
    pub message_group_id: Option<String>,
}

/// The response of PublishBatch.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct PublishBatchOutput {
    /// What was published.
    pub successful: Option<Vec<PublishBatchResultEntry>>,
    /// What was not.
    pub failed: Option<Vec<BatchResultErrorEntry>>,
}

/// A message that was published.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct PublishBatchResultEntry {
    /// What the request calls it.
    pub id: Option<String>,
    /// The message's id.
    pub message_id: Option<String>,
    /// Its place among the messages of a FIFO topic.
    pub sequence_number: Option<String>,
}

/// A message that was not published.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct BatchResultErrorEntry {
    /// What the request calls it.
    pub id: Option<String>,
    /// The code.
    pub code: Option<String>,
    /// What there is to say.
    pub message: Option<String>,
    /// Whose fault it is.
    pub sender_fault: Option<bool>,
}
