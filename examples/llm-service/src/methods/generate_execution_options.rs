//! Ways to put an idea into practice.

use serde::{Deserialize, Serialize};

use super::{Method, check, read};

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Request {
    brief: String,
}

#[derive(Deserialize, Serialize)]
struct Answer {
    options: Vec<ExecutionOption>,
}

#[derive(Deserialize, Serialize)]
struct ExecutionOption {
    name: String,
    steps: Vec<String>,
    weeks: u32,
}

pub(super) const METHOD: Method = Method {
    name: "generate_execution_options",
    task: "Propose ways to put the brief into practice, each with its steps and how many weeks it takes.",
    form: r#"{"options":[{"name":"One street first","steps":["Collect tools","Open on Saturdays"],"weeks":6}]}"#,
    example: r#"{"brief":"Households borrow tools by the day."}"#,
    read: read::<Request>,
    check: check::<Answer>,
};
