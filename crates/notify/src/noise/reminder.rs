//! What stays open is told again.

use nepho_model::Timestamp;
use serde::{Deserialize, Serialize};

use super::policy::{NoiseFault, within};
use crate::notice::{AlarmState, Severity};

/// The longest time from one reminder to the next, in hours: a week.
const HOURS_MAX: u64 = 168;
/// The most severities that may be named.
const SEVERITIES_MAX: usize = 4;

/// An alarm that is open reminds until it is not.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct ReminderRule {
    /// How often.
    pub every_hours: u64,
    /// Alarms of which severities; critical ones when nothing is said.
    #[serde(default = "critical")]
    pub severities: Vec<Severity>,
}

fn critical() -> Vec<Severity> {
    vec![Severity::Critical]
}

/// An alarm that is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Open {
    /// Since when.
    pub since_ms: i64,
    /// When the receiver was told last.
    pub told_ms: i64,
    /// How often it was reminded.
    pub reminders: u32,
}

impl ReminderRule {
    pub(super) fn check(&self) -> Result<(), NoiseFault> {
        within("everyHours", self.every_hours, 1, HOURS_MAX)?;
        match self.severities.len() {
            found if found > SEVERITIES_MAX => {
                Err(NoiseFault::Long { member: "severities", found, most: SEVERITIES_MAX })
            }
            _ => Ok(()),
        }
    }

    const fn every_ms(&self) -> i64 {
        self.every_hours as i64 * 3_600_000
    }

    /// The alarm has changed.
    pub(super) fn change(&self, open: &mut Option<Open>, state: AlarmState, severity: Severity, now: Timestamp) {
        let reminds = state == AlarmState::Alarm && self.severities.contains(&severity);
        *open = match open.take() {
            Some(open) if reminds => Some(open),
            None if reminds => Some(Open { since_ms: now.millis(), told_ms: now.millis(), reminders: 0 }),
            _ => None,
        };
    }

    /// Reminds, when it is time.
    pub(super) fn pass(&self, open: &mut Option<Open>, now: Timestamp) -> Option<Open> {
        let open = open.as_mut().filter(|open| now.millis() >= open.told_ms.saturating_add(self.every_ms()))?;
        open.told_ms = now.millis();
        open.reminders = open.reminders.saturating_add(1);
        Some(*open)
    }

    /// When it reminds.
    pub(super) fn due_ms(&self, open: Option<Open>) -> Option<i64> {
        open.map(|open| open.told_ms.saturating_add(self.every_ms()))
    }
}

#[cfg(test)]
mod tests {
    use crate::noise::play::{check, check_open};

    const RULE: &str = r#"{"reminderPolicy": {"everyHours": 1}}"#;

    #[test]
    fn a_critical_alarm_reminds_until_it_is_ok() {
        check(
            RULE,
            "0 critical ALARM; 9000 OK",
            "0 ALARM; 3600 ALARM (open for 1 hour); 7200 ALARM (open for 2 hours); 9000 OK",
        );
        check(RULE, "0 critical ALARM; 100 INSUFFICIENT_DATA", "0 ALARM; 100 INSUFFICIENT_DATA");
    }

    #[test]
    fn others_do_not() {
        check(RULE, "0 error ALARM", "0 ALARM");
        let rule = r#"{"reminderPolicy": {"everyHours": 1, "severities": ["error"]}}"#;
        check(rule, "0 error ALARM; 4000 OK", "0 ALARM; 3600 ALARM (open for 1 hour); 4000 OK");
        check(rule, "0 critical ALARM", "0 ALARM");
    }

    #[test]
    fn one_that_is_closed_without_a_word_is_closed() {
        // As one that was deleted, or that tells another topic when it is OK.
        check_open(RULE, "0 critical ALARM", 4000, "0 ALARM; 3600 ALARM (open for 1 hour)");
    }
}
