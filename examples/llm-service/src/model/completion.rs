//! The API's request and answer, as far as they matter here.

use serde::{Deserialize, Serialize};
use serde_json::Error;

use super::Message;

/// A request.
#[derive(Debug, Serialize)]
pub(super) struct Asked<'a> {
    pub(super) model: &'a str,
    pub(super) messages: &'a [Message],
}

/// An answer.
#[derive(Debug, Deserialize)]
pub(super) struct Completion {
    choices: Vec<Choice>,
}

/// One of the answers that a model has.
#[derive(Debug, Serialize, Deserialize)]
pub struct Choice {
    /// What it says.
    pub message: Message,
}

impl Completion {
    /// The text of an answer; nothing, when the model has nothing to say.
    ///
    /// # Errors
    /// When it is none.
    pub(super) fn read(answer: &[u8]) -> Result<String, Error> {
        let Completion { choices } = serde_json::from_slice(answer)?;
        Ok(choices.into_iter().next().map(|choice| choice.message.content).unwrap_or_default())
    }
}
