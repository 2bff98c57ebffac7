//! Failures on purpose, in whichever process: a file in the folder `.faults` of a store makes its operation of that name
//! fail, with the text in it for a reason. A text that begins with `panic` is a bug instead.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// What makes an operation a bug.
const PANIC: &str = "panic";

/// The failures of a store.
#[derive(Debug, Clone)]
pub struct Faults(PathBuf);

impl Faults {
    /// Those of the store in `folder`.
    pub fn of(folder: &Path) -> Self {
        Faults(folder.join(".faults"))
    }

    /// Lets an operation fail from now on.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn set(&self, operation: &str, reason: &str) -> io::Result<()> {
        fs::create_dir_all(&self.0)?;
        fs::write(self.0.join(operation), reason)
    }

    /// Lets an operation succeed again.
    ///
    /// # Errors
    /// When the file cannot be removed.
    pub fn clear(&self, operation: &str) -> io::Result<()> {
        match fs::remove_file(self.0.join(operation)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    /// Fails if this operation is to fail.
    pub(crate) fn check(&self, operation: &str) -> io::Result<()> {
        match fs::read_to_string(self.0.join(operation)) {
            Ok(reason) if reason.starts_with(PANIC) => panic!("{reason}"),
            Ok(reason) => Err(io::Error::other(reason)),
            Err(_) => Ok(()),
        }
    }
}
