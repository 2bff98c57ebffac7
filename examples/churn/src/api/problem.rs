//! What a caller is told when something is wrong: what it is, and what to do.

use http::StatusCode;
use serde_json::{Value, json};

use crate::http::{Answer, json as answer_json};

/// A problem.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Problem {
    status: StatusCode,
    error: String,
    fix: String,
    more: Value,
}

impl Problem {
    pub(super) fn new(status: StatusCode, error: impl Into<String>, fix: impl Into<String>) -> Self {
        Problem { status, error: error.into(), fix: fix.into(), more: Value::Null }
    }

    /// With more members in the answer.
    pub(super) fn with(mut self, more: Value) -> Self {
        self.more = more;
        self
    }

    /// Something of ours does not work; the caller can only try again.
    pub(super) fn ours(error: &str, id: &str) -> Self {
        let fix =
            "Upload the file again in a few minutes; nothing was kept. If it fails again, tell the support this id.";
        Problem::new(StatusCode::SERVICE_UNAVAILABLE, error, fix).with(json!({ "upload_id": id }))
    }

    pub(super) fn answer(&self) -> Answer {
        let mut body = json!({ "error": self.error, "fix": self.fix });
        if let (Some(body), Value::Object(more)) = (body.as_object_mut(), &self.more) {
            body.extend(more.clone());
        }
        answer_json(self.status, &body)
    }
}
