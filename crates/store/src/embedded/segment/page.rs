//! Index pages: where the chunk of each metric and unit is.

use nepho_model::Unit;

use crate::varint::{Reader, put};

/// The most entries of a page.
pub(crate) const PAGE_ENTRIES: usize = 256;

/// Where a page is.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct PageRef {
    /// The first metric and unit on it.
    pub(crate) first: (u32, Unit),
    pub(crate) offset: u64,
    pub(crate) length: u32,
    pub(crate) crc: u32,
}

/// Where a chunk is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct PageEntry {
    pub(crate) key: (u32, Unit),
    pub(crate) offset: u64,
    /// With its checksum.
    pub(crate) length: u32,
}

/// Appends a page. Each entry begins where the one before ended, and keys ascend.
pub(crate) fn put_page(out: &mut Vec<u8>, entries: &[PageEntry]) {
    let mut before = 0;
    for (position, entry) in entries.iter().enumerate() {
        put(out, u64::from(entry.key.0 - before));
        before = entry.key.0;
        out.push(entry.key.1.code());
        if position == 0 {
            put(out, entry.offset);
        }
        put(out, u64::from(entry.length));
    }
}

/// Reads a page; `None` when it is none.
pub(crate) fn read_page(bytes: &[u8]) -> Option<Vec<PageEntry>> {
    let mut reader = Reader(bytes);
    let mut entries = Vec::with_capacity(PAGE_ENTRIES);
    let (mut metric, mut offset) = (0u32, 0u64);
    while !reader.is_empty() {
        metric = metric.checked_add(reader.varint_u32()?)?;
        let unit = Unit::from_code(reader.byte()?)?;
        if entries.is_empty() {
            offset = reader.varint()?;
        }
        let length = reader.varint_u32()?;
        entries.push(PageEntry { key: (metric, unit), offset, length });
        offset = offset.checked_add(u64::from(length))?;
    }
    Some(entries)
}
