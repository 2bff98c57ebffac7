//! What the files alone do not say.

use std::fmt;

use super::place::Place;

/// A part of a definition that cannot be told from the files alone.
///
/// Where it is text, the definition has the source between `${` and `}` in its place; where it is
/// not, the member is absent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unresolved {
    /// The member, as CloudWatch names it in errors: `Dimensions.member.1.Value`.
    ///
    /// Empty where it is about the resource or the file as a whole.
    pub member: String,
    /// Where the cause stands.
    pub place: Place,
    /// The cause as it is written there.
    pub source: String,
    /// Why it cannot be told, as a clause: `comes from a data source`.
    pub reason: String,
}

impl fmt::Display for Unresolved {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.place)?;
        if !self.member.is_empty() {
            write!(f, "{}: ", self.member)?;
        }
        write!(f, "{} {}", self.source, self.reason)
    }
}
