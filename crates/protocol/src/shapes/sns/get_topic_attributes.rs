//! GetTopicAttributes.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;

/// The request of GetTopicAttributes.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetTopicAttributesInput {
    /// The ARN of the topic.
    pub topic_arn: Option<String>,
}

/// The response of GetTopicAttributes.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetTopicAttributesOutput {
    /// Attributes by name.
    pub attributes: Option<BTreeMap<String, String>>,
}
