//! Repeats within a window are folded into one message.

use nepho_model::Timestamp;
use serde::{Deserialize, Serialize};

use super::policy::{NoiseFault, within};
use crate::notice::AlarmState;

/// The longest window, in seconds: a day.
const WINDOW_SECONDS_MAX: u64 = 86_400;

/// Of an alarm that goes into a state again within the window, the receiver hears once, at its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct DeduplicationRule {
    /// How long after a message repeats are kept.
    pub window_seconds: u64,
}

/// A window that is open: what was told of an alarm in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Window {
    /// Its end.
    pub until_ms: i64,
    /// The states that the receiver was told.
    pub told: Vec<AlarmState>,
}

impl DeduplicationRule {
    pub(super) fn check(self) -> Result<(), NoiseFault> {
        within("windowSeconds", self.window_seconds, 1, WINDOW_SECONDS_MAX)
    }

    /// A window that begins with a message.
    pub(super) fn open(self, told: AlarmState, now: Timestamp) -> Window {
        Window { until_ms: now.millis().saturating_add(self.window_seconds as i64 * 1000), told: vec![told] }
    }

    /// Whether a message goes out; it is told then. The first message of a window does, and so does the first of another
    /// state, so that nobody waits for the news that all is well.
    pub(super) fn lets(self, window: &mut Option<Window>, state: AlarmState, now: Timestamp) -> bool {
        match window {
            Some(window) if now.millis() < window.until_ms => {
                let is_new = !window.told.contains(&state);
                if is_new {
                    window.told.push(state);
                }
                is_new
            }
            _ => {
                *window = Some(self.open(state, now));
                true
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::noise::play::check;

    const RULE: &str = r#"{"deduplicationPolicy": {"windowSeconds": 300}}"#;

    #[test]
    fn repeats_are_folded_and_counted() {
        check(RULE, "0 ALARM", "0 ALARM");
        check(RULE, "0 ALARM; 60 OK", "0 ALARM; 60 OK");
        check(RULE, "0 ALARM; 60 OK; 120 ALARM", "0 ALARM; 60 OK; 300 ALARM (again)");
        check(RULE, "0 ALARM; 60 OK; 120 ALARM; 180 OK; 240 ALARM; 299 OK", "0 ALARM; 60 OK; 300 OK (4 changes)");
    }

    #[test]
    fn a_window_begins_with_each_message_that_follows_one() {
        check(
            RULE,
            "0 ALARM; 10 OK; 20 ALARM; 310 OK; 320 ALARM; 400 OK",
            "0 ALARM; 10 OK; 300 ALARM (again); 310 OK; 600 OK (2 changes)",
        );
        check(RULE, "0 ALARM; 300 ALARM", "0 ALARM; 300 ALARM");
        check(RULE, "0 ALARM; 299 ALARM", "0 ALARM; 300 ALARM (again)");
    }

    #[test]
    fn another_state_is_told_at_once_and_takes_along_what_was_kept() {
        check(
            RULE,
            "0 ALARM; 10 OK; 20 ALARM; 30 INSUFFICIENT_DATA; 40 OK",
            "0 ALARM; 10 OK; 30 INSUFFICIENT_DATA (2 changes); 300 OK (again)",
        );
    }
}
