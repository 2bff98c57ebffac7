//! DescribeAlarmsForMetric.

use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;

use super::Dimension;
use super::list::{ELEMENTS_MAX, at_most};
use super::metric_alarm::MetricAlarm;

/// The request.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DescribeAlarmsForMetricInput {
    /// The metric's name.
    pub metric_name: Option<String>,
    /// The metric's namespace.
    pub namespace: Option<String>,
    /// Only alarms on this statistic.
    pub statistic: Option<String>,
    /// Only alarms on this percentile or its like.
    pub extended_statistic: Option<String>,
    /// The metric's exact dimensions.
    #[serde(default, deserialize_with = "at_most::<ELEMENTS_MAX, _, _>")]
    pub dimensions: Option<Vec<Dimension>>,
    /// Only alarms with this period.
    pub period: Option<i32>,
    /// Only alarms on this unit.
    pub unit: Option<String>,
}

/// The response.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DescribeAlarmsForMetricOutput {
    /// The alarms.
    #[serde(default, deserialize_with = "at_most::<ELEMENTS_MAX, _, _>")]
    pub metric_alarms: Option<Vec<MetricAlarm>>,
}
