//! Cells: where a thread counts, so that threads do not meet.
//!
//! Every thread has a slot of its own with a cell for each series it has touched. A cell has one writer, its thread, and
//! one reader, the worker of the series' client; both use plain loads and stores of atomics: no read-modify-write, no
//! lock in the writer's way, no unsafe code. `samples.rs` says how the reader gets every sample exactly once.

mod half;
mod samples;
mod slot;
mod tally;
#[cfg(test)]
mod tests;

pub(crate) use slot::{Collected, Index, increment, record};
pub(crate) use tally::Tally;
