//! Whether a question matters to an idea.

use serde::{Deserialize, Serialize};

use super::{Method, check, read};

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Request {
    idea: String,
    question: String,
}

#[derive(Deserialize, Serialize)]
struct Answer {
    is_relevant: bool,
    reason: String,
}

pub(super) const METHOD: Method = Method {
    name: "check_question_relevance",
    task: "Decide whether the question matters to the idea.",
    form: r#"{"is_relevant":true,"reason":"It decides the price."}"#,
    example: r#"{"idea":"A library for borrowing tools","question":"How long is a tool kept?"}"#,
    read: read::<Request>,
    check: check::<Answer>,
};
