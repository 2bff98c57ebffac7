//! ListMetrics.

use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;

use super::Metric;
use super::list::{ELEMENTS_MAX, at_most};

/// The request.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListMetricsInput {
    /// Only metrics in this namespace.
    pub namespace: Option<String>,
    /// Only metrics of this name.
    pub metric_name: Option<String>,
    /// Only metrics that have all of these dimensions.
    #[serde(default, deserialize_with = "at_most::<ELEMENTS_MAX, _, _>")]
    pub dimensions: Option<Vec<DimensionFilter>>,
    /// The token of the previous page.
    pub next_token: Option<String>,
    /// `PT3H` for metrics of the last three hours.
    pub recently_active: Option<String>,
    /// Whether metrics of linked accounts are listed too.
    pub include_linked_accounts: Option<bool>,
    /// Only metrics of this account.
    pub owning_account: Option<String>,
}

/// A dimension that a metric must have.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DimensionFilter {
    /// The dimension's name.
    pub name: Option<String>,
    /// The dimension's value; any, when absent.
    pub value: Option<String>,
}

/// The response.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListMetricsOutput {
    /// The metrics.
    pub metrics: Option<Vec<Metric>>,
    /// The token of the next page.
    pub next_token: Option<String>,
    /// The account of each metric, when linked accounts were asked for.
    pub owning_accounts: Option<Vec<String>>,
}
