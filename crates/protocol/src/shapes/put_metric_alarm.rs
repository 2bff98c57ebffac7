//! PutMetricAlarm.

use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;

use super::action_configuration::ActionConfiguration;
use super::evaluation::{EvaluationCriteria, EvaluationWindow, WarmUpConfiguration};
use super::get_metric_data::MetricDataQuery;
use super::list::{ELEMENTS_MAX, at_most};
use super::{Dimension, Tag};
use crate::value::Double;

/// The request.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct PutMetricAlarmInput {
    /// The alarm's name, which is unique among metric and composite alarms.
    pub alarm_name: Option<String>,
    /// What the alarm is for.
    pub alarm_description: Option<String>,
    /// Whether a change of state runs actions.
    pub actions_enabled: Option<bool>,
    /// The ARNs of what runs when the state becomes `OK`.
    #[serde(rename = "OKActions")]
    pub ok_actions: Option<Vec<String>>,
    /// The ARNs of what runs when the state becomes `ALARM`.
    pub alarm_actions: Option<Vec<String>>,
    /// The ARNs of what runs when the state becomes `INSUFFICIENT_DATA`.
    pub insufficient_data_actions: Option<Vec<String>>,
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
    /// The tags of an alarm that is new.
    #[serde(default, deserialize_with = "at_most::<ELEMENTS_MAX, _, _>")]
    pub tags: Option<Vec<Tag>>,
    /// The id of the band that points are compared with, in place of the threshold.
    pub threshold_metric_id: Option<String>,
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
