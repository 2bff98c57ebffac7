//! A state was set.

use serde::Serialize;
use serde_json::value::RawValue;

use super::{HistoryItem, HistoryItemType, VERSION, short_enough};
use crate::alarm::effect::{ContributorChange, StateChange};
use crate::alarm::status::StateSnapshot;
use crate::alarm::text::json::{nested, to_json};

/// What keeps the actions of a composite alarm from running.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Suppressed<'a> {
    /// ActionsSuppressedBy.
    pub by: &'a str,
    /// ActionsSuppressedReason.
    pub reason: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct StateUpdate<'a> {
    version: &'static str,
    old_state: State<'a>,
    new_state: State<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    actions_suppressed_by: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    actions_suppressed_reason: Option<&'a str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct State<'a> {
    state_value: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    state_reason: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    state_reason_data: Option<&'a RawValue>,
}

/// The item of an update of a state; with what suppresses the actions, if anything does.
///
/// If it is too long, it lacks the old state's reason data, and then the new state's.
pub fn state_item(change: &StateChange, suppressed: Option<Suppressed<'_>>) -> HistoryItem {
    let data = |(old, new): (bool, bool)| {
        to_json(&StateUpdate {
            version: VERSION,
            old_state: State::of(&change.from, old),
            new_state: State::of(&change.to, new),
            actions_suppressed_by: suppressed.map(|suppressed| suppressed.by),
            actions_suppressed_reason: suppressed.map(|suppressed| suppressed.reason),
        })
    };
    let data = short_enough(&mut [(true, true), (false, true), (false, false)].into_iter().map(data));
    let summary = format!("Alarm updated from {} to {}", change.from.value, change.to.value);
    HistoryItem::new(HistoryItemType::StateUpdate, &summary, data, None)
}

/// The item of a contributor that went into another state.
pub fn contributor_item(change: &ContributorChange) -> HistoryItem {
    let data = to_json(&StateUpdate {
        version: VERSION,
        old_state: State { state_value: change.from.as_str(), state_reason: None, state_reason_data: None },
        new_state: State::of(&change.to, true),
        actions_suppressed_by: None,
        actions_suppressed_reason: None,
    });
    let summary = format!("Alarm contributor updated from {} to {}", change.from, change.to.value);
    HistoryItem::new(HistoryItemType::AlarmContributorStateUpdate, &summary, data, Some(&change.contributor))
}

impl<'a> State<'a> {
    fn of(state: &'a StateSnapshot, has_data: bool) -> Self {
        State {
            state_value: state.value.as_str(),
            state_reason: Some(&state.reason),
            state_reason_data: state.reason_data.as_deref().filter(|_| has_data).and_then(nested),
        }
    }
}
