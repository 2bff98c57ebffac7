//! A metric alarm as DescribeAlarms and DescribeAlarmsForMetric show it.

use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;

use super::Dimension;
use super::action_configuration::ActionConfiguration;
use super::evaluation::{EvaluationCriteria, EvaluationWindow, WarmUpConfiguration};
use super::get_metric_data::MetricDataQuery;
use super::list::{ELEMENTS_MAX, at_most};
use crate::value::{Double, Timestamp};

/// What is set about a metric alarm, and how it stands.
///
/// Lists of actions and dimensions are there even when they are empty; what else was not set is
/// not there.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct MetricAlarm {
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
    /// The name of the only metric.
    pub metric_name: Option<String>,
    /// The namespace of the only metric.
    pub namespace: Option<String>,
    /// The statistic, such as `Average`.
    pub statistic: Option<String>,
    /// The percentile or its like, such as `p99`.
    pub extended_statistic: Option<String>,
    /// The exact dimensions of the only metric.
    #[serde(default, deserialize_with = "at_most::<ELEMENTS_MAX, _, _>")]
    pub dimensions: Option<Vec<Dimension>>,
    /// Seconds per point.
    pub period: Option<i32>,
    /// Only data of this unit.
    pub unit: Option<String>,
    /// How many points are looked at.
    pub evaluation_periods: Option<i32>,
    /// How many of them must breach.
    pub datapoints_to_alarm: Option<i32>,
    /// What points are compared with.
    pub threshold: Option<Double>,
    /// How they are compared, such as `GreaterThanThreshold`.
    pub comparison_operator: Option<String>,
    /// `breaching`, `notBreaching`, `ignore` or `missing`.
    pub treat_missing_data: Option<String>,
    /// `evaluate` or `ignore`.
    pub evaluate_low_sample_count_percentile: Option<String>,
    /// The metrics and expressions, in place of the only metric.
    #[serde(default, deserialize_with = "at_most::<ELEMENTS_MAX, _, _>")]
    pub metrics: Option<Vec<MetricDataQuery>>,
    /// The id of the band that points are compared with, in place of the threshold.
    pub threshold_metric_id: Option<String>,
    /// `PARTIAL_DATA`, `EVALUATION_ERROR`, `EVALUATION_FAILURE` or `IN_WARM_UP`, when it is so.
    pub evaluation_state: Option<String>,
    /// When the state last became another one.
    pub state_transitioned_timestamp: Option<Timestamp>,
    /// What decides in place of a threshold.
    pub evaluation_criteria: Option<EvaluationCriteria>,
    /// Seconds between evaluations of the criteria.
    pub evaluation_interval: Option<i32>,
    /// Whether windows slide or stand on the hours of a wall clock.
    pub evaluation_window: Option<EvaluationWindow>,
    /// How long a new alarm waits before it judges.
    pub warm_up_configuration: Option<WarmUpConfiguration>,
    /// What notifications hold besides.
    pub action_configuration: Option<ActionConfiguration>,
}
