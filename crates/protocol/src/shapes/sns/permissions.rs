//! AddPermission and RemovePermission.

use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;

/// The request of AddPermission.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AddPermissionInput {
    /// The ARN of the topic.
    pub topic_arn: Option<String>,
    /// The label of the statement.
    pub label: Option<String>,
    /// Who may.
    #[serde(rename = "AWSAccountId")]
    pub aws_account_id: Option<Vec<String>>,
    /// What they may.
    pub action_name: Option<Vec<String>>,
}

/// The request of RemovePermission.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct RemovePermissionInput {
    /// The ARN of the topic.
    pub topic_arn: Option<String>,
    /// The label of the statement.
    pub label: Option<String>,
}
