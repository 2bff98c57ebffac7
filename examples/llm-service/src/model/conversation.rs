//! What is said to the model.

use serde::{Deserialize, Serialize};

use crate::methods::Method;

/// Something that is said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// By whom.
    pub role: Role,
    /// The words.
    pub content: String,
}

/// Who speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Who says what the model is there for.
    System,
    /// Who asks.
    User,
    /// The model.
    Assistant,
}

/// What was said so far.
#[derive(Debug)]
pub(super) struct Conversation {
    pub(super) messages: Vec<Message>,
}

impl Conversation {
    /// Tells the model what to do. The last line shows the form of the answer.
    pub(super) fn begin(method: &Method, request: String) -> Self {
        let Method { name, task, form, .. } = method;
        let system = format!(
            "Task {name}: you help founders to think their company through. {task}\n\
             Answer with one JSON object of this form:\n{form}"
        );
        let messages = vec![Message::new(Role::System, system), Message::new(Role::User, request)];
        Conversation { messages }
    }

    /// Asks again, more strictly.
    pub(super) fn insist(&mut self, answer: String, fault: &str) {
        if !answer.is_empty() {
            self.messages.push(Message::new(Role::Assistant, answer));
        }
        let strict = format!(
            "That cannot be used: {fault}. Answer again with the JSON object alone. The first character must be an \
             opening brace and the last a closing brace; no other text, no code fence, no comments; every field of the \
             form must be there, with a value of the same kind."
        );
        self.messages.push(Message::new(Role::User, strict));
    }
}

impl Message {
    fn new(role: Role, content: String) -> Self {
        Message { role, content }
    }
}
