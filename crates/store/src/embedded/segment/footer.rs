//! The footer: what sections a segment has, and where their index pages are.

use nepho_model::Unit;

use crate::embedded::segment::page::PageRef;
use crate::tier::Tier;
use crate::varint::{Reader, put, put_signed};

/// What a footer says of one section.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct SectionEntry {
    pub(crate) tier: Tier,
    /// Start of the partition in seconds since the epoch.
    pub(crate) start: i64,
    pub(crate) chunks: u64,
    pub(crate) cells: u64,
    /// The greatest metric id.
    pub(crate) last_metric: u32,
    pub(crate) pages: Vec<PageRef>,
}

/// Appends a footer.
pub(crate) fn put_footer(out: &mut Vec<u8>, sections: &[SectionEntry]) {
    put(out, sections.len() as u64);
    for section in sections {
        out.push(section.tier.code());
        put_signed(out, section.start);
        put(out, section.chunks);
        put(out, section.cells);
        put(out, u64::from(section.last_metric));
        put(out, section.pages.len() as u64);
        for page in &section.pages {
            put(out, u64::from(page.first.0));
            out.push(page.first.1.code());
            put(out, page.offset);
            put(out, u64::from(page.length));
            out.extend_from_slice(&page.crc.to_le_bytes());
        }
    }
}

/// Reads a footer; `None` when it is none.
pub(crate) fn read_footer(bytes: &[u8]) -> Option<Vec<SectionEntry>> {
    let mut reader = Reader(bytes);
    let mut sections = Vec::new();
    for _ in 0..reader.varint()? {
        let tier = Tier::from_code(reader.byte()?)?;
        let start = reader.signed()?;
        let (chunks, cells, last_metric) = (reader.varint()?, reader.varint()?, reader.varint_u32()?);
        let mut pages = Vec::new();
        for _ in 0..reader.varint()? {
            let first = (reader.varint_u32()?, Unit::from_code(reader.byte()?)?);
            let (offset, length, crc) = (reader.varint()?, reader.varint_u32()?, reader.u32()?);
            pages.push(PageRef { first, offset, length, crc });
        }
        sections.push(SectionEntry { tier, start, chunks, cells, last_metric, pages });
    }
    reader.is_empty().then_some(sections)
}
