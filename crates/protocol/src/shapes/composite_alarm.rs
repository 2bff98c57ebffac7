//! A composite alarm as DescribeAlarms shows it.

use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;

use super::action_configuration::ActionConfiguration;
use crate::value::Timestamp;

/// What is set about a composite alarm, and how it stands.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CompositeAlarm {
    /// Whether a change of state runs actions.
    pub actions_enabled: Option<bool>,
    /// The ARNs of what runs when the state becomes `ALARM`.
    pub alarm_actions: Option<Vec<String>>,
    /// The alarm's ARN.
    pub alarm_arn: Option<String>,
    /// When it was last put.
    pub alarm_configuration_updated_timestamp: Option<Timestamp>,
    /// What the alarm is for.
    pub alarm_description: Option<String>,
    /// The alarm's name.
    pub alarm_name: Option<String>,
    /// The rule over other alarms.
    pub alarm_rule: Option<String>,
    /// The ARNs of what runs when the state becomes `INSUFFICIENT_DATA`.
    pub insufficient_data_actions: Option<Vec<String>>,
    /// The ARNs of what runs when the state becomes `OK`.
    #[serde(rename = "OKActions")]
    pub ok_actions: Option<Vec<String>>,
    /// Why it is in its state.
    pub state_reason: Option<String>,
    /// The same as text that is JSON.
    pub state_reason_data: Option<String>,
    /// When state or reason was last written.
    pub state_updated_timestamp: Option<Timestamp>,
    /// `OK`, `ALARM` or `INSUFFICIENT_DATA`.
    pub state_value: Option<String>,
    /// When the state last became another one.
    pub state_transitioned_timestamp: Option<Timestamp>,
    /// What holds actions back now: `WaitPeriod`, `ExtensionPeriod` or `Alarm`.
    pub actions_suppressed_by: Option<String>,
    /// Why they are held back.
    pub actions_suppressed_reason: Option<String>,
    /// The name or the ARN of the alarm that holds actions back while it is in `ALARM`.
    pub actions_suppressor: Option<String>,
    /// Seconds that actions wait for the suppressor to go into `ALARM`.
    pub actions_suppressor_wait_period: Option<i32>,
    /// Seconds that actions wait after the suppressor has left `ALARM`.
    pub actions_suppressor_extension_period: Option<i32>,
    /// What notifications hold besides.
    pub action_configuration: Option<ActionConfiguration>,
}
