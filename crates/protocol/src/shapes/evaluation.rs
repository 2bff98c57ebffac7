//! How metric alarms judge, as far as it is not a threshold: parts of PutMetricAlarm and of what
//! DescribeAlarms answers.

use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;

/// What decides in place of a threshold: one of its members.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct EvaluationCriteria {
    /// A query in PromQL.
    #[serde(rename = "PromQLCriteria")]
    pub prom_ql_criteria: Option<AlarmPromQLCriteria>,
}

/// A query in PromQL, and for how long it must say so.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AlarmPromQLCriteria {
    /// The query.
    pub query: Option<String>,
    /// Seconds that a series must be in the result before it breaches.
    pub pending_period: Option<i32>,
    /// Seconds that a series must be away from the result before it has recovered.
    pub recovery_period: Option<i32>,
}

/// Where the windows of evaluation begin: one of its members.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct EvaluationWindow {
    /// They end where the evaluation is.
    pub sliding_window: Option<SlidingWindow>,
    /// They stand on multiples of the period.
    pub wall_clock_window: Option<WallClockWindow>,
}

/// Windows that slide, which have no members.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SlidingWindow {}

/// Windows that stand on the wall clock.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct WallClockWindow {
    /// The zone or the offset of the clock; UTC, when absent.
    pub timezone: Option<String>,
}

/// How long a new alarm waits before it judges.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct WarmUpConfiguration {
    /// The minutes.
    pub warm_up_period_duration_in_minutes: Option<i32>,
    /// Whether it waits to the end, even if there is enough data before.
    pub only_start_evaluating_after_warm_up_period_ends: Option<bool>,
}
