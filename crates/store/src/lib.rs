//! Where metrics and records are kept.
//!
//! Three traits, [`Samples`] for metrics, [`Records`] for everything that has a name (tags, log groups, later
//! alarms and topics), and [`Log`] for what happens (to queues), each with an in-memory reference and an embedded
//! implementation that keeps its promises on disk. Whoever implements one runs the conformance suite in `tests/`.
//!
//! The crate reads no clock: `now` is an argument wherever time matters.

mod chunk;
mod disk;
mod embedded;
mod error;
mod log;
mod memory;
mod receipt;
mod records;
mod samples;
mod search;
mod tier;
mod varint;

pub use disk::{create_private_folder, private_file};
pub use embedded::{EmbeddedLog, EmbeddedRecords, EmbeddedSamples, LogOptions, Options};
pub use error::StoreError;
pub use log::{Log, LogFigures, OnEntry};
pub use memory::{MemoryLog, MemoryRecords, MemorySamples};
pub use receipt::{Acknowledge, Receipt};
pub use records::{Change, Record, Records, Table};
pub use samples::{Figures, Filter, Listed, OnRun, Page, Samples};
pub use search::{COMPARISONS_MAX, Found, SearchRequest};
pub use tier::{Retention, Tier};
