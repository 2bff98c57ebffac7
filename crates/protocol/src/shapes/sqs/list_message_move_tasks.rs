//! ListMessageMoveTasks.

use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;

use super::names::MoveTaskEntry;
use crate::value::FlatList;

/// The request.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListMessageMoveTasksRequest {
    /// The ARN of the dead-letter queue.
    pub source_arn: Option<String>,
    /// The most tasks.
    pub max_results: Option<i64>,
}

/// The response.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListMessageMoveTasksResult {
    /// The tasks, the newest first.
    pub results: Option<FlatList<MoveTaskEntry, ListMessageMoveTasksResultEntry>>,
}

/// A task.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListMessageMoveTasksResultEntry {
    /// What the task is named by.
    pub task_handle: Option<String>,
    /// `RUNNING`, `COMPLETED`, `CANCELLING`, `CANCELLED` or `FAILED`.
    pub status: Option<String>,
    /// The ARN of the dead-letter queue.
    pub source_arn: Option<String>,
    /// The ARN of the queue that the messages go to.
    pub destination_arn: Option<String>,
    /// The most messages a second.
    pub max_number_of_messages_per_second: Option<i64>,
    /// How many messages were moved.
    pub approximate_number_of_messages_moved: Option<i64>,
    /// How many messages were to be moved.
    pub approximate_number_of_messages_to_move: Option<i64>,
    /// Why it failed.
    pub failure_reason: Option<String>,
    /// When it was started, in milliseconds since the epoch.
    pub started_timestamp: Option<i64>,
}
