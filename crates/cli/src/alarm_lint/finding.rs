//! What a rule finds.

use std::fmt;

use serde::{Serialize, Serializer};

use crate::artefacts::Place;

/// Something that is wrong with a definition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Finding {
    /// The rule's name.
    pub rule: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// Where.
    #[serde(serialize_with = "place")]
    pub place: Place,
    /// The alarm, or what else is defined there.
    pub alarm: String,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub fix: &'static str,
}

/// How bad something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The alarm cannot work.
    Error,
    /// It probably does not do what it was meant to do.
    Warning,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Severity::Error => "error",
            Severity::Warning => "warning",
        })
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Finding { rule, severity, place, alarm, message, fix } = self;
        write!(f, "{place}: {severity}: {alarm}: {message} [{rule}]\n  {fix}")
    }
}

fn place<S: Serializer>(place: &Place, serializer: S) -> Result<S::Ok, S::Error> {
    #[derive(Serialize)]
    struct Written<'a> {
        file: std::borrow::Cow<'a, str>,
        line: u32,
        column: u32,
    }
    Written { file: place.file.to_string_lossy(), line: place.line, column: place.column }.serialize(serializer)
}
