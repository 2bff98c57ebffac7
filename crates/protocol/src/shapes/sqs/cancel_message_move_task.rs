//! CancelMessageMoveTask.

use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;

/// The request.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CancelMessageMoveTaskRequest {
    /// What the task is named by.
    pub task_handle: Option<String>,
}

/// The response.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CancelMessageMoveTaskResult {
    /// How many messages were moved.
    pub approximate_number_of_messages_moved: Option<i64>,
}
