//! Where payloads go while a receiver is down: `docs/format/spill.md` says what the file looks like.

mod batch;
mod datum;
mod file;
mod record;

use std::fmt;
use std::path::PathBuf;

use crate::sink::Sink;

pub(crate) use file::{Appended, SpillFile};

/// Where payloads go while a sink's breaker is open.
pub enum Spill {
    /// To another sink of the same form. What it takes is delivered, and is not sent to the first one later.
    Sink(Box<dyn Sink>),
    /// Into a file, which is sent to the sink when the breaker closes, in this process or a later one.
    File {
        /// Where it is. Every sink and every process needs one of its own.
        path: PathBuf,
        /// How large it may become; [`SPILL_BYTES_MAX`] unless there is a reason.
        bytes_max: u64,
    },
}

/// How large a spill file may become, unless told otherwise.
pub const SPILL_BYTES_MAX: u64 = 64 * 1024 * 1024;

impl Spill {
    /// A file of at most [`SPILL_BYTES_MAX`].
    pub fn file(path: impl Into<PathBuf>) -> Self {
        Spill::File { path: path.into(), bytes_max: SPILL_BYTES_MAX }
    }

    /// Another sink.
    pub fn sink(sink: impl Sink + 'static) -> Self {
        Spill::Sink(Box::new(sink))
    }
}

impl fmt::Debug for Spill {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Spill::Sink(sink) => f.debug_tuple("Sink").field(&sink.name()).finish(),
            Spill::File { path, bytes_max } => {
                f.debug_struct("File").field("path", path).field("bytes_max", bytes_max).finish()
            }
        }
    }
}
