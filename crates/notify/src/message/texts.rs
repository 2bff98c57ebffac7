//! The text of a message, which may differ by protocol.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::refusal::Refusal;
use crate::subscription::Protocol;

/// The text of a message: one for all, and others for some protocols.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Texts {
    /// For every protocol that has none of its own.
    pub default: String,
    /// By protocol.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub by_protocol: BTreeMap<String, String>,
}

/// The member that has to be there.
const DEFAULT: &str = "default";

impl Texts {
    /// One text for all.
    pub fn plain(text: impl Into<String>) -> Self {
        Texts { default: text.into(), by_protocol: BTreeMap::new() }
    }

    /// Reads a message with the structure `json`: an object with a text for each protocol. Members that are no texts are
    /// left out, as AWS does.
    ///
    /// # Errors
    /// It is no JSON object, or has no default.
    pub fn structured(message: &str) -> Result<Self, Refusal> {
        let refuse = |what: &str| Refusal::invalid(format!("Message Structure - {what}"));
        let Ok(Value::Object(members)) = serde_json::from_str(message) else {
            return Err(refuse("JSON message body failed to parse"));
        };
        let texts = members.into_iter().filter_map(|(name, value)| match value {
            Value::String(text) => Some((name, text)),
            _ => None,
        });
        let mut by_protocol: BTreeMap<_, _> = texts.collect();
        match by_protocol.remove(DEFAULT) {
            Some(default) => Ok(Texts { default, by_protocol }),
            None => Err(refuse("No default entry in JSON message body")),
        }
    }

    /// The text for a protocol.
    pub fn of(&self, protocol: Protocol) -> &str {
        self.by_protocol.get(protocol.as_str()).unwrap_or(&self.default)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_protocol_has_its_own_text_or_the_default() {
        let texts = Texts::structured(r#"{"default": "d", "email": "e", "sms": "s", "https": 1}"#).unwrap();
        let of = Protocol::ALL.map(|protocol| texts.of(protocol));
        assert_eq!(of, ["d", "d", "e", "d", "d", "d", "d"]);
        assert_eq!(Texts::plain("p").of(Protocol::Sqs), "p");
    }

    #[test]
    fn there_has_to_be_a_default() {
        let parse = "Invalid parameter: Message Structure - JSON message body failed to parse";
        let none = "Invalid parameter: Message Structure - No default entry in JSON message body";
        for (message, expected) in
            [("{", parse), ("[]", parse), ("text", parse), ("{}", none), (r#"{"default": {"a": 1}}"#, none)]
        {
            assert_eq!(Texts::structured(message).unwrap_err().message, expected, "{message}");
        }
        // Of a name that comes twice the last counts.
        assert_eq!(Texts::structured(r#"{"default": "a", "default": "b"}"#).unwrap().default, "b");
    }
}
