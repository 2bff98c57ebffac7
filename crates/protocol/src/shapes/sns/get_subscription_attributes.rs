//! GetSubscriptionAttributes.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;

/// The request of GetSubscriptionAttributes.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetSubscriptionAttributesInput {
    /// The ARN of the subscription.
    pub subscription_arn: Option<String>,
}

/// The response of GetSubscriptionAttributes.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetSubscriptionAttributesOutput {
    /// Attributes by name.
    pub attributes: Option<BTreeMap<String, String>>,
}
