//! Segment files: chunks of cells on disk, for good. The layout is in `docs/format/store.md`.

mod footer;
mod page;
mod reader;
mod writer;

pub(crate) use reader::{Chunk, ChunkRef, Section, Segment};
pub(crate) use writer::SegmentWriter;

/// Begins every segment file.
const MAGIC: &[u8; 8] = b"NEPHOS01";
/// Ends every segment file.
const END: &[u8; 8] = b"NEPHOEND";
/// Length of what follows the footer.
const TRAILER: usize = 24;
/// Length of a chunk's checksum.
const CRC: usize = 4;

#[cfg(test)]
mod tests;
