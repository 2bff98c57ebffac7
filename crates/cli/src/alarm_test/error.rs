//! Why a test file cannot be used.

use crate::artefacts::{Place, ReadError};

/// Why a test file cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TestFileError {
    /// It, or an artefact that it names, cannot be read.
    #[error(transparent)]
    Unreadable(#[from] ReadError),
    /// Something at a place is not what a test can have there.
    #[error("{place}: {message}")]
    Mistake {
        /// The place.
        place: Place,
        /// What was found, and what was expected.
        message: String,
    },
}

impl TestFileError {
    pub(super) fn at(place: &Place, message: impl Into<String>) -> Self {
        Self::Mistake { place: place.clone(), message: message.into() }
    }
}
