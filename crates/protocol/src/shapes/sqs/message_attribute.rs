//! An attribute that the sender of a message gives it.

use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;

use super::Strings;
use crate::value::Blob;

/// The type and the value of an attribute.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct MessageAttributeValue {
    /// The value, when the type is `String` or `Number`.
    pub string_value: Option<String>,
    /// The value, when the type is `Binary`.
    pub binary_value: Option<Blob>,
    /// Reserved by AWS.
    #[serde(alias = "StringListValue")]
    pub string_list_values: Option<Strings>,
    /// Reserved by AWS.
    #[serde(alias = "BinaryListValue")]
    pub binary_list_values: Option<Strings>,
    /// `String`, `Number` or `Binary`, and whatever the sender adds after a dot.
    pub data_type: Option<String>,
}
