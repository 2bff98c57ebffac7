//! CreateQueue.

use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;

use super::{Attributes, Tags};

/// The request.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CreateQueueRequest {
    /// The queue's name.
    pub queue_name: Option<String>,
    /// What is set about the queue.
    #[serde(alias = "Attribute")]
    pub attributes: Option<Attributes>,
    /// The queue's tags.
    #[serde(rename = "tags", alias = "Tag")]
    pub tags: Option<Tags>,
}

/// The response.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CreateQueueResult {
    /// The queue's URL.
    pub queue_url: Option<String>,
}
