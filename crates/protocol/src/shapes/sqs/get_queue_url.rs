//! GetQueueUrl.

use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;

/// The request.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetQueueUrlRequest {
    /// The queue's name.
    pub queue_name: Option<String>,
    /// Whose it is; the caller, when absent.
    #[serde(rename = "QueueOwnerAWSAccountId")]
    pub queue_owner_aws_account_id: Option<String>,
}

/// The response.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetQueueUrlResult {
    /// The queue's URL.
    pub queue_url: Option<String>,
}
