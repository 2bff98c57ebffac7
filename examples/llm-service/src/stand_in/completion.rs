//! What a model says in the API's words.

use bytes::Bytes;
use http::header::RETRY_AFTER;
use http::{HeaderValue, StatusCode};
use serde::Deserialize;
use serde_json::json;

use super::Said;
use crate::http::{Answer, answer, error};
use crate::model::{Choice, Message, Role};

/// A request, as far as a stand-in understands it.
#[derive(Debug, Deserialize)]
pub(super) struct Asked {
    pub(super) model: String,
    pub(super) messages: Vec<Message>,
}

impl Asked {
    /// The method whose task it is: the second word of `Task METHOD: ...`.
    pub(super) fn method(&self) -> &str {
        self.system().split([' ', ':']).nth(1).unwrap_or_default()
    }

    /// Whether the model is told off for what it said before.
    pub(super) fn is_strict(&self) -> bool {
        self.messages.iter().filter(|message| message.role == Role::User).count() > 1
    }

    /// The form of the answer, which the last line of the task shows. It serves as the answer.
    fn form(&self) -> &str {
        self.system().lines().last().unwrap_or_default()
    }

    fn system(&self) -> &str {
        self.messages.first().map(|message| message.content.as_str()).unwrap_or_default()
    }

    /// The answer.
    pub(super) fn answer(&self, said: Said) -> Answer {
        let form = self.form();
        let text = match said {
            Said::Good | Said::Cut => form.to_owned(),
            Said::Broken => form[..form.len() / 2].to_owned(),
            Said::Chatty => format!("Certainly! Here it is:\n```json\n{form}\n```\nAnything else?"),
            Said::OtherForm => r#"{"apology":"I cannot do that."}"#.to_owned(),
            Said::Status(status) => return refusal(status),
        };
        let choice = Choice { message: Message { role: Role::Assistant, content: text } };
        let body = json!({"object": "chat.completion", "model": self.model, "choices": [choice]});
        let mut whole = answer(StatusCode::OK, &body);
        if said == Said::Cut {
            let body = whole.body().slice(..whole.body().len() / 2);
            *whole.body_mut() = body;
        }
        whole
    }
}

fn refusal(status: u16) -> Answer {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut refusal: Answer = error(status, "as I was told").map(Bytes::from);
    if status == StatusCode::TOO_MANY_REQUESTS {
        refusal.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("7"));
    }
    refusal
}
