//! ListTopics.

use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;

/// The request of ListTopics.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListTopicsInput {
    /// The token of the previous page.
    pub next_token: Option<String>,
}

/// The response of ListTopics.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListTopicsOutput {
    /// The topics, by name.
    pub topics: Option<Vec<Topic>>,
    /// The token of the next page.
    pub next_token: Option<String>,
}

/// A topic.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Topic {
    /// The ARN of the topic.
    pub topic_arn: Option<String>,
}
