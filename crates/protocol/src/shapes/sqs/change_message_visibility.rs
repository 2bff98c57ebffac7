//! ChangeMessageVisibility.

use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;

/// The request.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ChangeMessageVisibilityRequest {
    /// The queue's URL.
    pub queue_url: Option<String>,
    /// What the receiver names the message by.
    pub receipt_handle: Option<String>,
    /// Seconds that it stays hidden from now.
    pub visibility_timeout: Option<i64>,
}
