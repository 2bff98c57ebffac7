//! Documents that a founder goes to work with.

use serde::{Deserialize, Serialize};

use super::{Method, check, read};

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Request {
    brief: String,
    option: String,
}

/// What the model wrote: at least one document.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(try_from = "Written")]
pub struct Artifacts {
    /// In the model's order.
    pub artifacts: Vec<Artifact>,
}

/// A document.
#[derive(Debug, Clone, Deserialize, Serialize)]
pub struct Artifact {
    /// Its title.
    pub title: String,
    /// Its text, in Markdown.
    pub text: String,
}

#[derive(Deserialize)]
struct Written {
    artifacts: Vec<Artifact>,
}

impl TryFrom<Written> for Artifacts {
    type Error = &'static str;

    fn try_from(Written { artifacts }: Written) -> Result<Self, Self::Error> {
        if artifacts.is_empty() { Err("there are no artifacts") } else { Ok(Artifacts { artifacts }) }
    }
}

pub(super) const METHOD: Method = Method {
    name: "generate_artifacts",
    task: "Write the documents that the founder needs for the chosen option.",
    form: r##"{"artifacts":[{"title":"Plan","text":"# Plan\n\nOpen on Saturdays."}]}"##,
    example: r#"{"brief":"Households borrow tools by the day.","option":"One street first"}"#,
    read: read::<Request>,
    check: check::<Artifacts>,
};
