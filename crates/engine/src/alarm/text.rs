//! What CloudWatch says about alarms: reasons, histories, messages. Letter for letter, as far as that is known; what is
//! not is told in `docs/decisions/alarms.md`.
//!
//! Everything here is a function of values. The head of a message, [`Notice`], is apart from what is about metrics, so
//! that alarms of other kinds share it; so are [`state_item`], [`action_item`] and [`ConfigurationFields`].

mod clock;
mod datapoints;
mod event;
mod history;
mod json;
mod message;
mod notice;
mod number;
mod reason;
mod reason_data;
mod region;
mod trigger;

pub use clock::{iso_time, long_time, short_time};
pub use event::{contributor_change_detail, lambda_payload, state_change_detail};
pub use history::{
    ActionOutcome, ConfigurationChange, ConfigurationFields, HistoryItem, HistoryItemType, MAX_HISTORY_DATA,
    MAX_SUMMARY, Suppressed, action_item, configuration_item, contributor_item, muted_item, state_item,
};
pub use message::messages;
pub use notice::{MAX_SMS_NAME, MAX_SUBJECT, Messages, Notice};
pub use number::java_double;
pub use reason_data::MAX_REASON_DATA;
pub use region::region_name;

pub(super) use datapoints::Evaluated;
pub(super) use reason::{contributor_reason, series_reason, vanished_reason};
pub(super) use reason_data::{bare_reason_data, reason_data};
use trigger::upper_snake;
