//! SetSubscriptionAttributes.

use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;

/// The request of SetSubscriptionAttributes.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct SetSubscriptionAttributesInput {
    /// The ARN of the subscription.
    pub subscription_arn: Option<String>,
    /// Which attribute.
    pub attribute_name: Option<String>,
    /// Its value.
    pub attribute_value: Option<String>,
}
