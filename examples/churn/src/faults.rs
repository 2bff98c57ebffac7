//! Failures on purpose, in whichever process: a file in the folder `.faults` of a store makes its operation of that name
//! fail, with the text in it for a reason. A text that begins with `panic` is a bug instead, and `slow 90` lets it take 90 seconds.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::clock::Clock;

/// What makes an operation a bug.
const PANIC: &str = "panic";
/// What makes an operation slow, before the seconds.
const SLOW: &str = "slow ";

/// The failures of a store.
#[derive(Debug, Clone)]
pub struct Faults {
    folder: PathBuf,
    clock: Clock,
}

impl Faults {
    /// Those of the store in `folder`.
    pub fn of(folder: &Path, clock: &Clock) -> Self {
        Faults { folder: folder.join(".faults"), clock: clock.clone() }
    }

    /// Lets an operation fail from now on.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn set(&self, operation: &str, reason: &str) -> io::Result<()> {
        fs::create_dir_all(&self.folder)?;
        fs::write(self.folder.join(operation), reason)
    }

    /// Lets an operation succeed again.
    ///
    /// # Errors
    /// When the file cannot be removed.
    pub fn clear(&self, operation: &str) -> io::Result<()> {
        match fs::remove_file(self.folder.join(operation)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    /// Fails if this operation is to fail, or takes its time.
    pub(crate) fn check(&self, operation: &str) -> io::Result<()> {
        let Ok(reason) = fs::read_to_string(self.folder.join(operation)) else { return Ok(()) };
        let slow = reason.strip_prefix(SLOW).and_then(|seconds| seconds.trim().parse().ok());
        if let Some(seconds) = slow {
            self.clock.pass(Duration::from_secs(seconds));
            return Ok(());
        }
        assert!(!reason.starts_with(PANIC), "{reason}");
        Err(io::Error::other(reason))
    }
}
