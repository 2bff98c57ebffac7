//! An alarm that changes again and again is told of in summaries.

use nepho_model::Timestamp;
use serde::{Deserialize, Serialize};

use super::policy::{NoiseFault, within};

/// The least and the most changes that are flapping.
const CHANGES: (u32, u32) = (2, 100);
/// The longest window, in seconds: a day.
const WINDOW_SECONDS_MAX: u64 = 86_400;
/// The shortest and the longest time from one summary to the next, in seconds.
const SUMMARY_SECONDS: (u64, u64) = (60, 86_400);
/// From one summary to the next when nothing else is said, in seconds.
const SUMMARY_SECONDS_DEFAULT: u64 = 3600;

/// So many changes within a window are flapping. It is over when there was none for as long as the window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct FlappingRule {
    /// How many.
    pub changes: u32,
    /// Within how long.
    pub window_seconds: u64,
    /// How often the receiver is told that it goes on.
    #[serde(default = "summary_seconds")]
    pub summary_seconds: u64,
}

const fn summary_seconds() -> u64 {
    SUMMARY_SECONDS_DEFAULT
}

/// What is known of the changes of an alarm.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Flapping {
    /// The last changes within the window, the oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub changes_ms: Vec<i64>,
    /// It is flapping.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub spell: Option<Spell>,
}

/// A time in which an alarm flaps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spell {
    /// The first of the changes by which it was known.
    pub since_ms: i64,
    /// When the receiver was told last.
    pub told_ms: i64,
    /// How many changes there were.
    pub changes: u32,
}

/// What a change means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Seen {
    /// Nothing.
    Calm,
    /// It is flapping from now on.
    Begins(Spell),
    /// It is flapping still.
    GoesOn,
}

/// What time has brought.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Passed {
    /// It has settled.
    Settled(Spell),
    /// It goes on, and that is to be told.
    Lasts(Spell),
}

impl FlappingRule {
    pub(super) fn check(self) -> Result<(), NoiseFault> {
        within("changes", self.changes.into(), CHANGES.0.into(), CHANGES.1.into())?;
        within("windowSeconds", self.window_seconds, 1, WINDOW_SECONDS_MAX)?;
        within("summarySeconds", self.summary_seconds, SUMMARY_SECONDS.0, SUMMARY_SECONDS.1)
    }

    const fn window_ms(self) -> i64 {
        self.window_seconds as i64 * 1000
    }

    /// The alarm has changed.
    pub(super) fn change(self, flapping: &mut Flapping, now: Timestamp) -> Seen {
        let now = now.millis();
        flapping.changes_ms.retain(|at| now.saturating_sub(*at) < self.window_ms());
        flapping.changes_ms.push(now);
        let most = self.changes as usize;
        if flapping.changes_ms.len() > most {
            flapping.changes_ms.drain(..flapping.changes_ms.len() - most);
        }
        match &mut flapping.spell {
            Some(spell) => {
                spell.changes = spell.changes.saturating_add(1);
                Seen::GoesOn
            }
            None if flapping.changes_ms.len() >= most => {
                let spell = Spell { since_ms: flapping.changes_ms[0], told_ms: now, changes: self.changes };
                flapping.spell = Some(spell);
                Seen::Begins(spell)
            }
            None => Seen::Calm,
        }
    }

    /// Time has passed.
    pub(super) fn pass(self, flapping: &mut Flapping, now: Timestamp) -> Option<Passed> {
        let now = now.millis();
        flapping.changes_ms.retain(|at| now.saturating_sub(*at) < self.window_ms());
        let spell = flapping.spell.as_mut()?;
        if flapping.changes_ms.is_empty() {
            let settled = *spell;
            flapping.spell = None;
            return Some(Passed::Settled(settled));
        }
        if now.saturating_sub(spell.told_ms) < self.summary_seconds as i64 * 1000 {
            return None;
        }
        spell.told_ms = now;
        Some(Passed::Lasts(*spell))
    }

    /// When time brings something.
    pub(super) fn due_ms(self, flapping: &Flapping) -> Option<i64> {
        let calm = flapping.changes_ms.last()?.saturating_add(self.window_ms());
        let told = flapping.spell.map(|spell| spell.told_ms.saturating_add(self.summary_seconds as i64 * 1000));
        Some(told.map_or(calm, |told| told.min(calm)))
    }
}

#[cfg(test)]
mod tests {
    use crate::noise::play::check;

    const RULE: &str = r#"{"flappingPolicy": {"changes": 4, "windowSeconds": 600}}"#;

    #[test]
    fn what_flaps_is_summed_up_until_it_has_settled() {
        check(RULE, "0 ALARM; 100 OK; 200 ALARM", "0 ALARM; 100 OK; 200 ALARM");
        check(
            RULE,
            "0 ALARM; 100 OK; 200 ALARM; 300 OK; 400 ALARM; 500 OK",
            "0 ALARM; 100 OK; 200 ALARM; 300 OK (flapping); 1100 OK (settled after 6 changes)",
        );
        check(
            RULE,
            "0 ALARM; 100 OK; 200 ALARM; 300 OK; 900 ALARM",
            "0 ALARM; 100 OK; 200 ALARM; 300 OK (flapping); 900 OK (settled after 4 changes); 900 ALARM",
        );
    }

    #[test]
    fn changes_that_are_far_apart_are_none() {
        check(RULE, "0 ALARM; 200 OK; 400 ALARM; 600 OK", "0 ALARM; 200 OK; 400 ALARM; 600 OK");
        check(
            RULE,
            "0 ALARM; 200 OK; 400 ALARM; 599 OK",
            "0 ALARM; 200 OK; 400 ALARM; 599 OK (flapping); 1199 OK (settled after 4 changes)",
        );
    }

    #[test]
    fn what_goes_on_for_long_is_told_again() {
        let rule = r#"{"flappingPolicy": {"changes": 2, "windowSeconds": 60, "summarySeconds": 100}}"#;
        check(
            rule,
            "0 ALARM; 50 OK; 100 ALARM; 150 OK; 200 ALARM",
            "0 ALARM; 50 OK (flapping); 150 ALARM (still flapping after 3 changes); 250 ALARM (still flapping after 5 changes); \
             260 ALARM (settled after 5 changes)",
        );
    }
}
