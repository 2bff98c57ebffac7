//! DescribeAlarmContributors.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;

use crate::value::Timestamp;

/// The request.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DescribeAlarmContributorsInput {
    /// The alarm's name.
    pub alarm_name: Option<String>,
    /// The token of the previous page.
    pub next_token: Option<String>,
}

/// The response.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DescribeAlarmContributorsOutput {
    /// The contributors in `ALARM`.
    pub alarm_contributors: Option<Vec<AlarmContributor>>,
    /// The token of the next page.
    pub next_token: Option<String>,
}

/// One time series of an alarm on many.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AlarmContributor {
    /// The id, 16 hexadecimal digits.
    pub contributor_id: Option<String>,
    /// What tells the series from others.
    pub contributor_attributes: Option<BTreeMap<String, String>>,
    /// Why it is in its state.
    pub state_reason: Option<String>,
    /// When its state last became another one.
    pub state_transitioned_timestamp: Option<Timestamp>,
}
