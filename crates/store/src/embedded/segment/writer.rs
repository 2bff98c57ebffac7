//! Writing a segment file.

use std::path::{Path, PathBuf};

use nepho_model::{Cell, Unit};

use super::footer::{SectionEntry, put_footer};
use super::page::{PAGE_ENTRIES, PageEntry, PageRef, put_page};
use super::{CRC, END, MAGIC};
use crate::chunk;
use crate::disk::Append;
use crate::error::StoreError;
use crate::tier::Tier;

/// Bytes gathered before they go to the file.
const BUFFER: usize = 1 << 20;

/// Writes sections one after the other, each with its chunks in ascending order of metric and unit.
pub(crate) struct SegmentWriter {
    path: PathBuf,
    file: Box<dyn Append>,
    buffer: Vec<u8>,
    /// Bytes in the file already.
    written: u64,
    sections: Vec<SectionEntry>,
    /// Chunks of the section being written.
    entries: Vec<PageEntry>,
}

impl SegmentWriter {
    /// A segment in `file`, which is empty; `path` is for errors.
    pub(crate) fn new(path: &Path, file: Box<dyn Append>) -> Self {
        let (path, buffer) = (path.to_owned(), MAGIC.to_vec());
        SegmentWriter { path, file, buffer, written: 0, sections: Vec::new(), entries: Vec::new() }
    }

    /// Begins the section of a tier and partition, after ending the one before.
    pub(crate) fn begin(&mut self, tier: Tier, start: i64) -> Result<(), StoreError> {
        self.end_section()?;
        self.sections.push(SectionEntry { tier, start, chunks: 0, cells: 0, last_metric: 0, pages: Vec::new() });
        Ok(())
    }

    /// Adds a chunk: cells by slot in the partition, ascending.
    pub(crate) fn add(&mut self, metric: u32, unit: Unit, cells: &[(u32, Cell)]) -> Result<(), StoreError> {
        let section = self.sections.last_mut().expect("a section was begun");
        section.chunks += 1;
        section.cells += cells.len() as u64;
        section.last_metric = metric;
        let start = self.buffer.len();
        chunk::encode(cells, &mut self.buffer);
        let crc = crc32fast::hash(&self.buffer[start..]);
        self.buffer.extend_from_slice(&crc.to_le_bytes());
        let length = (self.buffer.len() - start) as u32;
        self.entries.push(PageEntry { key: (metric, unit), offset: self.written + start as u64, length });
        self.flush_if(BUFFER)
    }

    /// Writes footer and trailer, and makes the file durable. Gives back its length.
    pub(crate) fn finish(mut self) -> Result<u64, StoreError> {
        self.end_section()?;
        let offset = self.position();
        let mut footer = Vec::new();
        put_footer(&mut footer, &self.sections);
        self.buffer.extend_from_slice(&footer);
        self.buffer.extend_from_slice(&offset.to_le_bytes());
        self.buffer.extend_from_slice(&(footer.len() as u32).to_le_bytes());
        self.buffer.extend_from_slice(&crc32fast::hash(&footer).to_le_bytes());
        self.buffer.extend_from_slice(END);
        self.flush_if(0)?;
        self.file.sync().map_err(|source| StoreError::io("sync", &self.path, source))?;
        Ok(self.written)
    }

    fn end_section(&mut self) -> Result<(), StoreError> {
        let Some(section) = self.sections.last_mut() else { return Ok(()) };
        for entries in self.entries.chunks(PAGE_ENTRIES) {
            let start = self.buffer.len();
            put_page(&mut self.buffer, entries);
            let page = &self.buffer[start..];
            section.pages.push(PageRef {
                first: entries[0].key,
                offset: self.written + start as u64,
                length: page.len() as u32,
                crc: crc32fast::hash(page),
            });
        }
        self.entries.clear();
        self.flush_if(BUFFER)
    }

    fn position(&self) -> u64 {
        self.written + self.buffer.len() as u64
    }

    fn flush_if(&mut self, at_least: usize) -> Result<(), StoreError> {
        if self.buffer.len() >= at_least {
            self.file.append(&self.buffer).map_err(|source| StoreError::io("write", &self.path, source))?;
            self.written += self.buffer.len() as u64;
            self.buffer.clear();
        }
        Ok(())
    }
}

const _: () = assert!(CRC == size_of::<u32>());
