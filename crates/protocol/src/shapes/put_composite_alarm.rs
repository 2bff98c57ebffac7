//! PutCompositeAlarm.

use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;

use super::Tag;
use super::action_configuration::ActionConfiguration;
use super::list::{ELEMENTS_MAX, at_most};

/// The request.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct PutCompositeAlarmInput {
    /// Whether a change of state runs actions.
    pub actions_enabled: Option<bool>,
    /// The ARNs of what runs when the state becomes `ALARM`.
    pub alarm_actions: Option<Vec<String>>,
    /// What the alarm is for.
    pub alarm_description: Option<String>,
    /// The alarm's name, which is unique among metric and composite alarms.
    pub alarm_name: Option<String>,
    /// The rule over other alarms, such as `ALARM(a) OR ALARM(b)`.
    pub alarm_rule: Option<String>,
    /// The ARNs of what runs when the state becomes `INSUFFICIENT_DATA`.
    pub insufficient_data_actions: Option<Vec<String>>,
    /// The ARNs of what runs when the state becomes `OK`.
    #[serde(rename = "OKActions")]
    pub ok_actions: Option<Vec<String>>,
    /// The tags of an alarm that is new.
    #[serde(default, deserialize_with = "at_most::<ELEMENTS_MAX, _, _>")]
    pub tags: Option<Vec<Tag>>,
    /// The name or the ARN of the alarm that holds actions back while it is in `ALARM`.
    pub actions_suppressor: Option<String>,
    /// Seconds that actions wait for the suppressor to go into `ALARM`.
    pub actions_suppressor_wait_period: Option<i32>,
    /// Seconds that actions wait after the suppressor has left `ALARM`.
    pub actions_suppressor_extension_period: Option<i32>,
    /// What notifications hold besides.
    pub action_configuration: Option<ActionConfiguration>,
}
