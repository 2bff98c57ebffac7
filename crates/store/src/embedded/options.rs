//! What the embedded store can be told.

use std::path::PathBuf;
use std::time::Duration;

use crate::tier::Retention;

/// Settings of the embedded store.
#[derive(Debug, Clone)]
pub struct Options {
    /// The folder; made when it is missing.
    pub folder: PathBuf,
    /// How long cells are kept.
    pub retention: Retention,
    /// A journal this long is closed, and what it holds goes to a segment.
    pub journal_bytes_max: u64,
    /// Cells in memory past this go to a segment.
    pub head_bytes_max: usize,
    /// Writes are refused while more than this waits for the disk.
    pub waiting_bytes_max: usize,
    /// Writes are refused while more cells than this, in bytes, wait for a segment that cannot be written.
    pub unflushed_bytes_max: usize,
    /// The most metrics.
    pub metrics_max: usize,
    /// Time since some fixed moment, to measure how long a sync takes.
    pub monotonic: fn() -> Duration,
}

impl Options {
    /// The defaults, for a store in `folder`. Without a clock, sync times count as zero.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Options {
            folder: folder.into(),
            retention: Retention::default(),
            journal_bytes_max: 128 << 20,
            head_bytes_max: 192 << 20,
            waiting_bytes_max: 64 << 20,
            unflushed_bytes_max: 1 << 30,
            metrics_max: 20_000_000,
            monotonic: || Duration::ZERO,
        }
    }
}
