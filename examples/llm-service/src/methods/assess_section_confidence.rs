//! How far a section of a brief can be relied on.

use serde::{Deserialize, Serialize};

use super::{Method, check, read};

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Request {
    heading: String,
    text: String,
}

#[derive(Deserialize, Serialize)]
struct Answer {
    confidence: Share,
    missing: Vec<String>,
}

#[derive(Clone, Copy, Deserialize, Serialize)]
#[serde(try_from = "f64")]
struct Share(f64);

impl TryFrom<f64> for Share {
    type Error = String;

    fn try_from(share: f64) -> Result<Self, String> {
        let is_share = (0.0..=1.0).contains(&share);
        is_share.then_some(Share(share)).ok_or_else(|| format!("{share} is not between 0 and 1"))
    }
}

pub(super) const METHOD: Method = Method {
    name: "assess_section_confidence",
    task: "Say between 0 and 1 how far the section can be relied on, and what it lacks.",
    form: r#"{"confidence":0.75,"missing":["a price"]}"#,
    example: r#"{"heading":"Customers","text":"Households without a workshop."}"#,
    read: read::<Request>,
    check: check::<Answer>,
};
