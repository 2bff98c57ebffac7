//! TagResource, UntagResource and ListTagsForResource.

use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;

use crate::shapes::Tag;
use crate::shapes::list::{ELEMENTS_MAX, at_most};

/// The request of TagResource.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct TagResourceInput {
    /// The ARN of the topic.
    pub resource_arn: Option<String>,
    /// The tags.
    #[serde(default, deserialize_with = "at_most::<ELEMENTS_MAX, _, _>")]
    pub tags: Option<Vec<Tag>>,
}

/// The response of TagResource, which has no members.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TagResourceOutput {}

/// The request of UntagResource.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct UntagResourceInput {
    /// The ARN of the topic.
    pub resource_arn: Option<String>,
    /// The keys of the tags to remove.
    pub tag_keys: Option<Vec<String>>,
}

/// The response of UntagResource, which has no members.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct UntagResourceOutput {}

/// The request of ListTagsForResource.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListTagsForResourceInput {
    /// The ARN of the topic.
    pub resource_arn: Option<String>,
}

/// The response of ListTagsForResource.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListTagsForResourceOutput {
    /// The tags.
    pub tags: Option<Vec<Tag>>,
}
