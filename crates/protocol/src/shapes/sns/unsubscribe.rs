//! Unsubscribe.

use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;

/// The request of Unsubscribe.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct UnsubscribeInput {
    /// The ARN of the subscription.
    pub subscription_arn: Option<String>,
}
