//! GetMetricData.

use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;

use super::Metric;
use super::list::{ELEMENTS_MAX, at_most};
use crate::value::{Double, Timestamp, indefinite_list};

/// The request.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetMetricDataInput {
    /// The metrics and expressions.
    #[serde(default, deserialize_with = "at_most::<ELEMENTS_MAX, _, _>")]
    pub metric_data_queries: Option<Vec<MetricDataQuery>>,
    /// The first instant, inclusive.
    pub start_time: Option<Timestamp>,
    /// The last instant, exclusive.
    pub end_time: Option<Timestamp>,
    /// The token of the previous page.
    pub next_token: Option<String>,
    /// `TimestampDescending` or `TimestampAscending`.
    pub scan_by: Option<String>,
    /// The most points on one page.
    pub max_datapoints: Option<i32>,
    /// How labels are written.
    pub label_options: Option<LabelOptions>,
}

/// A metric with a statistic, or an expression.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct MetricDataQuery {
    /// The name by which other queries refer to this one.
    pub id: Option<String>,
    /// The metric.
    pub metric_stat: Option<MetricStat>,
    /// The metric math, SEARCH or Metrics Insights expression.
    pub expression: Option<String>,
    /// The label, which may be dynamic.
    pub label: Option<String>,
    /// Whether the result is part of the response.
    pub return_data: Option<bool>,
    /// Seconds per point of an expression.
    pub period: Option<i32>,
    /// The account that owns the metric.
    pub account_id: Option<String>,
}

/// A metric with the statistic and period to read.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct MetricStat {
    /// The metric.
    pub metric: Option<Metric>,
    /// Seconds per point.
    pub period: Option<i32>,
    /// The statistic, such as `Sum` or `p99`.
    pub stat: Option<String>,
    /// Only data of this unit.
    pub unit: Option<String>,
}

/// How labels are written.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct LabelOptions {
    /// The offset of times in labels, such as `+0130`.
    pub timezone: Option<String>,
}

/// The response.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetMetricDataOutput {
    /// One result per time series.
    pub metric_data_results: Option<Vec<MetricDataResult>>,
    /// The token of the next page.
    pub next_token: Option<String>,
    /// What there is to say about the whole call.
    pub messages: Option<Vec<MessageData>>,
}

/// One time series.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct MetricDataResult {
    /// The query's id.
    pub id: Option<String>,
    /// The label.
    pub label: Option<String>,
    /// The starts of the periods.
    #[serde(serialize_with = "indefinite_list")]
    pub timestamps: Option<Vec<Timestamp>>,
    /// The values, one per timestamp.
    pub values: Option<Vec<Double>>,
    /// `Complete`, `PartialData`, `InternalError` or `Forbidden`.
    pub status_code: Option<String>,
    /// What there is to say about this series.
    pub messages: Option<Vec<MessageData>>,
}

/// A message of the service about a result.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct MessageData {
    /// The code, such as `MultipleUnits`.
    pub code: Option<String>,
    /// The text.
    pub value: Option<String>,
}
