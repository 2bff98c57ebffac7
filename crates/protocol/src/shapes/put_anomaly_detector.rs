//! PutAnomalyDetector.

use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;

use super::Dimension;
use super::anomaly_detector::{
    AnomalyDetectorConfiguration, MetricCharacteristics, MetricMathAnomalyDetector, SingleMetricAnomalyDetector,
};
use super::list::{ELEMENTS_MAX, at_most};

/// The request. The metric may also be told by members of the request itself, as it had to be before 2021.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct PutAnomalyDetectorInput {
    /// The metric's namespace.
    pub namespace: Option<String>,
    /// The metric's name.
    pub metric_name: Option<String>,
    /// The metric's exact dimensions.
    #[serde(default, deserialize_with = "at_most::<ELEMENTS_MAX, _, _>")]
    pub dimensions: Option<Vec<Dimension>>,
    /// The statistic, such as `Average` or `p99`.
    pub stat: Option<String>,
    /// How the model is trained.
    pub configuration: Option<AnomalyDetectorConfiguration>,
    /// What is known of the metric beforehand.
    pub metric_characteristics: Option<MetricCharacteristics>,
    /// The metric and statistic that the detector is of.
    pub single_metric_anomaly_detector: Option<SingleMetricAnomalyDetector>,
    /// The expression that the detector is of.
    pub metric_math_anomaly_detector: Option<MetricMathAnomalyDetector>,
}

/// The response, which has no members.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PutAnomalyDetectorOutput {}
