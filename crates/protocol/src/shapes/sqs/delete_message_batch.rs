//! DeleteMessageBatch.

use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;

use super::BatchResultErrorEntry;
use super::names::{DeleteEntry, ErrorEntry, RequestEntry};
use crate::value::FlatList;

/// The request.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DeleteMessageBatchRequest {
    /// The queue's URL.
    pub queue_url: Option<String>,
    /// The entries.
    #[serde(alias = "DeleteMessageBatchRequestEntry")]
    pub entries: Option<FlatList<RequestEntry, DeleteMessageBatchRequestEntry>>,
}

/// The response.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DeleteMessageBatchResult {
    /// The entries that were done.
    pub successful: Option<FlatList<DeleteEntry, DeleteMessageBatchResultEntry>>,
    /// The entries that were refused.
    pub failed: Option<FlatList<ErrorEntry, BatchResultErrorEntry>>,
}

/// An entry of the request.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DeleteMessageBatchRequestEntry {
    /// The entry's id.
    pub id: Option<String>,
    /// What the receiver names the message by.
    pub receipt_handle: Option<String>,
}

/// An entry that was done.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DeleteMessageBatchResultEntry {
    /// The entry's id.
    pub id: Option<String>,
}
