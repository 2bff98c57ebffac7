//! DeleteQueue.

use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;

/// The request.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DeleteQueueRequest {
    /// The queue's URL.
    pub queue_url: Option<String>,
}
