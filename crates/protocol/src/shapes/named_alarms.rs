//! DeleteAlarms, EnableAlarmActions and DisableAlarmActions: one shape for the three.

use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;

/// The request of DeleteAlarms; the operation has no output.
pub type DeleteAlarmsInput = NamedAlarmsInput;

/// The request of EnableAlarmActions; the operation has no output.
pub type EnableAlarmActionsInput = NamedAlarmsInput;

/// The request of DisableAlarmActions; the operation has no output.
pub type DisableAlarmActionsInput = NamedAlarmsInput;

/// Names of alarms, and nothing else.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct NamedAlarmsInput {
    /// The names.
    pub alarm_names: Option<Vec<String>>,
}
