//! ListDeadLetterSourceQueues.

use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;

use super::Strings;

/// The request.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListDeadLetterSourceQueuesRequest {
    /// The queue's URL.
    pub queue_url: Option<String>,
    /// The token of the previous page.
    pub next_token: Option<String>,
    /// The most queues on one page.
    pub max_results: Option<i64>,
}

/// The response.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListDeadLetterSourceQueuesResult {
    /// The URLs.
    #[serde(rename = "queueUrls")]
    pub queue_urls: Option<Strings>,
    /// The token of the next page.
    pub next_token: Option<String>,
}
