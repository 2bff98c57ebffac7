//! SendMessageBatch.

use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;

use super::names::{ErrorEntry, RequestEntry, SendEntry};
use super::{BatchResultErrorEntry, MessageAttributes};
use crate::value::FlatList;

/// The request.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct SendMessageBatchRequest {
    /// The queue's URL.
    pub queue_url: Option<String>,
    /// The entries.
    #[serde(alias = "SendMessageBatchRequestEntry")]
    pub entries: Option<FlatList<RequestEntry, SendMessageBatchRequestEntry>>,
}

/// The response.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct SendMessageBatchResult {
    /// The entries that were done.
    pub successful: Option<FlatList<SendEntry, SendMessageBatchResultEntry>>,
    /// The entries that were refused.
    pub failed: Option<FlatList<ErrorEntry, BatchResultErrorEntry>>,
}

/// An entry of the request.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct SendMessageBatchRequestEntry {
    /// The entry's id.
    pub id: Option<String>,
    /// The text.
    pub message_body: Option<String>,
    /// Seconds that the message stays hidden.
    pub delay_seconds: Option<i64>,
    /// Attributes.
    #[serde(alias = "MessageAttribute")]
    pub message_attributes: Option<MessageAttributes>,
    /// Attributes of the system: the trace header.
    #[serde(alias = "MessageSystemAttribute")]
    pub message_system_attributes: Option<MessageAttributes>,
    /// By what duplicates are known.
    pub message_deduplication_id: Option<String>,
    /// The message group.
    pub message_group_id: Option<String>,
}

/// An entry that was done.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct SendMessageBatchResultEntry {
    /// The entry's id.
    pub id: Option<String>,
    /// The MD5 of the body.
    #[serde(rename = "MD5OfMessageBody")]
    pub md5_of_message_body: Option<String>,
    /// The MD5 of the attributes.
    #[serde(rename = "MD5OfMessageAttributes")]
    pub md5_of_message_attributes: Option<String>,
    /// The MD5 of the attributes of the system.
    #[serde(rename = "MD5OfMessageSystemAttributes")]
    pub md5_of_message_system_attributes: Option<String>,
    /// The message's id.
    pub message_id: Option<String>,
    /// The sequence number, of a FIFO queue.
    pub sequence_number: Option<String>,
}
