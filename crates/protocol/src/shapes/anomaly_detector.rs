//! Anomaly detectors, as several operations know them.

use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;

use super::Dimension;
use super::get_metric_data::MetricDataQuery;
use super::list::{ELEMENTS_MAX, at_most};
use crate::value::Timestamp;

/// A metric and a statistic that a detector is of.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct SingleMetricAnomalyDetector {
    /// The account that owns the metric.
    pub account_id: Option<String>,
    /// The metric's namespace.
    pub namespace: Option<String>,
    /// The metric's name.
    pub metric_name: Option<String>,
    /// The metric's exact dimensions.
    #[serde(default, deserialize_with = "at_most::<ELEMENTS_MAX, _, _>")]
    pub dimensions: Option<Vec<Dimension>>,
    /// The statistic, such as `Average` or `p99`.
    pub stat: Option<String>,
}

/// An expression that a detector is of.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct MetricMathAnomalyDetector {
    /// The metrics and expressions; the one that returns data is what the detector is of.
    #[serde(default, deserialize_with = "at_most::<ELEMENTS_MAX, _, _>")]
    pub metric_data_queries: Option<Vec<MetricDataQuery>>,
}

/// How a model is trained.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AnomalyDetectorConfiguration {
    /// Times that are not learnt from.
    #[serde(default, deserialize_with = "at_most::<ELEMENTS_MAX, _, _>")]
    pub excluded_time_ranges: Option<Vec<Range>>,
    /// The name of the metric's time zone in the tz database.
    pub metric_timezone: Option<String>,
    /// `FAST`, `NORMAL` or `SLOW`; newer than the SDKs of 2026.
    pub adaptation_speed: Option<String>,
}

/// A stretch of time.
#[skip_serializing_none]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Range {
    /// Its first instant.
    pub start_time: Option<Timestamp>,
    /// The instant after its last.
    pub end_time: Option<Timestamp>,
}

/// What is known of a metric beforehand.
#[skip_serializing_none]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct MetricCharacteristics {
    /// Whether spikes that come again are no anomalies.
    pub periodic_spikes: Option<bool>,
}
