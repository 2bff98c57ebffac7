//! GetQueueAttributes.

use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;

use super::{Attributes, Strings};

/// The request.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetQueueAttributesRequest {
    /// The queue's URL.
    pub queue_url: Option<String>,
    /// The names of the attributes, or `All`.
    #[serde(alias = "AttributeName")]
    pub attribute_names: Option<Strings>,
}

/// The response.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetQueueAttributesResult {
    /// The attributes.
    pub attributes: Option<Attributes>,
}
