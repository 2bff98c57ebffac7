//! What API and worker share.

use crate::clock::Clock;
use crate::measures::Measures;
use crate::queue::Queue;
use crate::records::Records;
use crate::storage::Storage;

/// What API and worker share.
#[derive(Debug, Clone)]
pub struct Pipeline {
    /// Where files are kept.
    pub storage: Storage,
    /// Where records are kept.
    pub records: Records,
    /// Where tasks are.
    pub queue: Queue,
    /// What is measured.
    pub measures: Measures,
    /// What times are measured with.
    pub clock: Clock,
}
