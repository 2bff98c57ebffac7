//! A subscription, as it is listed.

use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;

/// A subscription.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Subscription {
    /// The ARN, or `PendingConfirmation`.
    pub subscription_arn: Option<String>,
    /// Whose it is.
    pub owner: Option<String>,
    /// How it delivers.
    pub protocol: Option<String>,
    /// Where to.
    pub endpoint: Option<String>,
    /// The ARN of the topic.
    pub topic_arn: Option<String>,
}
