//! ChangeMessageVisibilityBatch.

use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;

use super::BatchResultErrorEntry;
use super::names::{ChangeVisibilityEntry, ErrorEntry, RequestEntry};
use crate::value::FlatList;

/// The request.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ChangeMessageVisibilityBatchRequest {
    /// The queue's URL.
    pub queue_url: Option<String>,
    /// The entries.
    #[serde(alias = "ChangeMessageVisibilityBatchRequestEntry")]
    pub entries: Option<FlatList<RequestEntry, ChangeMessageVisibilityBatchRequestEntry>>,
}

/// The response.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ChangeMessageVisibilityBatchResult {
    /// The entries that were done.
    pub successful: Option<FlatList<ChangeVisibilityEntry, ChangeMessageVisibilityBatchResultEntry>>,
    /// The entries that were refused.
    pub failed: Option<FlatList<ErrorEntry, BatchResultErrorEntry>>,
}

/// An entry of the request.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ChangeMessageVisibilityBatchRequestEntry {
    /// The entry's id.
    pub id: Option<String>,
    /// What the receiver names the message by.
    pub receipt_handle: Option<String>,
    /// Seconds that it stays hidden from now.
    pub visibility_timeout: Option<i64>,
}

/// An entry that was done.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ChangeMessageVisibilityBatchResultEntry {
    /// The entry's id.
    pub id: Option<String>,
}
