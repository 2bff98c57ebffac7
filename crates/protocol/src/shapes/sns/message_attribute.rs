//! The attributes of messages.

use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;

/// An attribute of a message.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct MessageAttributeValue {
    /// `String`, `Number` or `Binary`, and whatever follows a dot.
    pub data_type: Option<String>,
    /// The value, when it is a text or a number.
    pub string_value: Option<String>,
    /// The value in base64, when it is bytes.
    pub binary_value: Option<String>,
}
