//! Questions that a founder should be able to answer.

use serde::{Deserialize, Serialize};

use super::{Method, check, read};

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Request {
    idea: String,
}

#[derive(Deserialize, Serialize)]
struct Answer {
    questions: Vec<Question>,
}

#[derive(Deserialize, Serialize)]
struct Question {
    text: String,
    reason: String,
}

pub(super) const METHOD: Method = Method {
    name: "generate_questions",
    task: "Ask the founder the questions that decide whether the idea is worth building.",
    form: r#"{"questions":[{"text":"Who pays for it?","reason":"A user is not always a customer."}]}"#,
    example: r#"{"idea":"A library for borrowing tools"}"#,
    read: read::<Request>,
    check: check::<Answer>,
};
