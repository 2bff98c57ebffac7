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

/// How an alarm stands when something of it is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It is not in alarm, or has nothing to say.
    Closed,
    /// It is in alarm.
    Open,
    /// It is in alarm, and silenced, as by a mute rule.
    Silent {
        /// When it has to be looked at again.
        until: Timestamp,
    },
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
    /// Until when it does not remind, as it was silenced when it should have.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub silent_until_ms: Option<i64>,
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
            None if reminds => {
                Some(Open { since_ms: now.millis(), told_ms: now.millis(), reminders: 0, silent_until_ms: None })
            }
            _ => None,
        };
    }

    /// Reminds, when it is time. An alarm that is silent reminds as soon as it is not any more.
    pub(super) fn pass(&self, open: &mut Option<Open>, standing: Standing, now: Timestamp) -> Option<Open> {
        let open = open.as_mut().filter(|open| now.millis() >= self.due_ms_of(open))?;
        if let Standing::Silent { until } = standing {
            open.silent_until_ms = Some(until.millis().max(now.millis() + 1));
            return None;
        }
        open.silent_until_ms = None;
        open.told_ms = now.millis();
        open.reminders = open.reminders.saturating_add(1);
        Some(*open)
    }

    /// When it reminds.
    pub(super) fn due_ms(&self, open: Option<Open>) -> Option<i64> {
        open.map(|open| self.due_ms_of(&open))
    }

    fn due_ms_of(&self, open: &Open) -> i64 {
        let due = open.told_ms.saturating_add(self.every_ms());
        open.silent_until_ms.map_or(due, |until| due.max(until))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::noise::play::{check, check_standing};

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
        let closed = |seconds| if seconds < 4000 { Standing::Open } else { Standing::Closed };
        check_standing(RULE, "0 critical ALARM", &closed, "0 ALARM; 3600 ALARM (open for 1 hour)");
    }

    #[test]
    fn one_that_is_silenced_reminds_when_it_is_not_any_more() {
        // From 3000 to 9000 seconds, looked at each 500.
        let silent = |seconds| match seconds {
            3000..9000 => Standing::Silent { until: Timestamp::from_seconds(seconds + 500) },
            12_000.. => Standing::Closed,
            _ => Standing::Open,
        };
        check_standing(RULE, "0 critical ALARM", &silent, "0 ALARM; 9100 ALARM (open for 2 hours)");
        check_standing(RULE, "0 critical ALARM; 4000 OK", &silent, "0 ALARM; 4000 OK");
        // A time that has gone by is none to wait for.
        let stuck = |seconds| match seconds {
            3600 => Standing::Silent { until: Timestamp::from_seconds(0) },
            3601.. if seconds > 4000 => Standing::Closed,
            _ => Standing::Open,
        };
        check_standing(RULE, "0 critical ALARM", &stuck, "0 ALARM; 3601 ALARM (open for 60 minutes)");
    }
}
