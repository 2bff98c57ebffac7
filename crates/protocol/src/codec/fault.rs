//! What is wrong with bytes that cannot be decoded, and where.

use std::fmt;

use serde::{Deserialize, Deserializer};
use serde_path_to_error::{Path, Segment};

/// The failure of one of our own (de)serializers.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct CodecError(String);

impl CodecError {
    pub(super) fn new(message: impl fmt::Display) -> Self {
        Self(message.to_string())
    }
}

impl serde::de::Error for CodecError {
    fn custom<M: fmt::Display>(message: M) -> Self {
        Self::new(message)
    }
}

impl serde::ser::Error for CodecError {
    fn custom<M: fmt::Display>(message: M) -> Self {
        Self::new(message)
    }
}

/// The most characters of a cause that a client is told: causes quote what was found.
const CAUSE_SHOWN_MAX: usize = 1000;

/// Decodes a second time what has failed to decode, now keeping track of where it is.
///
/// The hot path pays nothing for it; a request that fails is decoded twice. Where the second
/// time succeeds (because the failure lies behind the shape), the first cause stands alone.
pub(super) fn explain<'de, T, D>(deserializer: D, first_cause: &dyn fmt::Display) -> String
where
    T: Deserialize<'de>,
    D: Deserializer<'de>,
{
    let text = match serde_path_to_error::deserialize::<D, T>(deserializer) {
        Ok(_) => first_cause.to_string(),
        Err(failure) => match member(failure.path()).as_str() {
            "" => failure.inner().to_string(),
            member => format!("{member}: {}", failure.inner()),
        },
    };
    text.chars().take(CAUSE_SHOWN_MAX).collect()
}

/// Writes a path the way CloudWatch does in every protocol: `MetricData.member.1.Value`.
fn member(path: &Path) -> String {
    let mut text = String::new();
    for segment in path {
        let part = match segment {
            Segment::Seq { index } => format!("member.{}", index + 1),
            Segment::Map { key } => key.clone(),
            Segment::Enum { variant } => variant.clone(),
            Segment::Unknown => continue,
        };
        if !text.is_empty() {
            text.push('.');
        }
        text.push_str(&part);
    }
    text
}
