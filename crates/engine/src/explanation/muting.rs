//! What keeps an alarm from acting for a while.

use nepho_model::AlarmState;
use serde::{Deserialize, Serialize};

use super::IsoTime;
use crate::mute::Muting;

/// The mute rules that mute an alarm at the time of its explanation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ExplainedMuting {
    /// The rule; of several the most recently created.
    pub alarm_mute_rule_name: String,
    /// Its ARN.
    pub alarm_mute_rule_arn: String,
    /// How many other rules mute the alarm, too.
    pub other_rules: usize,
    /// When the window of that rule began.
    pub mute_window_start: IsoTime,
    /// When it ends.
    pub mute_window_end: IsoTime,
    /// When no rule mutes the alarm any more.
    pub muted_until: IsoTime,
    /// The state whose actions were kept and are run then, if the alarm is still in it. Absent where none were, and of the
    /// past, of which it is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kept_state_value: Option<String>,
}

impl ExplainedMuting {
    /// What mutes an alarm, and the state whose actions that has kept.
    pub fn new(muting: &Muting, kept: Option<AlarmState>) -> Self {
        ExplainedMuting {
            alarm_mute_rule_name: muting.rule.clone(),
            alarm_mute_rule_arn: muting.arn.clone(),
            other_rules: muting.others,
            mute_window_start: IsoTime(muting.window.start),
            mute_window_end: IsoTime(muting.window.end),
            muted_until: IsoTime(muting.until),
            kept_state_value: kept.map(|state| state.to_string()),
        }
    }
}
