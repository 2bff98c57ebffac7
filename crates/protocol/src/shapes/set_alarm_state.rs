//! SetAlarmState.

use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;

/// The request; the operation has no output.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct SetAlarmStateInput {
    /// The alarm's name.
    pub alarm_name: Option<String>,
    /// `OK`, `ALARM` or `INSUFFICIENT_DATA`.
    pub state_value: Option<String>,
    /// Why it is set.
    pub state_reason: Option<String>,
    /// The same as text that is JSON.
    pub state_reason_data: Option<String>,
}
