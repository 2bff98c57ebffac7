//! ListSubscriptionsByTopic.

use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;

use super::subscription::Subscription;

/// The request of ListSubscriptionsByTopic.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListSubscriptionsByTopicInput {
    /// The ARN of the topic.
    pub topic_arn: Option<String>,
    /// The token of the previous page.
    pub next_token: Option<String>,
}

/// The response of ListSubscriptionsByTopic.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListSubscriptionsByTopicOutput {
    /// The subscriptions.
    pub subscriptions: Option<Vec<Subscription>>,
    /// The token of the next page.
    pub next_token: Option<String>,
}
