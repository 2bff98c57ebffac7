//! Questions that show whether an idea was understood.

use serde::{Deserialize, Serialize};

use super::{Method, check, read};

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Request {
    idea: String,
    brief: String,
}

#[derive(Deserialize, Serialize)]
struct Answer {
    questions: Vec<String>,
}

pub(super) const METHOD: Method = Method {
    name: "generate_understanding_questions",
    task: "Ask what is still unclear about the idea after its brief.",
    form: r#"{"questions":["How are tools insured?"]}"#,
    example: r#"{"idea":"A library for borrowing tools","brief":"Households borrow tools by the day."}"#,
    read: read::<Request>,
    check: check::<Answer>,
};
