//! GetMetricStatistics.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;

use super::Dimension;
use super::list::{ELEMENTS_MAX, at_most};
use crate::value::{Double, Timestamp};

/// The request.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetMetricStatisticsInput {
    /// The metric's namespace.
    pub namespace: Option<String>,
    /// The metric's name.
    pub metric_name: Option<String>,
    /// The metric's exact dimensions.
    #[serde(default, deserialize_with = "at_most::<ELEMENTS_MAX, _, _>")]
    pub dimensions: Option<Vec<Dimension>>,
    /// The first instant, inclusive.
    pub start_time: Option<Timestamp>,
    /// The last instant, exclusive.
    pub end_time: Option<Timestamp>,
    /// Seconds per point.
    pub period: Option<i32>,
    /// Statistics by name, such as `Average`.
    pub statistics: Option<Vec<String>>,
    /// Percentiles and their like, such as `p99`.
    pub extended_statistics: Option<Vec<String>>,
    /// Only data of this unit.
    pub unit: Option<String>,
}

/// The response.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetMetricStatisticsOutput {
    /// The metric's name.
    pub label: Option<String>,
    /// The points, in no particular order.
    pub datapoints: Option<Vec<Datapoint>>,
}

/// The statistics of one period and unit.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Datapoint {
    /// The start of the period.
    pub timestamp: Option<Timestamp>,
    /// How many values.
    pub sample_count: Option<Double>,
    /// Their mean.
    pub average: Option<Double>,
    /// Their sum.
    pub sum: Option<Double>,
    /// The least.
    pub minimum: Option<Double>,
    /// The greatest.
    pub maximum: Option<Double>,
    /// The unit they were stored under.
    pub unit: Option<String>,
    /// The extended statistics that were asked for, by name.
    pub extended_statistics: Option<BTreeMap<String, Double>>,
}
