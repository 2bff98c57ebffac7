//! AddPermission.

use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;

use super::Strings;

/// The request.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AddPermissionRequest {
    /// The queue's URL.
    pub queue_url: Option<String>,
    /// What the permission is called.
    pub label: Option<String>,
    /// Who may.
    #[serde(rename = "AWSAccountIds", alias = "AWSAccountId")]
    pub aws_account_ids: Option<Strings>,
    /// What they may.
    #[serde(alias = "ActionName")]
    pub actions: Option<Strings>,
}
