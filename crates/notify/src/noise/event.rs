//! A notification of an alarm, as far as noise is concerned.

use serde::Deserialize;
use sha2::{Digest, Sha256};

use crate::notice::{AlarmNotice, AlarmState, Severity, Watched};

/// A notification of an alarm.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// The alarm's ARN.
    pub alarm: String,
    /// Its name.
    pub name: String,
    /// Which of its contributors, if it has some.
    pub contributor: String,
    /// The state.
    pub state: AlarmState,
    /// How severe it is.
    pub severity: Severity,
    /// What it watches, if that is one metric.
    pub watched: Option<Watched>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Written {
    #[serde(default)]
    alarm_contributor_id: String,
}

impl Event {
    /// Reads the message of an alarm; none when it is another message.
    pub fn read(message: &str) -> Option<Self> {
        let notice = AlarmNotice::read(message)?;
        let written: Written = serde_json::from_str(message).ok()?;
        Some(Event {
            severity: notice.severity(),
            alarm: notice.arn,
            name: notice.name,
            contributor: written.alarm_contributor_id,
            state: notice.state,
            watched: notice.watched,
        })
    }

    /// What is the same for all notifications of one alarm and contributor.
    pub fn key(&self) -> String {
        hex::encode(Sha256::digest(format!("{}\0{}", self.alarm, self.contributor)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::noise::play::message;

    #[test]
    fn events_are_told_apart_by_alarm_and_contributor() {
        let event = Event::read(&message("a", AlarmState::Alarm, Severity::Critical)).unwrap();
        assert_eq!((event.name.as_str(), event.state, event.severity), ("a", AlarmState::Alarm, Severity::Critical));
        let ok = Event::read(&message("a", AlarmState::Ok, Severity::Error)).unwrap();
        assert_eq!(event.key(), ok.key());
        let other = Event { contributor: "c".to_owned(), ..event.clone() };
        assert_ne!(event.key(), other.key());
        assert_eq!(Event::read("{}"), None);
    }
}
