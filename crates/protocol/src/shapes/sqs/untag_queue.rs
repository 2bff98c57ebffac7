//! UntagQueue.

use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;

use super::Strings;

/// The request.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct UntagQueueRequest {
    /// The queue's URL.
    pub queue_url: Option<String>,
    /// The keys of the tags to remove.
    #[serde(alias = "TagKey")]
    pub tag_keys: Option<Strings>,
}
