//! Reading segment files.

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use nepho_model::{Cell, Detail, Numbers, Unit};

use super::footer::{SectionEntry, read_footer};
use super::page::{PageEntry, read_page};
use super::{CRC, END, TRAILER};
use crate::chunk::{self, ChunkError, Columns};
use crate::disk::{Disk, ReadAt};
use crate::error::StoreError;

/// An open segment file.
pub(crate) struct Segment {
    /// Its number, from its name.
    pub(crate) number: u64,
    path: PathBuf,
    file: Box<dyn ReadAt>,
    /// Its length in bytes.
    pub(crate) bytes: u64,
}

/// The chunks of one tier and partition in one segment.
pub(crate) struct Section {
    pub(crate) segment: Arc<Segment>,
    /// Which of the segment's sections.
    pub(crate) ordinal: usize,
    pub(crate) entry: SectionEntry,
}

/// A chunk as it was found: whose it is, and its bytes.
pub(crate) struct ChunkRef<'a> {
    pub(crate) unit: Unit,
    segment: &'a Segment,
    bytes: &'a [u8],
    offset: u64,
}

impl ChunkRef<'_> {
    /// Gives the cells of the slots in `wanted` to `sink`.
    ///
    /// # Errors
    /// The bytes are no chunk.
    pub(crate) fn decode(
        &self,
        detail: Detail,
        wanted: Range<u32>,
        columns: &mut Columns,
        sink: impl FnMut(u32, Cell),
    ) -> Result<(), StoreError> {
        chunk::decode(self.bytes, detail, wanted, columns, sink).map_err(|error| self.damaged(error))
    }

    /// Reads numbers into `columns`, and says where those of the slots in `wanted` are.
    ///
    /// # Errors
    /// The bytes are no chunk.
    pub(crate) fn decode_numbers(
        &self,
        numbers: Numbers,
        wanted: &Range<u32>,
        columns: &mut Columns,
    ) -> Result<Range<usize>, StoreError> {
        chunk::decode_numbers(self.bytes, numbers, wanted, columns).map_err(|error| self.damaged(error))
    }

    fn damaged(&self, error: ChunkError) -> StoreError {
        StoreError::damaged(&self.segment.path, self.offset, error.to_string())
    }
}

/// A chunk in memory.
pub(crate) struct Chunk {
    pub(crate) key: (u32, Unit),
    /// Cells by slot in the partition, ascending.
    pub(crate) cells: Vec<(u32, Cell)>,
}

impl Segment {
    /// Opens a file and reads its footer.
    ///
    /// # Errors
    /// The file cannot be read, or is not whole.
    pub(crate) fn open(disk: &dyn Disk, path: &Path, number: u64) -> Result<Vec<Section>, StoreError> {
        let io = |source| StoreError::io("open", path, source);
        let file = disk.open(path).map_err(io)?;
        let bytes = file.length().map_err(io)?;
        let segment = Arc::new(Segment { number, path: path.to_owned(), file, bytes });
        let sections = segment.footer()?;
        let sections = sections.into_iter().enumerate();
        Ok(sections.map(|(ordinal, entry)| Section { segment: segment.clone(), ordinal, entry }).collect())
    }

    fn footer(&self) -> Result<Vec<SectionEntry>, StoreError> {
        let not_whole = || StoreError::damaged(&self.path, self.bytes, "the end of the segment is missing or damaged");
        let at = self.bytes.checked_sub(TRAILER as u64).ok_or_else(not_whole)?;
        let trailer = self.read(at, TRAILER)?;
        let word = |at: usize| u32::from_le_bytes([trailer[at], trailer[at + 1], trailer[at + 2], trailer[at + 3]]);
        let offset = u64::from(word(0)) | u64::from(word(4)) << 32;
        let length = u64::from(word(8));
        if &trailer[16..] != END || offset.checked_add(length) != Some(at) {
            return Err(not_whole());
        }
        let footer = self.read(offset, length as usize)?;
        let sections = (crc32fast::hash(&footer) == word(12)).then(|| read_footer(&footer)).flatten();
        sections.ok_or_else(|| StoreError::damaged(&self.path, offset, "the footer's checksum does not match"))
    }

    fn read(&self, offset: u64, length: usize) -> Result<Vec<u8>, StoreError> {
        if offset.checked_add(length as u64).is_none_or(|end| end > self.bytes) {
            return Err(StoreError::damaged(&self.path, offset, "something lies beyond the end of the file"));
        }
        let mut bytes = vec![0; length];
        self.file.read_at(&mut bytes, offset).map_err(|source| StoreError::io("read", &self.path, source))?;
        Ok(bytes)
    }

    /// A chunk without its checksum, which was right.
    fn checked<'a>(&self, bytes: &'a [u8], offset: u64) -> Result<&'a [u8], StoreError> {
        let parts = bytes.split_last_chunk::<CRC>();
        let chunk = parts.filter(|(chunk, crc)| crc32fast::hash(chunk) == u32::from_le_bytes(**crc));
        chunk
            .map(|(chunk, _)| chunk)
            .ok_or_else(|| StoreError::damaged(&self.path, offset, "a chunk's checksum does not match"))
    }
}

impl Section {
    /// Whether the section may hold cells of [`start`, `end`) in seconds since the epoch.
    pub(crate) fn overlaps(&self, start: i64, end: i64) -> bool {
        self.entry.start < end && start < self.entry.start + self.entry.tier.partition_seconds()
    }

    /// The entries of one page.
    fn page(&self, number: usize) -> Result<Vec<PageEntry>, StoreError> {
        let page = &self.entry.pages[number];
        let bytes = self.segment.read(page.offset, page.length as usize)?;
        let entries = (crc32fast::hash(&bytes) == page.crc).then(|| read_page(&bytes)).flatten();
        let entries = entries.filter(|entries| !entries.is_empty());
        entries.ok_or_else(|| {
            StoreError::damaged(&self.segment.path, page.offset, "an index page's checksum does not match")
        })
    }

    /// The bytes of all chunks of a page.
    fn page_chunks(&self, entries: &[PageEntry]) -> Result<Vec<u8>, StoreError> {
        let length = entries.iter().map(|entry| entry.length as usize).sum();
        self.segment.read(entries[0].offset, length)
    }

    /// Every chunk in order, decoded, reading a page's worth at a time. Ends after an error.
    pub(crate) fn chunks(&self) -> Chunks<'_> {
        Chunks { section: self, next_page: 0, ready: Vec::new().into_iter() }
    }

    /// A way to look up metrics in ascending order without reading a page twice.
    pub(crate) fn lookup(&self) -> Lookup<'_> {
        Lookup { section: self, number: usize::MAX, entries: Vec::new(), asked: 0, chunks: Vec::new() }
    }
}

/// Every chunk of a section.
pub(crate) struct Chunks<'a> {
    section: &'a Section,
    next_page: usize,
    /// What is left of the page before.
    ready: std::vec::IntoIter<Chunk>,
}

impl Chunks<'_> {
    fn read_page(&mut self) -> Result<(), StoreError> {
        let segment = &self.section.segment;
        let entries = self.section.page(self.next_page)?;
        let start = entries[0].offset;
        let bytes = self.section.page_chunks(&entries)?;
        let (mut chunks, mut columns) = (Vec::with_capacity(entries.len()), Columns::default());
        for entry in entries {
            let at = (entry.offset - start) as usize;
            let bytes = segment.checked(&bytes[at..at + entry.length as usize], entry.offset)?;
            let mut cells = Vec::new();
            let chunk = ChunkRef { unit: entry.key.1, segment, bytes, offset: entry.offset };
            let push = |slot, cell| cells.push((slot, cell));
            chunk.decode(Detail::Distribution, 0..u32::MAX, &mut columns, push)?;
            chunks.push(Chunk { key: entry.key, cells });
        }
        self.next_page += 1;
        self.ready = chunks.into_iter();
        Ok(())
    }
}

impl Iterator for Chunks<'_> {
    type Item = Result<Chunk, StoreError>;

    fn next(&mut self) -> Option<Self::Item> {
        let pages = self.section.entry.pages.len();
        loop {
            if let Some(chunk) = self.ready.next() {
                return Some(Ok(chunk));
            }
            if self.next_page >= pages {
                return None;
            }
            if let Err(error) = self.read_page() {
                self.next_page = pages;
                return Some(Err(error));
            }
        }
    }
}

/// Finds the chunks of metrics, best asked in ascending order.
pub(crate) struct Lookup<'a> {
    section: &'a Section,
    /// The page that `entries` are of.
    number: usize,
    entries: Vec<PageEntry>,
    /// How often the page was asked for a metric.
    asked: usize,
    /// All chunks of the page, once it was asked often; else empty.
    chunks: Vec<u8>,
}

/// A page asked for this many metrics has its chunks read in one go.
const ASKED_OFTEN: usize = 3;

impl Lookup<'_> {
    /// Calls `on_chunk` with each chunk of a metric.
    pub(crate) fn each_of(
        &mut self,
        metric: u32,
        mut on_chunk: impl FnMut(&ChunkRef<'_>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let pages = &self.section.entry.pages;
        // The metric's first unit may be the last entry of the page before the first that begins with it.
        let first = pages.partition_point(|page| page.first.0 < metric).saturating_sub(1);
        let may_hold = pages[first..].iter().take_while(|page| page.first.0 <= metric).count();
        for number in first..first + may_hold {
            self.turn_to(number)?;
            let from = self.entries.partition_point(|entry| entry.key.0 < metric);
            for entry in self.entries[from..].iter().take_while(|entry| entry.key.0 == metric) {
                let segment = &self.section.segment;
                let read;
                let bytes = if self.chunks.is_empty() {
                    read = segment.read(entry.offset, entry.length as usize)?;
                    &read[..]
                } else {
                    let at = (entry.offset - self.entries[0].offset) as usize;
                    &self.chunks[at..at + entry.length as usize]
                };
                let bytes = segment.checked(bytes, entry.offset)?;
                on_chunk(&ChunkRef { unit: entry.key.1, segment, bytes, offset: entry.offset })?;
            }
        }
        Ok(())
    }

    fn turn_to(&mut self, number: usize) -> Result<(), StoreError> {
        if self.number != number {
            self.entries = self.section.page(number)?;
            self.number = number;
            self.asked = 0;
            self.chunks.clear();
        }
        self.asked += 1;
        if self.asked == ASKED_OFTEN {
            self.chunks = self.section.page_chunks(&self.entries)?;
        }
        Ok(())
    }
}
