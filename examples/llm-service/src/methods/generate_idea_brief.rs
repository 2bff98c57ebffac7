//! A brief of an idea alone.

use serde::{Deserialize, Serialize};

use super::{Method, check, read};

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Request {
    idea: String,
}

#[derive(Deserialize, Serialize)]
struct Answer {
    summary: String,
    problem: String,
    customers: Vec<String>,
}

pub(super) const METHOD: Method = Method {
    name: "generate_idea_brief",
    task: "Say in few words what the idea is, which problem it solves, and whose.",
    form: r#"{"summary":"Tools to borrow.","problem":"Most tools lie idle.","customers":["households"]}"#,
    example: r#"{"idea":"A library for borrowing tools"}"#,
    read: read::<Request>,
    check: check::<Answer>,
};
