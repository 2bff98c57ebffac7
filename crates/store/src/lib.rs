//! Where metrics and records are kept.
//!
//! Two traits, [`Samples`] for metrics and [`Records`] for everything that has a name (tags, log groups, later
//! alarms and topics), each with an in-memory reference and an embedded implementation that keeps its
//! promises on disk. Whoever implements one runs the conformance suite in `tests/`.
//!
//! The crate reads no clock: `now` is an argument wherever time matters.

mod chunk;
mod disk;
mod embedded;
mod error;
mod memory;
mod receipt;
mod records;
mod samples;
mod search;
mod tier;
mod varint;

pub use embedded::{EmbeddedRecords, EmbeddedSamples, Options};
pub use error::StoreError;
pub use memory::{MemoryRecords, MemorySamples};
pub use receipt::Receipt;
pub use records::{Change, Record, Records, Table};
pub use samples::{Figures, Filter, Listed, OnRun, Page, Samples};
pub use search::{Found, SearchRequest};
pub use tier::{Retention, Tier};
