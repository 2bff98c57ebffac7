//! What is wrong with a query as it was typed, and where.

use super::caret;

/// Why a text is no query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    /// A character of the text, counted from 1.
    pub(crate) position: usize,
    pub(crate) message: String,
}

impl Fault {
    /// Something at a byte of a text.
    pub(super) fn at(text: &str, byte: usize, message: impl Into<String>) -> Self {
        Fault { position: text[..byte].chars().count() + 1, message: message.into() }
    }

    /// The text, a caret below the place, and what is wrong there.
    pub(crate) fn shown(&self, text: &str) -> String {
        format!("{}\n{}", caret::lines(text, self.position), self.message)
    }
}
