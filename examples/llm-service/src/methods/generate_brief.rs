//! A brief of a company, from answered questions.

use serde::{Deserialize, Serialize};

use super::{Method, check, read};

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Request {
    idea: String,
    answers: Vec<Answered>,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Answered {
    question: String,
    answer: String,
}

#[derive(Deserialize, Serialize)]
struct Answer {
    title: String,
    sections: Vec<Section>,
}

#[derive(Deserialize, Serialize)]
struct Section {
    heading: String,
    text: String,
}

pub(super) const METHOD: Method = Method {
    name: "generate_brief",
    task: "Write a brief of the company from the idea and the founder's answers.",
    form: r#"{"title":"Tool library","sections":[{"heading":"Customers","text":"Households without a workshop."}]}"#,
    example: r#"{"idea":"A library for borrowing tools","answers":[{"question":"Who pays for it?","answer":"Households"}]}"#,
    read: read::<Request>,
    check: check::<Answer>,
};
