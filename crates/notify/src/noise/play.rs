//! Cases as text: changes of an alarm with times in, messages with times out.

use nepho_model::Timestamp;
use serde_json::json;

use super::alarm::{AlarmNoise, Decision};
use super::note::{Change, Note};
use super::policy::NoisePolicy;
use super::reminder::Standing;
use crate::notice::{AlarmState, Severity};

/// How much longer than the last change a case is looked at, in seconds.
const LONGER_SECONDS: i64 = 5000;
/// The same where nothing is open in the end.
const CLOSED_SECONDS: i64 = 100_000;

/// The message of an alarm.
pub(crate) fn message(name: &str, state: AlarmState, severity: Severity) -> String {
    json!({
        "AlarmName": name, "AlarmDescription": format!("Severity: {}", severity.as_str()),
        "AWSAccountId": "000000000000", "NewStateValue": state.as_str(), "NewStateReason": "testing",
        "StateChangeTime": "2026-05-04T12:01:00.000+0000", "Region": "US East (N. Virginia)",
        "AlarmArn": format!("arn:aws:cloudwatch:us-east-1:000000000000:alarm:{name}"), "OldStateValue": "OK",
    })
    .to_string()
}

/// Changes as `SECONDS [SEVERITY] STATE`; messages as `SECONDS STATE (NOTE)`.
pub(super) fn check(policy: &str, changes: &str, expect: &str) {
    run(policy, changes, &|_| Standing::Open, LONGER_SECONDS, expect);
}

/// The same with an alarm that stands so, by seconds after the begin, until it is closed without a message.
pub(super) fn check_standing(policy: &str, changes: &str, standing: &dyn Fn(i64) -> Standing, expect: &str) {
    run(policy, changes, standing, CLOSED_SECONDS, expect);
}

/// `longer` says for how long after the last change an alarm is looked at that reminds.
fn run(policy: &str, changes: &str, standing: &dyn Fn(i64) -> Standing, longer: i64, expect: &str) {
    let policy = NoisePolicy::parse(policy).unwrap();
    let mut play = Play { alarm: AlarmNoise::default(), latest: None, told: Vec::new() };
    let mut last = 0;
    for change in changes.split("; ") {
        let words: Vec<&str> = change.split(' ').collect();
        let seconds: i64 = words[0].parse().unwrap();
        play.pass(&policy, seconds, standing);
        let severity = words[1..].iter().find_map(|word| Severity::parse(word)).unwrap_or(Severity::Error);
        let state = AlarmState::parse(words[words.len() - 1]).unwrap();
        let now = Timestamp::from_seconds(seconds);
        let change = Change { key: change.to_owned(), state, at_ms: now.millis() };
        play.latest = Some(state);
        let decision = play.alarm.change(&policy, change, severity, now);
        play.tell(seconds, decision);
        last = seconds;
    }
    let is_open = play.latest == Some(AlarmState::Alarm) && policy.reminder.is_some();
    let until = last + if is_open { longer } else { CLOSED_SECONDS };
    play.pass(&policy, until, standing);
    assert_eq!(play.told.join("; "), expect, "{changes}");
}

struct Play {
    alarm: AlarmNoise,
    latest: Option<AlarmState>,
    told: Vec<String>,
}

impl Play {
    /// Lets time pass.
    fn pass(&mut self, policy: &NoisePolicy, until: i64, standing: &dyn Fn(i64) -> Standing) {
        while let Some(due) = self.alarm.due(policy).filter(|due| due.seconds() <= until) {
            let note = self.alarm.pass(policy, standing(due.seconds()), due);
            if let Some(note) = note {
                self.tell(due.seconds(), Decision::Tell(note));
            }
        }
    }

    fn tell(&mut self, seconds: i64, decision: Decision) {
        let state = self.latest.map_or("", AlarmState::as_str);
        self.told.extend(match decision {
            Decision::Pass => Some(format!("{seconds} {state}")),
            Decision::Hold => None,
            Decision::Tell(Note { short, .. }) => Some(format!("{seconds} {state} ({short})")),
        });
    }
}
