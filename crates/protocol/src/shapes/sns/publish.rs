//! Publish.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;

use super::message_attribute::MessageAttributeValue;

/// The request of Publish.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct PublishInput {
    /// The ARN of the topic.
    pub topic_arn: Option<String>,
    /// Another name for the ARN of the topic.
    pub target_arn: Option<String>,
    /// Whom to send a text message; not served here.
    pub phone_number: Option<String>,
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

/// The response of Publish.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct PublishOutput {
    /// The message's id.
    pub message_id: Option<String>,
    /// Its place among the messages of a FIFO topic.
    pub sequence_number: Option<String>,
}
