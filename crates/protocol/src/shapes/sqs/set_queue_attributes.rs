//! SetQueueAttributes.

use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;

use super::Attributes;

/// The request.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct SetQueueAttributesRequest {
    /// The queue's URL.
    pub queue_url: Option<String>,
    /// What is set about the queue.
    #[serde(alias = "Attribute")]
    pub attributes: Option<Attributes>,
}
