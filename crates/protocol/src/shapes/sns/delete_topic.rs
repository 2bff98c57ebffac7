//! DeleteTopic.

use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;

/// The request of DeleteTopic.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DeleteTopicInput {
    /// The ARN of the topic.
    pub topic_arn: Option<String>,
}
