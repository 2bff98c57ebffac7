//! The text of a file, with its lines.

use std::path::Path;
use std::sync::Arc;

use super::error::ReadError;
use super::place::Place;

/// The most bytes of one file. The largest artefacts are plans, and even those of big systems have
/// a few megabytes.
pub const FILE_BYTES_MAX: u64 = 32 << 20;

/// The most bytes of one file in HCL, whose parser takes time with the square of an object's keys.
pub const HCL_BYTES_MAX: usize = 512 << 10;

/// The most bytes of one file in YAML, whose parser takes time with the square of a text's lines.
/// CloudFormation takes half of it.
pub const YAML_BYTES_MAX: usize = 2 << 20;

/// A file that was read.
#[derive(Debug)]
pub(crate) struct Source {
    pub(crate) file: Arc<Path>,
    pub(crate) text: String,
    /// Where lines begin.
    lines: Vec<usize>,
    /// How many characters begin before each block of [`BLOCK_BYTES`], so that a column in a file
    /// of one long line is found without counting from its beginning.
    blocks: Vec<usize>,
}

/// The bytes of one block.
const BLOCK_BYTES: usize = 256;

impl Source {
    /// Reads a file.
    pub(crate) fn read(path: &Path) -> Result<Self, ReadError> {
        let failed = |cause: std::io::Error| ReadError::inaccessible(path, &cause);
        let bytes = std::fs::metadata(path).map_err(failed)?.len();
        if bytes > FILE_BYTES_MAX {
            return Err(ReadError::file(path, format!("has {bytes} bytes, more than the limit of {FILE_BYTES_MAX}")));
        }
        Self::from_bytes(path, std::fs::read(path).map_err(failed)?)
    }

    /// Takes bytes as the content of a file.
    pub(crate) fn from_bytes(path: &Path, bytes: Vec<u8>) -> Result<Self, ReadError> {
        let binary = |_| ReadError::file(path, "is not text: expected JSON, YAML or HCL in UTF-8");
        let text = String::from_utf8(bytes).map_err(binary)?;
        let text = match text.strip_prefix('\u{feff}') {
            Some(rest) => rest.to_owned(),
            None => text,
        };
        let begins = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at + 1);
        let lines = std::iter::once(0).chain(begins).collect();
        let mut before = 0;
        let count = |block: &[u8]| {
            before += characters(block);
            before
        };
        let blocks = std::iter::once(0).chain(text.as_bytes().chunks(BLOCK_BYTES).map(count)).collect();
        Ok(Self { file: path.into(), text, lines, blocks })
    }

    /// Checks that a file is not too long for what it is.
    pub(crate) fn check_length(&self, limit: usize) -> Result<(), ReadError> {
        match self.text.len() {
            length if length > limit => {
                Err(ReadError::file(&self.file, format!("has {length} bytes, more than the limit of {limit}")))
            }
            _ => Ok(()),
        }
    }

    /// How many characters begin before a byte.
    fn characters_before(&self, offset: usize) -> usize {
        let offset = offset.min(self.text.len());
        let block = offset / BLOCK_BYTES;
        self.blocks[block] + characters(&self.text.as_bytes()[block * BLOCK_BYTES..offset])
    }

    /// The last line that there is, from 1.
    pub(crate) fn last_line(&self) -> usize {
        self.lines.len()
    }

    /// The place of a byte.
    pub(crate) fn place(&self, offset: usize) -> Place {
        let line = self.lines.partition_point(|begin| *begin <= offset).saturating_sub(1);
        let column = self.characters_before(offset) - self.characters_before(self.lines[line]);
        self.place_at(line + 1, column + 1)
    }

    /// The place in a line and a column, both from 1.
    pub(crate) fn place_at(&self, line: usize, column: usize) -> Place {
        let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        Place { file: Arc::clone(&self.file), line: number(line), column: number(column) }
    }
}

/// How many characters begin in bytes of a text.
fn characters(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| **byte & 0xc0 != 0x80).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(text: &str) -> Source {
        Source::from_bytes(Path::new("f"), text.as_bytes().to_vec()).unwrap()
    }

    #[test]
    fn places_count_characters() {
        let source = source("a\nüb\n\nc");
        for (offset, expect) in [(0, "f:1:1"), (2, "f:2:1"), (4, "f:2:2"), (5, "f:2:3"), (6, "f:3:1"), (7, "f:4:1")] {
            assert_eq!(source.place(offset).to_string(), expect, "{offset}");
        }
    }

    #[test]
    fn a_place_behind_the_end_is_at_the_end() {
        assert_eq!(source("").place(7).to_string(), "f:1:1");
        assert_eq!(source("a\n").place(2).to_string(), "f:2:1");
    }

    #[test]
    fn places_in_a_long_line_count_characters() {
        let text = "ä".repeat(1000) + "\n" + &"b".repeat(1000);
        let source = source(&text);
        for (offset, expect) in
            [(254, "f:1:128"), (256, "f:1:129"), (1998, "f:1:1000"), (2001, "f:2:1"), (2257, "f:2:257")]
        {
            assert_eq!(source.place(offset).to_string(), expect, "{offset}");
        }
    }

    #[test]
    fn a_mark_of_byte_order_is_no_text() {
        assert_eq!(source("\u{feff}a").text, "a");
    }

    #[test]
    fn what_is_no_text_is_refused() {
        let error = Source::from_bytes(Path::new("p.bin"), vec![0x50, 0x4b, 0xff]).unwrap_err();
        assert_eq!(error.to_string(), "p.bin: is not text: expected JSON, YAML or HCL in UTF-8");
    }

    #[test]
    fn files_are_bounded() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("f");
        let file = std::fs::File::create(&path).unwrap();
        file.set_len(FILE_BYTES_MAX + 1).unwrap();
        let message = Source::read(&path).unwrap_err().to_string();
        assert!(message.ends_with("has 33554433 bytes, more than the limit of 33554432"), "{message}");
        file.set_len(FILE_BYTES_MAX).unwrap();
        assert!(Source::read(&path).is_ok());
    }
}
