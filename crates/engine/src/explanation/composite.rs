//! Why a composite alarm is in its state.

use nepho_model::Timestamp;
use serde::{Deserialize, Serialize};

use super::{ExplainedMuting, IsoTime, ToldState};
use crate::composite::{CompositeAlarm, CompositeState, OtherAlarm, ReasonData};

/// Why a composite alarm is in its state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CompositeExplanation {
    /// The alarm's name.
    pub alarm_name: String,
    /// The alarm's ARN.
    pub alarm_arn: String,
    /// The time that this is about.
    pub evaluation_time: IsoTime,
    /// The rule as it was given.
    pub alarm_rule: String,
    /// The alarms of the rule, in its order.
    pub children: Vec<ExplainedChild>,
    /// What the rule comes to.
    pub rule_state_value: String,
    /// The state that is kept.
    pub state: ToldState,
    /// Whether the alarm depends on itself, and so is not evaluated.
    pub is_in_cycle: bool,
    /// The alarm that keeps its actions.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub suppressor: Option<ExplainedSuppressor>,
    /// What mutes its actions.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub muting: Option<ExplainedMuting>,
}

/// An alarm of a rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ExplainedChild {
    /// Its name.
    pub alarm_name: String,
    /// Its state; absent where there is no such alarm.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state_value: Option<String>,
    /// Since when it is in that state.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state_transitioned_timestamp: Option<IsoTime>,
    /// Whether it is one of those that make the rule true or false.
    pub decides: bool,
}

/// The alarm that keeps a composite alarm from acting, and how far that has got.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ExplainedSuppressor {
    /// Its name or ARN.
    pub actions_suppressor: String,
    /// Its state; absent where there is no such alarm.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state_value: Option<String>,
    /// Seconds that actions wait for it.
    pub actions_suppressor_wait_period: u32,
    /// Seconds that actions wait after it.
    pub actions_suppressor_extension_period: u32,
    /// What suppresses actions now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub actions_suppressed_by: Option<String>,
    /// The same in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub actions_suppressed_reason: Option<String>,
    /// When the running period ends.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deadline: Option<IsoTime>,
    /// Whether actions of a change wait to be run.
    pub is_pending: bool,
}

impl CompositeExplanation {
    /// Why a composite alarm is in its state, among these other alarms; nothing mutes it.
    pub fn new(
        alarm: &CompositeAlarm,
        state: &CompositeState,
        is_in_cycle: bool,
        others: &dyn Fn(&str) -> Option<OtherAlarm>,
        time: Timestamp,
    ) -> Self {
        let evaluation = alarm.rule().evaluate(&|name| others(name).map(|other| other.state));
        let decides = |name: &str| evaluation.deciding.iter().any(|deciding| deciding.name() == name);
        let child = |name: &str| {
            let other = others(name);
            ExplainedChild {
                alarm_name: name.to_owned(),
                state_value: other.map(|other| other.state.to_string()),
                state_transitioned_timestamp: other.map(|other| IsoTime(other.since)),
                decides: decides(name),
            }
        };
        let suppressor = alarm.suppressor().map(|suppressor| {
            let by = state.suppression.by();
            ExplainedSuppressor {
                actions_suppressor: suppressor.alarm.as_str().to_owned(),
                state_value: others(suppressor.alarm.name()).map(|other| other.state.to_string()),
                actions_suppressor_wait_period: suppressor.wait_seconds,
                actions_suppressor_extension_period: suppressor.extension_seconds,
                actions_suppressed_by: by.map(|by| by.as_str().to_owned()),
                actions_suppressed_reason: by.map(|by| by.reason(suppressor.alarm.name())),
                deadline: state.deadline().map(IsoTime),
                is_pending: state.suppression.is_pending(),
            }
        });
        CompositeExplanation {
            alarm_name: alarm.name().to_owned(),
            alarm_arn: alarm.arn(),
            evaluation_time: IsoTime(time),
            alarm_rule: alarm.rule().text().to_owned(),
            children: alarm.rule().children().iter().map(|one| child(one.name())).collect(),
            rule_state_value: evaluation.state.to_string(),
            state: ToldState {
                state_value: state.state.to_string(),
                state_reason: state.reason.clone(),
                state_reason_data: state.reason_data.as_ref().map(ReasonData::text),
                state_updated_timestamp: IsoTime(state.updated),
            },
            is_in_cycle,
            suppressor,
            muting: None,
        }
    }
}
