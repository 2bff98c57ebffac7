//! What can go wrong in a store.

use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Why a store could not do something. Cheap to clone, because one failed write answers many requests.
#[derive(Debug, Clone, thiserror::Error)]
pub enum StoreError {
    /// The operating system refused.
    #[error("could not {action} {}: {source}", path.display())]
    Io {
        /// What was being done, such as `sync`.
        action: &'static str,
        /// With which file.
        path: PathBuf,
        /// What the system said.
        source: Arc<std::io::Error>,
    },
    /// A file does not hold what was written to it.
    #[error("{} is damaged at byte {offset}: {detail}", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// Where in it.
        offset: u64,
        /// What is wrong there.
        detail: String,
    },
    /// Writes arrive faster than they reach the disk.
    #[error("{waiting} bytes wait for the disk, the limit is {limit}")]
    Busy {
        /// Bytes that wait already.
        waiting: usize,
        /// The most that may wait.
        limit: usize,
    },
    /// One more metric would be too many.
    #[error("there are {limit} metrics, which is the limit")]
    TooManyMetrics {
        /// The most metrics the store takes.
        limit: usize,
    },
    /// Another process has the folder open.
    #[error("{} is in use by another process", path.display())]
    Locked {
        /// The folder.
        path: PathBuf,
    },
    /// A page token that this store did not give out.
    #[error("page token {0:?} is not one of ours")]
    BadToken(String),
    /// A search that would take too long.
    #[error(
        "searching would compare names more than {limit} times; a schema or terms in double quotes narrow a search"
    )]
    SearchTooBroad {
        /// The most comparisons.
        limit: usize,
    },
    /// Nothing can be written to a namespace that is read from elsewhere.
    #[error("namespace {namespace} is read from elsewhere, and nothing can be put into it")]
    ReadOnly {
        /// The namespace.
        namespace: String,
    },
    /// What is read from elsewhere could not be.
    #[error("{place}: {detail}")]
    Elsewhere {
        /// Where that is.
        place: String,
        /// What it said.
        detail: String,
    },
    /// The store was closed.
    #[error("the store is closed")]
    Closed,
    /// The key-value store of the records failed.
    #[error("records in {}: {detail}", path.display())]
    Records {
        /// Its file.
        path: PathBuf,
        /// What it said.
        detail: String,
    },
}

impl StoreError {
    pub(crate) fn io(action: &'static str, path: &Path, source: std::io::Error) -> Self {
        StoreError::Io { action, path: path.to_owned(), source: Arc::new(source) }
    }

    pub(crate) fn damaged(path: &Path, offset: u64, detail: impl Into<String>) -> Self {
        StoreError::Damaged { path: path.to_owned(), offset, detail: detail.into() }
    }
}
