//! ConfirmSubscription.

use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;

/// The request of ConfirmSubscription.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ConfirmSubscriptionInput {
    /// The ARN of the topic.
    pub topic_arn: Option<String>,
    /// What was sent to the endpoint.
    pub token: Option<String>,
    /// `true` when only the account itself may unsubscribe.
    pub authenticate_on_unsubscribe: Option<String>,
}

/// The response of ConfirmSubscription.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ConfirmSubscriptionOutput {
    /// The ARN of the subscription.
    pub subscription_arn: Option<String>,
}
