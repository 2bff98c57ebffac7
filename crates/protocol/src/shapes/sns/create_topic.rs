//! CreateTopic.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;

use crate::shapes::Tag;
use crate::shapes::list::{ELEMENTS_MAX, at_most};

/// The request of CreateTopic.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CreateTopicInput {
    /// The name.
    pub name: Option<String>,
    /// Attributes by name.
    pub attributes: Option<BTreeMap<String, String>>,
    /// The tags.
    #[serde(default, deserialize_with = "at_most::<ELEMENTS_MAX, _, _>")]
    pub tags: Option<Vec<Tag>>,
    /// What may not be published; not served here.
    pub data_protection_policy: Option<String>,
}

/// The response of CreateTopic.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CreateTopicOutput {
    /// The ARN of the topic.
    pub topic_arn: Option<String>,
}
