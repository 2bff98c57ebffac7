//! PutLogEvents, of Logs: the way EMF reaches CloudWatch. Its strings borrow from the body.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;

use super::list::at_most;
use crate::value::Text;

/// The most log events of one request that are read: twice as many as the service takes, so that
/// it is the service that refuses what is a little too much.
pub const EVENTS_READ_MAX: usize = 20_000;

/// The request.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PutLogEventsInput<'a> {
    /// The group's name.
    #[serde(borrow)]
    pub log_group_name: Option<Text<'a>>,
    /// The stream's name.
    #[serde(borrow)]
    pub log_stream_name: Option<Text<'a>>,
    /// The events, in order of time.
    #[serde(borrow, default, deserialize_with = "at_most::<EVENTS_READ_MAX, _, _>")]
    pub log_events: Option<Vec<InputLogEvent<'a>>>,
    /// A token that nobody needs any more.
    #[serde(borrow)]
    pub sequence_token: Option<Text<'a>>,
    /// What the events belong to.
    pub entity: Option<Entity>,
}

/// One event.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct InputLogEvent<'a> {
    /// When it happened, in milliseconds since the epoch.
    pub timestamp: Option<i64>,
    /// What happened: for EMF, a JSON document.
    #[serde(borrow)]
    pub message: Option<Text<'a>>,
}

/// What emits events, as AWS correlates it with other telemetry.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Entity {
    /// What identifies the entity.
    pub key_attributes: Option<BTreeMap<String, String>>,
    /// What else is known about it.
    pub attributes: Option<BTreeMap<String, String>>,
}

/// The response.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PutLogEventsOutput {
    /// A token that nobody needs any more.
    pub next_sequence_token: Option<String>,
    /// Which events were not stored.
    pub rejected_log_events_info: Option<RejectedLogEventsInfo>,
    /// Why the entity was not accepted.
    pub rejected_entity_info: Option<RejectedEntityInfo>,
}

/// Which events were not stored, as indices into the request's events.
#[skip_serializing_none]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RejectedLogEventsInfo {
    /// The first event that is too far in the future.
    pub too_new_log_event_start_index: Option<i32>,
    /// The end of the events that are too old.
    pub too_old_log_event_end_index: Option<i32>,
    /// The end of the events that are older than the group's retention.
    pub expired_log_event_end_index: Option<i32>,
}

/// Why the entity was not accepted.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RejectedEntityInfo {
    /// The reason, such as `InvalidKeyAttributes`.
    pub error_type: Option<String>,
}
