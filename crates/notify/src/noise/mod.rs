//! Which notifications of alarms a subscription is spared, and what it is told instead.
//!
//! A subscription has no [`NoisePolicy`] unless it was given one, and then gets everything as it comes. The rules are
//! [deduplication](DeduplicationRule), [flapping](FlappingRule), [reminders](ReminderRule) and [groups](GroupingRule). The
//! first three are about one alarm, whose [`AlarmNoise`] says what becomes of each of its notifications, and what is due
//! when; what they let through meets others of its [`Group`]. Nothing is lost: a message that does not go out by itself is
//! named in the [`Note`] of the one that it is folded into.
//!
//! ```
//! use nepho_model::Timestamp;
//! use nepho_notify::noise::{AlarmNoise, Change, Decision, NoisePolicy};
//! use nepho_notify::notice::{AlarmState, Severity};
//!
//! let policy = NoisePolicy::parse(r#"{"deduplicationPolicy": {"windowSeconds": 300}}"#)?;
//! let mut alarm = AlarmNoise::default();
//! let mut tell = |state, seconds| {
//!     let now = Timestamp::from_seconds(seconds);
//!     let change = Change { key: seconds.to_string(), state, at_ms: now.millis() };
//!     alarm.change(&policy, change, Severity::Error, now)
//! };
//! assert_eq!(tell(AlarmState::Alarm, 0), Decision::Pass);
//! assert_eq!(tell(AlarmState::Ok, 60), Decision::Pass);
//! assert_eq!(tell(AlarmState::Alarm, 120), Decision::Hold);
//! assert_eq!(alarm.due(&policy), Some(Timestamp::from_seconds(300)));
//! # Ok::<(), nepho_notify::noise::NoiseFault>(())
//! ```

mod alarm;
mod deduplication;
mod event;
mod flapping;
mod grouping;
mod note;
#[cfg(test)]
mod play;
mod policy;
mod reminder;
mod words;

pub use alarm::{AlarmNoise, Decision, HELD_MAX};
pub use deduplication::{DeduplicationRule, Window};
pub use event::Event;
pub use flapping::{Flapping, FlappingRule};
pub use grouping::{Group, GroupBy, GroupingRule, MEMBERS_MAX, Member};
pub use note::{Change, Note, NoteKind, noted};
pub use policy::{NoiseFault, NoisePolicy};
pub use reminder::{Open, ReminderRule, Standing};
