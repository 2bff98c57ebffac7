//! DescribeAlarms.

use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;

use super::composite_alarm::CompositeAlarm;
use super::list::{ELEMENTS_MAX, at_most};
use super::log_alarm::LogAlarm;
use super::metric_alarm::MetricAlarm;

/// The request.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DescribeAlarmsInput {
    /// Only these alarms.
    pub alarm_names: Option<Vec<String>>,
    /// Only alarms whose name begins so.
    pub alarm_name_prefix: Option<String>,
    /// `MetricAlarm`, `CompositeAlarm` or `LogAlarm`; only the first, when absent.
    pub alarm_types: Option<Vec<String>>,
    /// Only the alarms in the rule of this composite alarm.
    pub children_of_alarm_name: Option<String>,
    /// Only the composite alarms whose rule has this alarm.
    pub parents_of_alarm_name: Option<String>,
    /// Only alarms in this state.
    pub state_value: Option<String>,
    /// Only alarms with an action whose ARN begins so.
    pub action_prefix: Option<String>,
    /// The most alarms on one page.
    pub max_records: Option<i32>,
    /// The token of the previous page.
    pub next_token: Option<String>,
}

/// The response.
///
/// For children and parents of an alarm, all that alarms have are the members that say which alarm
/// it is and, for children, in which state.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DescribeAlarmsOutput {
    /// The composite alarms.
    #[serde(default, deserialize_with = "at_most::<ELEMENTS_MAX, _, _>")]
    pub composite_alarms: Option<Vec<CompositeAlarm>>,
    /// The metric alarms.
    #[serde(default, deserialize_with = "at_most::<ELEMENTS_MAX, _, _>")]
    pub metric_alarms: Option<Vec<MetricAlarm>>,
    /// The log alarms.
    #[serde(default, deserialize_with = "at_most::<ELEMENTS_MAX, _, _>")]
    pub log_alarms: Option<Vec<LogAlarm>>,
    /// The token of the next page.
    pub next_token: Option<String>,
}
