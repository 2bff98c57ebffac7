//! Mute rules: windows of time in which alarms go on but do not act.
//!
//! [`MuteRule::new`] checks what PutAlarmMuteRule is given and says when it mutes; [`muting`] says which of all rules
//! mute an alarm, [`next_change`] when to ask again, and [`step`] what that means for the alarm's actions. What AWS leaves
//! open is in `docs/decisions/mute-rules.md`.
//!
//! ```
//! use jiff::tz::TimeZone;
//! use nepho_engine::mute::{Effect, Event, MuteRule, Parameters, PutRule, muting, next_change, step};
//! use nepho_model::{AlarmState, Scope, Timestamp};
//!
//! // Every Sunday from two to six, wherever clocks are those of New York.
//! let parameters = Parameters {
//!     name: Some("Maintenance".to_owned()),
//!     expression: Some("cron(0 2 * * SUN)".to_owned()),
//!     duration: Some("PT4H".to_owned()),
//!     timezone: Some("America/New_York".to_owned()),
//!     alarm_names: vec!["CPU".to_owned()],
//!     ..Parameters::default()
//! };
//! let zones = |name: &str| (name == "America/New_York").then(|| TimeZone::posix("EST5EDT,M3.2.0,M11.1.0").unwrap());
//! let rule = MuteRule::new(&Scope::new("000000000000", "us-east-1"), parameters, &zones).expect("it is valid");
//! let monday = Timestamp::from_seconds(1_777_896_000);
//! let rules = [PutRule { rule: &rule, created: monday }];
//!
//! // It is Monday. The next window begins in the night to Sunday, when the alarm goes into ALARM.
//! assert_eq!(muting(&rules, "CPU", monday), None);
//! let two = next_change(&rules, "CPU", monday).expect("there is always another Sunday");
//! let now = muting(&rules, "CPU", two.plus_seconds(60)).expect("it is muted");
//! let muted = step(None, Event::ActionsDue, AlarmState::Alarm, Some(&now));
//! assert_eq!((muted.effect, muted.muted), (Some(Effect::MuteActions), Some(AlarmState::Alarm)));
//! assert_eq!(now.summary(), "Actions muted by alarm mute rule Maintenance");
//!
//! // It is still in ALARM when the window ends.
//! let six = next_change(&rules, "CPU", two).expect("it ends");
//! let ended = step(muted.muted, Event::MutingChanged, AlarmState::Alarm, muting(&rules, "CPU", six).as_ref());
//! assert_eq!(ended.effect, Some(Effect::RunActions { is_after_mute_window: true }));
//! ```

mod cron;
mod definition;
mod duration;
mod fault;
mod field;
mod muting;
mod schedule;
mod step;
mod wall_clock;
mod window;

pub use cron::Cron;
pub use definition::{
    MAX_MUTE_DESCRIPTION, MAX_MUTE_NAME, MAX_MUTE_RULES, MAX_MUTE_TARGETS, MuteRule, Parameters, check_rule_count,
};
pub use duration::{DurationFault, MAX_DURATION_TEXT, MAX_MUTE_SECONDS, MIN_MUTE_SECONDS, MuteDuration};
pub use fault::{MuteFault, MuteFaults};
pub use muting::{Muting, PutRule, muting, next_change};
pub use schedule::{MAX_EXPRESSION, MuteType, Schedule, ScheduleFault};
pub use step::{Effect, Event, MutedState, Step, step};
pub use window::{MAX_JOINED, MuteStatus, MuteWindow};

#[cfg(test)]
mod tests;
