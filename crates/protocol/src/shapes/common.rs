//! Shapes that several operations share.

use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;

use super::list::{ELEMENTS_MAX, at_most};

/// What an operation without output answers.
///
/// Becomes an empty body in JSON and CBOR, and a response without a result element in XML.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoOutput;

/// One name and value of a metric's dimensions.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Dimension {
    /// The name.
    pub name: Option<String>,
    /// The value.
    pub value: Option<String>,
}

/// A metric: its namespace, its name, and its dimensions.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Metric {
    /// The namespace.
    pub namespace: Option<String>,
    /// The name.
    pub metric_name: Option<String>,
    /// The dimensions.
    #[serde(default, deserialize_with = "at_most::<ELEMENTS_MAX, _, _>")]
    pub dimensions: Option<Vec<Dimension>>,
}

/// A tag of a resource.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Tag {
    /// The key.
    pub key: Option<String>,
    /// The value.
    pub value: Option<String>,
}
