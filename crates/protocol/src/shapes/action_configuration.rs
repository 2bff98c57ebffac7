//! What an alarm's notifications hold besides: a part of alarms of every kind.

use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;

/// What notifications hold besides.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ActionConfiguration {
    /// The alarm's tags.
    pub alarm_tags_propagation: Option<AlarmTagsPropagation>,
}

/// Which of the alarm's tags go into its notifications.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AlarmTagsPropagation {
    /// Whether any do.
    pub enabled: Option<bool>,
    /// Only tags with these keys.
    pub included_tag_keys: Option<Vec<String>>,
    /// All tags but those with these keys.
    pub excluded_tag_keys: Option<Vec<String>>,
}
