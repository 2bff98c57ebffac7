//! ListSubscriptions.

use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;

use super::subscription::Subscription;

/// The request of ListSubscriptions.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListSubscriptionsInput {
    /// The token of the previous page.
    pub next_token: Option<String>,
}

/// The response of ListSubscriptions.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListSubscriptionsOutput {
    /// The subscriptions.
    pub subscriptions: Option<Vec<Subscription>>,
    /// The token of the next page.
    pub next_token: Option<String>,
}
