//! One alarm at one subscription: what becomes of its messages.

use nepho_model::Timestamp;
use serde::{Deserialize, Serialize};

use super::deduplication::Window;
use super::flapping::{Flapping, Passed, Seen, Spell};
use super::note::{Change, Note, NoteKind};
use super::policy::NoisePolicy;
use super::reminder::{Open, Standing};
use super::words::{count, stretch, utc};
use crate::notice::Severity;

/// The most messages that are kept for one. With the last of them they are told.
pub const HELD_MAX: usize = 500;
/// The most changes that a note names one by one, which are the last.
const NAMED_MAX: usize = 20;

/// What is known of one alarm at one subscription.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct AlarmNoise {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    window: Option<Window>,
    #[serde(default)]
    flapping: Flapping,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    open: Option<Open>,
    /// Messages that will be folded into another.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    held: Vec<Change>,
}

/// What becomes of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// It goes out as it is.
    Pass,
    /// It is kept, and will be folded into another.
    Hold,
    /// It goes out with a note, and others are folded into it.
    Tell(Note),
}

impl AlarmNoise {
    /// The alarm has changed, of which the message goes out, is kept, or becomes another.
    pub fn change(&mut self, policy: &NoisePolicy, change: Change, severity: Severity, now: Timestamp) -> Decision {
        match &policy.reminder {
            Some(rule) => rule.change(&mut self.open, change.state, severity, now),
            None => self.open = None,
        }
        let seen = match policy.flapping {
            Some(rule) => rule.change(&mut self.flapping, now),
            None => Seen::Calm,
        };
        match seen {
            Seen::Begins(spell) => {
                self.window = None;
                self.held.push(change);
                let window = policy.flapping.map_or(0, |rule| rule.window_seconds as i64 * 1000);
                Decision::Tell(self.tell(NoteKind::Flapping, flapping(spell, window), "flapping".to_owned(), now))
            }
            Seen::GoesOn => self.hold(policy, change, now),
            Seen::Calm => {
                let lets = policy.deduplication.is_none_or(|rule| rule.lets(&mut self.window, change.state, now));
                match (lets, self.held.is_empty()) {
                    (true, true) => Decision::Pass,
                    (true, false) => {
                        self.held.push(change);
                        Decision::Tell(self.repeats(now))
                    }
                    (false, _) => self.hold(policy, change, now),
                }
            }
        }
    }

    fn hold(&mut self, policy: &NoisePolicy, change: Change, now: Timestamp) -> Decision {
        self.held.push(change);
        if self.held.len() < HELD_MAX {
            return Decision::Hold;
        }
        Decision::Tell(match &mut self.flapping.spell {
            Some(spell) => {
                spell.told_ms = now.millis();
                let spell = *spell;
                self.still(spell, now)
            }
            None => self.repeats_in_new_window(policy, now),
        })
    }

    /// Time has passed: what is due now, if something is. `standing` says how the alarm stands.
    pub fn pass(&mut self, policy: &NoisePolicy, standing: Standing, now: Timestamp) -> Option<Note> {
        if standing == Standing::Closed || policy.reminder.is_none() {
            self.open = None;
        }
        match policy.flapping {
            None => self.flapping = Flapping::default(),
            Some(rule) => match rule.pass(&mut self.flapping, now) {
                Some(Passed::Settled(spell)) => return Some(self.settled(spell, now)),
                Some(Passed::Lasts(spell)) => return Some(self.still(spell, now)),
                None => {}
            },
        }
        if self.flapping.spell.is_some() {
            return None;
        }
        if policy.deduplication.is_none() || self.window.as_ref().is_some_and(|window| window.until_ms <= now.millis())
        {
            self.window = None;
        }
        if self.window.is_none() && !self.held.is_empty() {
            return Some(self.repeats_in_new_window(policy, now));
        }
        let open = policy.reminder.as_ref()?.pass(&mut self.open, standing, now)?;
        Some(self.reminder(open, now))
    }

    /// When time brings something.
    pub fn due(&self, policy: &NoisePolicy) -> Option<Timestamp> {
        let flapping = policy.flapping.and_then(|rule| rule.due_ms(&self.flapping));
        if self.flapping.spell.is_some() && flapping.is_some() {
            return flapping.map(Timestamp::from_millis);
        }
        let window = self.window.as_ref().map(|window| window.until_ms);
        // What is kept without a reason, as after a change of the policy, is told as soon as can be.
        let left = (window.is_none() && !self.held.is_empty()).then_some(0);
        let reminder = policy.reminder.as_ref().and_then(|rule| rule.due_ms(self.open));
        [flapping, window, left, reminder].into_iter().flatten().min().map(Timestamp::from_millis)
    }

    /// Whether there is nothing to know.
    pub fn is_idle(&self) -> bool {
        *self == AlarmNoise::default()
    }

    /// Whether it wants to know that the alarm is open still.
    pub fn reminds(&self) -> bool {
        self.open.is_some()
    }

    /// The messages that are kept.
    pub fn held(&self) -> &[Change] {
        &self.held
    }

    fn tell(&mut self, kind: NoteKind, text: String, short: String, now: Timestamp) -> Note {
        if let Some(open) = &mut self.open {
            open.told_ms = now.millis();
        }
        Note { kind, text, short, folded: std::mem::take(&mut self.held) }
    }

    fn repeats_in_new_window(&mut self, policy: &NoisePolicy, now: Timestamp) -> Note {
        let last = self.held.last().map(|change| change.state);
        self.window = policy.deduplication.zip(last).map(|(rule, state)| rule.open(state, now));
        self.repeats(now)
    }

    fn repeats(&mut self, now: Timestamp) -> Note {
        let changes = self.held.len();
        let short = if changes == 1 { "again".to_owned() } else { count(changes, "change") };
        let text = format!("This message stands for {} of the alarm:{}", count(changes, "change"), named(&self.held));
        self.tell(NoteKind::Repeats, text, short, now)
    }

    fn still(&mut self, spell: Spell, now: Timestamp) -> Note {
        let changes = count(spell.changes as usize, "change");
        let text = format!("The alarm is still flapping: {changes} since {}.", utc(spell.since_ms));
        self.tell(NoteKind::StillFlapping, text, format!("still flapping after {changes}"), now)
    }

    fn settled(&mut self, spell: Spell, now: Timestamp) -> Note {
        let changes = count(spell.changes as usize, "change");
        let text = format!("The alarm has settled, after {changes} since {}.", utc(spell.since_ms));
        self.tell(NoteKind::Settled, text, format!("settled after {changes}"), now)
    }

    fn reminder(&mut self, open: Open, now: Timestamp) -> Note {
        let open_for = stretch(now.millis().saturating_sub(open.since_ms));
        let text = format!("The alarm is still open, since {}. Reminder {}.", utc(open.since_ms), open.reminders);
        self.tell(NoteKind::Reminder, text, format!("open for {open_for}"), now)
    }
}

fn flapping(spell: Spell, window_ms: i64) -> String {
    format!(
        "The alarm is flapping: {} since {}. Further ones are summed up until there is none for {}.",
        count(spell.changes as usize, "change"),
        utc(spell.since_ms),
        stretch(window_ms)
    )
}

fn named(changes: &[Change]) -> String {
    let left_out = changes.len().saturating_sub(NAMED_MAX);
    let before = if left_out > 0 { format!("\n- {left_out} before these") } else { String::new() };
    let line = |change: &Change| format!("\n- {}, {}", change.state.as_str(), utc(change.at_ms));
    before + &changes.iter().skip(left_out).map(line).collect::<String>()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::noise::play::check;
    use crate::notice::AlarmState;

    const ALL: &str = r#"{"deduplicationPolicy": {"windowSeconds": 300},
        "flappingPolicy": {"changes": 5, "windowSeconds": 600}, "reminderPolicy": {"everyHours": 1}}"#;

    #[test]
    fn rules_go_together() {
        check(
            ALL,
            "0 critical ALARM; 50 OK; 100 critical ALARM; 150 OK; 200 critical ALARM; 250 OK; 260 critical ALARM",
            "0 ALARM; 50 OK; 200 ALARM (flapping); 860 ALARM (settled after 7 changes); 4460 ALARM (open for 70 minutes)",
        );
        check(
            ALL,
            "0 critical ALARM; 50 OK; 100 critical ALARM; 4000 OK",
            "0 ALARM; 50 OK; 300 ALARM (again); 3900 ALARM (open for 63 minutes); 4000 OK",
        );
    }

    #[test]
    fn so_many_are_kept_and_no_more() {
        let policy = NoisePolicy::parse(r#"{"deduplicationPolicy": {"windowSeconds": 86400}}"#).unwrap();
        let mut alarm = AlarmNoise::default();
        for n in 0..=HELD_MAX {
            let change = Change { key: n.to_string(), state: AlarmState::Alarm, at_ms: n as i64 };
            let decision = alarm.change(&policy, change, Severity::Error, Timestamp::from_millis(n as i64));
            match decision {
                Decision::Pass => assert_eq!(n, 0),
                Decision::Hold => assert!((1..HELD_MAX).contains(&n)),
                Decision::Tell(note) => {
                    assert_eq!((n, note.folded.len(), note.short.as_str()), (HELD_MAX, HELD_MAX, "500 changes"));
                    assert_eq!(note.text.lines().count(), NAMED_MAX + 2);
                }
            }
        }
        assert_eq!(alarm.due(&policy), Some(Timestamp::from_millis(HELD_MAX as i64 + 86_400_000)));
    }

    #[test]
    fn without_a_policy_what_was_kept_is_told() {
        let policy = NoisePolicy::parse(ALL).unwrap();
        let mut alarm = AlarmNoise::default();
        for (n, state) in [AlarmState::Alarm, AlarmState::Ok, AlarmState::Alarm].into_iter().enumerate() {
            let change = Change { key: n.to_string(), state, at_ms: n as i64 };
            alarm.change(&policy, change, Severity::Critical, Timestamp::from_millis(n as i64));
        }
        let none = NoisePolicy::default();
        let note = alarm.pass(&none, Standing::Open, Timestamp::from_millis(9)).unwrap();
        assert_eq!((note.kind, note.folded.len()), (NoteKind::Repeats, 1));
        assert!(alarm.is_idle() && alarm.due(&none).is_none());
    }

    fn policies() -> impl Strategy<Value = NoisePolicy> {
        let part = |text: &'static str| prop_oneof![Just(""), Just(text)];
        (
            part(r#""deduplicationPolicy": {"windowSeconds": 100}"#),
            part(r#""flappingPolicy": {"changes": 3, "windowSeconds": 60, "summarySeconds": 90}"#),
            part(r#""reminderPolicy": {"everyHours": 1}"#),
        )
            .prop_map(|(a, b, c)| {
                let parts: Vec<_> = [a, b, c].into_iter().filter(|part| !part.is_empty()).collect();
                NoisePolicy::parse(&format!("{{{}}}", parts.join(","))).unwrap_or_default()
            })
    }

    proptest! {
        #[test]
        fn nothing_is_lost_or_told_twice_and_all_ends(
            policy in policies(),
            changes in prop::collection::vec((0_i64..200, 0_usize..3), 0..60),
        ) {
            let states = [AlarmState::Alarm, AlarmState::Ok, AlarmState::InsufficientData];
            let mut alarm = AlarmNoise::default();
            let (mut now, mut told, mut last_told) = (0, Vec::new(), None);
            let mut count = 0;
            for (by, state) in changes {
                let next = now + by * 1000;
                while let Some(due) = alarm.due(&policy).filter(|due| due.millis() <= next) {
                    now = now.max(due.millis());
                    let note = alarm.pass(&policy, Standing::Open, Timestamp::from_millis(now));
                    let folded = note.map(|note| note.folded).unwrap_or_default();
                    last_told = folded.last().map(|change: &Change| change.state).or(last_told);
                    told.extend(folded.into_iter().map(|change| change.key));
                }
                now = next;
                let change = Change { key: count.to_string(), state: states[state], at_ms: now };
                count += 1;
                match alarm.change(&policy, change.clone(), Severity::Critical, Timestamp::from_millis(now)) {
                    Decision::Pass => {
                        last_told = Some(change.state);
                        told.push(change.key);
                    }
                    Decision::Hold => {}
                    Decision::Tell(note) => {
                        last_told = note.folded.last().map(|change| change.state);
                        told.extend(note.folded.into_iter().map(|change| change.key));
                    }
                }
                let kept: AlarmNoise = serde_json::from_str(&serde_json::to_string(&alarm).unwrap()).unwrap();
                prop_assert_eq!(&kept, &alarm);
            }
            // It is closed, and then everything comes to an end.
            let mut turns = 0;
            while let Some(due) = alarm.due(&policy) {
                now = now.max(due.millis());
                let note = alarm.pass(&policy, Standing::Closed, Timestamp::from_millis(now));
                told.extend(note.map(|note| note.folded).unwrap_or_default().into_iter().map(|change| change.key));
                turns += 1;
                prop_assert!(turns < 100);
            }
            prop_assert!(alarm.is_idle());
            let all: Vec<_> = (0..count).map(|n: usize| n.to_string()).collect();
            prop_assert_eq!(told, all, "each is told once, in order");
        }
    }
}
