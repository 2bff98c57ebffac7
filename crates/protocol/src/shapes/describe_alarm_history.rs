//! DescribeAlarmHistory.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;

use crate::value::Timestamp;

/// The request.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DescribeAlarmHistoryInput {
    /// Only what happened to this alarm.
    pub alarm_name: Option<String>,
    /// Only what happened to this contributor.
    pub alarm_contributor_id: Option<String>,
    /// `MetricAlarm`, `CompositeAlarm` or `LogAlarm`.
    pub alarm_types: Option<Vec<String>>,
    /// Only items of this type, such as `StateUpdate`.
    pub history_item_type: Option<String>,
    /// The first instant.
    pub start_date: Option<Timestamp>,
    /// The last instant.
    pub end_date: Option<Timestamp>,
    /// The most items on one page.
    pub max_records: Option<i32>,
    /// The token of the previous page.
    pub next_token: Option<String>,
    /// `TimestampDescending` or `TimestampAscending`.
    pub scan_by: Option<String>,
}

/// The response.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DescribeAlarmHistoryOutput {
    /// What happened.
    pub alarm_history_items: Option<Vec<AlarmHistoryItem>>,
    /// The token of the next page.
    pub next_token: Option<String>,
}

/// Something that happened to an alarm.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AlarmHistoryItem {
    /// The alarm's name.
    pub alarm_name: Option<String>,
    /// The contributor that it happened to.
    pub alarm_contributor_id: Option<String>,
    /// `MetricAlarm`, `CompositeAlarm` or `LogAlarm`.
    pub alarm_type: Option<String>,
    /// When it happened.
    pub timestamp: Option<Timestamp>,
    /// What kind of thing it is, such as `StateUpdate`.
    pub history_item_type: Option<String>,
    /// One sentence about it.
    pub history_summary: Option<String>,
    /// All about it, as text that is JSON.
    pub history_data: Option<String>,
    /// What tells the contributor from others.
    pub alarm_contributor_attributes: Option<BTreeMap<String, String>>,
}
