//! DescribeAnomalyDetectors.

use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;

use super::Dimension;
use super::anomaly_detector::{
    AnomalyDetectorConfiguration, MetricCharacteristics, MetricMathAnomalyDetector, SingleMetricAnomalyDetector,
};
use super::list::{ELEMENTS_MAX, at_most};

/// The request.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DescribeAnomalyDetectorsInput {
    /// The token of the previous page.
    pub next_token: Option<String>,
    /// The most detectors on one page.
    pub max_results: Option<i32>,
    /// Only detectors of metrics in this namespace.
    pub namespace: Option<String>,
    /// Only detectors of metrics of this name.
    pub metric_name: Option<String>,
    /// Only detectors of metrics that have these dimensions.
    #[serde(default, deserialize_with = "at_most::<ELEMENTS_MAX, _, _>")]
    pub dimensions: Option<Vec<Dimension>>,
    /// `SINGLE_METRIC`, `METRIC_MATH` or both.
    pub anomaly_detector_types: Option<Vec<String>>,
}

/// The response.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DescribeAnomalyDetectorsOutput {
    /// The detectors.
    #[serde(default, deserialize_with = "at_most::<ELEMENTS_MAX, _, _>")]
    pub anomaly_detectors: Option<Vec<AnomalyDetector>>,
    /// The token of the next page.
    pub next_token: Option<String>,
}

/// A detector. That of a metric tells the metric twice, for clients from before 2021.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AnomalyDetector {
    /// The metric's namespace.
    pub namespace: Option<String>,
    /// The metric's name.
    pub metric_name: Option<String>,
    /// The metric's dimensions.
    #[serde(default, deserialize_with = "at_most::<ELEMENTS_MAX, _, _>")]
    pub dimensions: Option<Vec<Dimension>>,
    /// The statistic.
    pub stat: Option<String>,
    /// How the model is trained.
    pub configuration: Option<AnomalyDetectorConfiguration>,
    /// `PENDING_TRAINING`, `TRAINED_INSUFFICIENT_DATA` or `TRAINED`.
    pub state_value: Option<String>,
    /// What is known of the metric beforehand.
    pub metric_characteristics: Option<MetricCharacteristics>,
    /// The metric and statistic that the detector is of.
    pub single_metric_anomaly_detector: Option<SingleMetricAnomalyDetector>,
    /// The expression that the detector is of.
    pub metric_math_anomaly_detector: Option<MetricMathAnomalyDetector>,
}
