//! TagQueue.

use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;

use super::Tags;

/// The request.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct TagQueueRequest {
    /// The queue's URL.
    pub queue_url: Option<String>,
    /// The tags to add or replace.
    #[serde(alias = "Tag")]
    pub tags: Option<Tags>,
}
