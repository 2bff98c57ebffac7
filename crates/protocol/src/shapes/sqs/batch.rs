//! What is told of an entry of a batch that was refused.

use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;

/// The refusal of an entry.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct BatchResultErrorEntry {
    /// The entry's id.
    pub id: Option<String>,
    /// Whether the entry is wrong, and not the service.
    pub sender_fault: Option<bool>,
    /// The error's code, as awsQuery has it.
    pub code: Option<String>,
    /// What there is to say about it.
    pub message: Option<String>,
}
