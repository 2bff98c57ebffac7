//! An action was run, or should have been.

use nepho_model::Timestamp;
use serde::Serialize;

use super::{HistoryItem, HistoryItemType, short_enough};
use crate::alarm::contributor::Contributor;
use crate::alarm::text::json::to_json;

/// What became of an action.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ActionOutcome {
    /// It was run.
    Succeeded,
    /// It could not be run.
    Failed {
        /// Why.
        error: String,
    },
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Data<'a> {
    action_state: &'static str,
    state_update_timestamp: i64,
    notification_resource: Option<&'a str>,
    published_message: Option<&'a str>,
    error: Option<&'a str>,
    mute_window_end_timestamp: Option<i64>,
}

/// The item of an action: its ARN, when the state that it is of was set, what was published, what became of it, when the
/// mute window ended that has kept it, and the contributor that it is about.
///
/// If it is too long, it lacks the message.
pub fn action_item(
    arn: &str,
    state_updated: Timestamp,
    published: Option<&str>,
    outcome: &ActionOutcome,
    mute_window_end: Option<Timestamp>,
    contributor: Option<&Contributor>,
) -> HistoryItem {
    let (action_state, error, summary) = match outcome {
        ActionOutcome::Succeeded => ("Succeeded", None, format!("Successfully executed action {arn}")),
        ActionOutcome::Failed { error } => {
            ("Failed", Some(error.as_str()), format!("Failed to execute action {arn}. {error}"))
        }
    };
    let data = |published_message| {
        to_json(&Data {
            action_state,
            state_update_timestamp: state_updated.millis(),
            notification_resource: Some(arn),
            published_message,
            error,
            mute_window_end_timestamp: mute_window_end.map(Timestamp::millis),
        })
    };
    let data = short_enough(&mut [published, None].into_iter().map(data));
    let kind = match contributor {
        None => HistoryItemType::Action,
        Some(_) => HistoryItemType::AlarmContributorAction,
    };
    HistoryItem::new(kind, &summary, data, contributor)
}

/// The item of actions that a mute rule keeps: what [`Muting::summary`](crate::mute::Muting::summary) says, when the state
/// was set that they are of, and when the alarm ceases to be muted.
pub fn muted_item(summary: &str, state_updated: Timestamp, muted_until: Timestamp) -> HistoryItem {
    let data = to_json(&Data {
        action_state: "Muted",
        state_update_timestamp: state_updated.millis(),
        notification_resource: None,
        published_message: None,
        error: None,
        mute_window_end_timestamp: Some(muted_until.millis()),
    });
    HistoryItem::new(HistoryItemType::Action, summary, data, None)
}
