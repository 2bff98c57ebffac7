//! What the stand-in of the model is told to do.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// How one request is answered. In JSON: `{"delay_ms": 50, "said": "good"}`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Act {
    /// How long it takes, in milliseconds.
    #[serde(default)]
    pub delay_ms: u64,
    /// What is said then.
    pub said: Said,
}

/// An answer of a model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Said {
    /// What was asked for.
    Good,
    /// JSON that breaks off.
    Broken,
    /// The right JSON in the midst of kind words.
    Chatty,
    /// JSON of another form.
    OtherForm,
    /// An answer of the API that breaks off itself.
    Cut,
    /// No answer but a status, such as 429, 500 or 503.
    Status(u16),
}

impl Act {
    /// What was asked for, at once.
    pub const GOOD: Act = Act::new(0, Said::Good);

    /// Says something, after so many milliseconds.
    pub const fn new(delay_ms: u64, said: Said) -> Self {
        Act { delay_ms, said }
    }

    /// How long it takes.
    pub fn delay(self) -> Duration {
        Duration::from_millis(self.delay_ms)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn acts_are_written_as_the_readme_says() {
        for (text, expected) in [
            (r#"{"said":"good"}"#, Some(Act::GOOD)),
            (r#"{"delay_ms":50,"said":"other_form"}"#, Some(Act::new(50, Said::OtherForm))),
            (r#"{"delay_ms":0,"said":{"status":429}}"#, Some(Act::new(0, Said::Status(429)))),
            (r#"{"delay_ms":50}"#, None),
            (r#"{"said":"good","delay":50}"#, None),
        ] {
            assert_eq!(serde_json::from_str(text).ok(), expected, "{text}");
        }
    }
}
