//! GetCallerIdentity, of STS.

use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;

/// The request, which has no members.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct GetCallerIdentityInput {}

/// The response.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetCallerIdentityOutput {
    /// The unique id of the caller.
    pub user_id: Option<String>,
    /// The account of the caller, 12 digits.
    pub account: Option<String>,
    /// The ARN of the caller.
    pub arn: Option<String>,
}
