//! What a test expects: states over time, and notifications.

use nepho_model::AlarmState;

use super::case::state;
use super::definitions::Definitions;
use super::error::TestFileError;
use super::fields::{self, Fields};
use super::{glob, offset};
use crate::artefacts::Place;
use crate::artefacts::node::{Node, Value};

/// A state that an alarm is expected to be in. Times are seconds from the test's start.
#[derive(Debug, Clone)]
pub(super) struct StateExpectation {
    pub(super) place: Place,
    pub(super) alarm: String,
    pub(super) from: i64,
    /// The last moment, which mostly is the first.
    pub(super) to: i64,
    pub(super) state: AlarmState,
    /// A pattern.
    pub(super) reason: Option<String>,
}

/// What is expected of notifications.
#[derive(Debug, Clone)]
pub(super) enum Notifications {
    /// Nothing.
    Any,
    /// So many.
    Count(usize, Place),
    /// These and no others.
    Exactly(Vec<NotificationExpectation>, Place),
}

/// A notification that is expected.
#[derive(Debug, Clone)]
pub(super) struct NotificationExpectation {
    pub(super) place: Place,
    /// Seconds from the test's start.
    pub(super) at: i64,
    pub(super) alarm: Option<String>,
    pub(super) state: Option<AlarmState>,
    /// A pattern of the ARN.
    pub(super) action: Option<String>,
    /// A pattern.
    pub(super) subject: Option<String>,
    /// Members of the JSON message.
    message: Option<Node>,
}

/// A notification that was sent.
#[derive(Debug, Clone)]
pub(super) struct Notification {
    /// Seconds from the test's start.
    pub(super) at: i64,
    pub(super) alarm: String,
    pub(super) state: AlarmState,
    pub(super) action: String,
    pub(super) subject: String,
    pub(super) message: serde_json::Value,
}

impl StateExpectation {
    /// Reads one element of `expect`.
    pub(super) fn read(node: &Node, definitions: &Definitions) -> Result<Self, TestFileError> {
        let fields = Fields::of(node, "an expectation", &["at", "alarm", "state", "reason"])?;
        let (from, to) = moments(fields.required("at")?)?;
        Ok(StateExpectation {
            place: node.place.clone(),
            alarm: alarm(fields.required("alarm")?, definitions)?,
            from,
            to,
            state: state(fields.required("state")?)?,
            reason: fields.text("reason")?,
        })
    }

    /// Its time in words.
    pub(super) fn at(&self) -> String {
        match self.from == self.to {
            true => offset::text(self.from),
            false => format!("{}..{}", offset::text(self.from), offset::text(self.to)),
        }
    }

    /// Whether a reason is what is expected.
    pub(super) fn has_reason(&self, reason: &str) -> bool {
        self.reason.as_ref().is_none_or(|pattern| glob::matches(pattern, reason))
    }
}

/// `5m`, or `5m..20m`.
fn moments(node: &Node) -> Result<(i64, i64), TestFileError> {
    let text = fields::text(node, "at")?;
    let moment = |text: &str| {
        let expected = || format!("at: {}, or 5m..20m from one to another; found {text:?}", offset::EXPECTED);
        offset::parse(text).filter(|at| *at >= 0).ok_or_else(|| TestFileError::at(&node.place, expected()))
    };
    let Some((from, to)) = text.split_once("..") else { return moment(&text).map(|at| (at, at)) };
    let (from, to) = (moment(from)?, moment(to)?);
    match from <= to {
        true => Ok((from, to)),
        false => Err(TestFileError::at(&node.place, format!("at: {text} ends before it begins"))),
    }
}

fn alarm(node: &Node, definitions: &Definitions) -> Result<String, TestFileError> {
    let name = fields::text(node, "alarm")?;
    definitions.check(&name).map_err(|message| TestFileError::at(&node.place, message))?;
    Ok(name)
}

impl Notifications {
    /// Reads `notifications`.
    pub(super) fn read(node: Option<&Node>, definitions: &Definitions) -> Result<Self, TestFileError> {
        let Some(node) = node else { return Ok(Notifications::Any) };
        match &node.value {
            Value::List(nodes) => {
                let all = nodes.iter().map(|node| NotificationExpectation::read(node, definitions));
                Ok(Notifications::Exactly(all.collect::<Result<_, _>>()?, node.place.clone()))
            }
            Value::Number(number) if number.value >= 0.0 && number.value.fract() == 0.0 => {
                Ok(Notifications::Count(number.value as usize, node.place.clone()))
            }
            other => {
                let message =
                    format!("notifications: expected a list of them, or how many there are; found {}", other.kind());
                Err(TestFileError::at(&node.place, message))
            }
        }
    }

    /// The last moment at which one is expected.
    pub(super) fn latest(&self) -> Option<i64> {
        match self {
            Notifications::Any | Notifications::Count(..) => None,
            Notifications::Exactly(all, _) => all.iter().map(|one| one.at).max(),
        }
    }
}

impl NotificationExpectation {
    fn read(node: &Node, definitions: &Definitions) -> Result<Self, TestFileError> {
        let keys = ["at", "alarm", "state", "action", "subject", "message"];
        let fields = Fields::of(node, "a notification", &keys)?;
        let at = fields.required("at")?;
        let message = fields.get("message").cloned();
        if let Some(node) = message.as_ref().filter(|node| node.entries().is_none()) {
            let message = format!("message: expected a map of members of the message, found {}", node.value.kind());
            return Err(TestFileError::at(&node.place, message));
        }
        let seconds = fields::seconds(at, "at")?;
        if seconds < 0 {
            return Err(TestFileError::at(&at.place, "at: a notification cannot be before the test's start"));
        }
        Ok(NotificationExpectation {
            place: node.place.clone(),
            at: seconds,
            alarm: fields.get("alarm").map(|node| alarm(node, definitions)).transpose()?,
            state: fields.get("state").map(state).transpose()?,
            action: fields.text("action")?,
            subject: fields.text("subject")?,
            message,
        })
    }

    /// What of a notification is not as expected; nothing if it is this one.
    pub(super) fn differences(&self, actual: &Notification) -> Vec<String> {
        let mut found = Vec::new();
        let mut differ = |what: &str, expected: Option<String>, actual: &str, is_same: bool| {
            if let Some(expected) = expected.filter(|_| !is_same) {
                found.push(format!("{what}: expected {expected}, was {actual}"));
            }
        };
        let pattern =
            |pattern: &Option<String>, text: &str| pattern.as_ref().is_none_or(|one| glob::matches(one, text));
        differ("at", Some(offset::text(self.at)), &offset::text(actual.at), self.at == actual.at);
        let is_of = self.alarm.as_ref().is_none_or(|name| *name == actual.alarm);
        differ("alarm", self.alarm.clone(), &actual.alarm, is_of);
        let state = self.state.map(|state| state.to_string());
        differ("state", state, actual.state.as_str(), self.state.is_none_or(|state| state == actual.state));
        differ("action", self.action.clone(), &actual.action, pattern(&self.action, &actual.action));
        differ("subject", self.subject.clone(), &actual.subject, pattern(&self.subject, &actual.subject));
        if let Some(message) = &self.message {
            compare(message, &actual.message, "message", &mut found);
        }
        found
    }
}

/// Compares what is expected of a JSON value: a map has at least these members, a text is a pattern.
fn compare(expected: &Node, actual: &serde_json::Value, path: &str, found: &mut Vec<String>) {
    use serde_json::Value as Json;
    let is_same = match (&expected.value, actual) {
        (Value::Map(entries), Json::Object(members)) => {
            for entry in entries {
                let path = format!("{path}.{}", entry.key);
                match members.get(&entry.key) {
                    Some(member) => compare(&entry.node, member, &path, found),
                    None => found.push(format!("{path}: expected {}, is not there", entry.node.value.kind())),
                }
            }
            true
        }
        (Value::List(elements), Json::Array(actual)) if elements.len() == actual.len() => {
            for (number, (element, actual)) in elements.iter().zip(actual).enumerate() {
                compare(element, actual, &format!("{path}[{number}]"), found);
            }
            true
        }
        (Value::Text(text), Json::String(actual)) => glob::matches(&text.text, actual),
        (Value::Number(number), Json::Number(actual)) => actual.as_f64() == Some(number.value),
        // What looks like a number in YAML may be a text of digits, such as an account.
        (Value::Number(number), Json::String(actual)) => number.text == *actual,
        (Value::Bool(expected), Json::Bool(actual)) => expected == actual,
        (Value::Null, Json::Null) => true,
        _ => false,
    };
    if !is_same {
        found.push(format!("{path}: expected {}, was {actual}", expected.value.kind()));
    }
}
