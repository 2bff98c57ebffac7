//! Subscribe.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;

/// The request of Subscribe.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct SubscribeInput {
    /// The ARN of the topic.
    pub topic_arn: Option<String>,
    /// How to deliver.
    pub protocol: Option<String>,
    /// Where to.
    pub endpoint: Option<String>,
    /// Attributes by name.
    pub attributes: Option<BTreeMap<String, String>>,
    /// Whether the ARN is answered although the subscription is not confirmed.
    pub return_subscription_arn: Option<bool>,
}

/// The response of Subscribe.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct SubscribeOutput {
    /// The ARN of the subscription, or `pending confirmation`.
    pub subscription_arn: Option<String>,
}
