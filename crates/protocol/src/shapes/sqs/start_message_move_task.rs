//! StartMessageMoveTask.

use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;

/// The request.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct StartMessageMoveTaskRequest {
    /// The ARN of the dead-letter queue.
    pub source_arn: Option<String>,
    /// The ARN of the queue that the messages go to; back, when absent.
    pub destination_arn: Option<String>,
    /// The most messages a second.
    pub max_number_of_messages_per_second: Option<i64>,
}

/// The response.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct StartMessageMoveTaskResult {
    /// What the task is named by.
    pub task_handle: Option<String>,
}
