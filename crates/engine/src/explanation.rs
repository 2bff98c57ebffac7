//! Why an alarm is in its state, as a value that can be sent and shown: what was looked at, what it was used for, which
//! rule decided, and what it comes to. Its JSON has AWS's words.

mod composite;
mod iso;
mod metric;
mod muting;

use serde::{Deserialize, Serialize};

pub use composite::{CompositeExplanation, ExplainedChild, ExplainedSuppressor};
pub use iso::IsoTime;
pub use metric::{ExplainedContributor, ExplainedPeriod, MetricExplanation, PeriodUse};
pub use muting::ExplainedMuting;

use crate::alarm::StateSnapshot;

/// Why an alarm is in its state.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "AlarmType")]
pub enum Explanation {
    /// Of a metric alarm.
    MetricAlarm(Box<MetricExplanation>),
    /// Of a composite alarm.
    CompositeAlarm(Box<CompositeExplanation>),
}

impl Explanation {
    /// The same, with what mutes the alarm.
    pub fn muted(mut self, muting: Option<ExplainedMuting>) -> Self {
        match &mut self {
            Explanation::MetricAlarm(metric) => metric.muting = muting,
            Explanation::CompositeAlarm(composite) => composite.muting = muting,
        }
        self
    }
}

/// A state as it is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ToldState {
    /// The state.
    pub state_value: String,
    /// Why, in words.
    pub state_reason: String,
    /// Why, as JSON.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state_reason_data: Option<String>,
    /// When it was set.
    pub state_updated_timestamp: IsoTime,
}

impl From<&StateSnapshot> for ToldState {
    fn from(state: &StateSnapshot) -> Self {
        ToldState {
            state_value: state.value.to_string(),
            state_reason: state.reason.clone(),
            state_reason_data: state.reason_data.clone(),
            state_updated_timestamp: IsoTime(state.updated),
        }
    }
}
