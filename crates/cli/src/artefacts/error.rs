//! Why an artefact cannot be read.

use std::path::{Path, PathBuf};

use super::place::Place;

/// Why an artefact cannot be read.
///
/// What is only not known before it is applied is no error, but
/// [`Unresolved`](super::Unresolved).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// Something at a place is not what must stand there.
    #[error("{place}: {message}")]
    Place {
        /// The place.
        place: Place,
        /// What is wrong, and what was expected.
        message: String,
    },
    /// A file or folder is not there, or may not be read.
    #[error("{}: cannot be read: {cause}", path.display())]
    Inaccessible {
        /// The file or folder.
        path: PathBuf,
        /// What the system says.
        cause: String,
    },
    /// A file as a whole cannot be used.
    #[error("{}: {message}", path.display())]
    File {
        /// The file or folder.
        path: PathBuf,
        /// What is wrong, and what was expected.
        message: String,
    },
}

impl ReadError {
    pub(crate) fn at(place: &Place, message: impl Into<String>) -> Self {
        Self::Place { place: place.clone(), message: message.into() }
    }

    pub(crate) fn inaccessible(path: &Path, cause: &std::io::Error) -> Self {
        Self::Inaccessible { path: path.to_owned(), cause: cause.to_string() }
    }

    pub(crate) fn file(path: &Path, message: impl Into<String>) -> Self {
        Self::File { path: path.to_owned(), message: message.into() }
    }
}
