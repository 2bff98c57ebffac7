//! A log alarm as DescribeAlarms shows it.

use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;

use super::Tag;
use super::action_configuration::ActionConfiguration;
use super::evaluation::WarmUpConfiguration;
use super::list::{ELEMENTS_MAX, at_most};
use crate::value::{Double, Timestamp};

/// What is set about an alarm on the results of a scheduled log query, and how it stands.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct LogAlarm {
    /// The alarm's name.
    pub alarm_name: Option<String>,
    /// The alarm's ARN.
    pub alarm_arn: Option<String>,
    /// What the alarm is for.
    pub alarm_description: Option<String>,
    /// When it was last put.
    pub alarm_configuration_updated_timestamp: Option<Timestamp>,
    /// Whether a change of state runs actions.
    pub actions_enabled: Option<bool>,
    /// The ARNs of what runs when the state becomes `OK`.
    #[serde(rename = "OKActions")]
    pub ok_actions: Option<Vec<String>>,
    /// The ARNs of what runs when the state becomes `ALARM`.
    pub alarm_actions: Option<Vec<String>>,
    /// The ARNs of what runs when the state becomes `INSUFFICIENT_DATA`.
    pub insufficient_data_actions: Option<Vec<String>>,
    /// `OK`, `ALARM` or `INSUFFICIENT_DATA`.
    pub state_value: Option<String>,
    /// Why it is in that state.
    pub state_reason: Option<String>,
    /// The same as text that is JSON.
    pub state_reason_data: Option<String>,
    /// When state or reason was last written.
    pub state_updated_timestamp: Option<Timestamp>,
    /// The query, and when it runs.
    pub scheduled_query_configuration: Option<ScheduledQueryConfiguration>,
    /// How many results are looked at.
    pub query_results_to_evaluate: Option<i32>,
    /// How many of them must breach.
    pub query_results_to_alarm: Option<i32>,
    /// What results are compared with.
    pub threshold: Option<Double>,
    /// How they are compared, such as `GreaterThanThreshold`.
    pub comparison_operator: Option<String>,
    /// `breaching`, `notBreaching`, `ignore` or `missing`.
    pub treat_missing_data: Option<String>,
    /// When the state last became another one.
    pub state_transitioned_timestamp: Option<Timestamp>,
    /// `PARTIAL_DATA`, `EVALUATION_ERROR`, `EVALUATION_FAILURE` or `IN_WARM_UP`, when it is so.
    pub evaluation_state: Option<String>,
    /// How many log lines a notification holds.
    pub action_log_line_count: Option<i32>,
    /// The ARN of the role that reads those lines.
    pub action_log_line_role_arn: Option<String>,
    /// How long a new alarm waits before it judges.
    pub warm_up_configuration: Option<WarmUpConfiguration>,
    /// What notifications hold besides.
    pub action_configuration: Option<ActionConfiguration>,
}

/// A log query, and when it runs.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ScheduledQueryConfiguration {
    /// The query.
    pub query_string: Option<String>,
    /// The names or ARNs of the log groups.
    pub log_group_identifiers: Option<Vec<String>>,
    /// The ARN of the query.
    #[serde(rename = "QueryARN")]
    pub query_arn: Option<String>,
    /// The ARN of the role that runs it.
    #[serde(rename = "ScheduledQueryRoleARN")]
    pub scheduled_query_role_arn: Option<String>,
    /// When it runs.
    pub schedule_configuration: Option<ScheduleConfiguration>,
    /// How results become values, such as `count(*)`.
    pub aggregation_expression: Option<String>,
    /// The tags of the query.
    #[serde(default, deserialize_with = "at_most::<ELEMENTS_MAX, _, _>")]
    pub tags: Option<Vec<Tag>>,
}

/// When a log query runs, and over which time.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ScheduleConfiguration {
    /// The rate or the cron expression.
    pub schedule_expression: Option<String>,
    /// Seconds before the run at which the time begins.
    pub start_time_offset: Option<i64>,
    /// Seconds before the run at which the time ends.
    pub end_time_offset: Option<i64>,
}
