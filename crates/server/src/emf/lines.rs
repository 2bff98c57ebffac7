//! Splitting a stream of bytes into lines of bounded length.

use memchr::{memchr, memrchr};

/// How much is read at once, and so how much becomes one write.
const CHUNK_BYTES: usize = 256 * 1024;

/// Bytes that have arrived and do not make a whole line yet.
#[derive(Debug)]
pub(crate) struct Lines {
    buffer: Vec<u8>,
    filled: usize,
    line_bytes_max: usize,
    /// The start of the line was over the limit and is gone; the rest of it goes as well.
    is_skipping: bool,
}

/// A piece of the stream.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Line<'a> {
    Whole(&'a [u8]),
    /// A line that was over the limit; told once for each, when the limit is passed.
    TooLong,
}

impl Lines {
    pub(crate) fn new(line_bytes_max: usize) -> Self {
        Lines { buffer: Vec::new(), filled: 0, line_bytes_max, is_skipping: false }
    }

    /// Where to read to. Never empty.
    pub(crate) fn space(&mut self) -> &mut [u8] {
        // What is kept is at most a line at the limit; the buffer grows that far only when a line needs it.
        let wanted = (self.filled + CHUNK_BYTES / 4).max(CHUNK_BYTES);
        if self.buffer.len() < wanted {
            self.buffer.resize(wanted, 0);
        }
        &mut self.buffer[self.filled..]
    }

    /// Takes in `length` bytes that were read, and hands out each line that is whole now.
    pub(crate) fn read(&mut self, length: usize, mut each: impl FnMut(Line<'_>)) {
        let new = self.filled;
        self.filled += length;
        if let Some(end) = memrchr(b'\n', &self.buffer[new..self.filled]) {
            let end = new + end + 1;
            let mut rest = &self.buffer[..end];
            if self.is_skipping {
                let skipped = memchr(b'\n', rest).expect("there is a line's end") + 1;
                rest = &rest[skipped..];
                self.is_skipping = false;
            }
            while let Some(at) = memchr(b'\n', rest) {
                hand_out(&rest[..at], self.line_bytes_max, &mut each);
                rest = &rest[at + 1..];
            }
            self.buffer.copy_within(end..self.filled, 0);
            self.filled -= end;
        }
        // The limit is for a line without its end, which may be "\r\n".
        if self.is_skipping {
            self.filled = 0;
        } else if self.filled > self.line_bytes_max + 1 {
            self.filled = 0;
            self.is_skipping = true;
            each(Line::TooLong);
        }
    }

    /// Hands out what is left at the end of the stream: a last line without its end.
    pub(crate) fn finish(&mut self, mut each: impl FnMut(Line<'_>)) {
        let left = std::mem::take(&mut self.filled);
        hand_out(&self.buffer[..left], self.line_bytes_max, &mut each);
    }

    /// How many bytes of a line that is not whole there are.
    pub(crate) fn left(&self) -> usize {
        self.filled
    }
}

/// Hands out one line unless it is blank.
pub(crate) fn hand_out(line: &[u8], bytes_max: usize, each: &mut impl FnMut(Line<'_>)) {
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    if line.len() > bytes_max {
        each(Line::TooLong);
    } else if !line.trim_ascii().is_empty() {
        each(Line::Whole(line));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Feeds `pieces` one read each, and tells what comes out.
    fn split(pieces: &[&str], line_bytes_max: usize) -> Vec<String> {
        let mut lines = Lines::new(line_bytes_max);
        let mut told = Vec::new();
        let mut tell = |line: Line<'_>| match line {
            Line::Whole(line) => told.push(String::from_utf8(line.to_vec()).unwrap()),
            Line::TooLong => told.push("!".to_owned()),
        };
        for piece in pieces {
            lines.space()[..piece.len()].copy_from_slice(piece.as_bytes());
            lines.read(piece.len(), &mut tell);
        }
        lines.finish(&mut tell);
        told
    }

    #[test]
    fn lines_are_split_wherever_the_reads_fall() {
        let cases: [(&[&str], &[&str]); 8] = [
            (&["a\nb\n"], &["a", "b"]),
            (&["a", "b", "\n", "c\nd"], &["ab", "c", "d"]),
            (&["a\r\n", "\r\n", " \n", "\n", "b"], &["a", "b"]),
            (&["12345\n", "123456\n", "1\n"], &["12345", "!", "1"]),
            (&["12345\r\n", "123456\r\n"], &["12345", "!"]),
            (&["1234567", "89\n", "ok\n"], &["!", "ok"]),
            (&["1234567", "89", "\nok"], &["!", "ok"]),
            (&["123456"], &["!"]),
        ];
        for (pieces, expected) in cases {
            assert_eq!(split(pieces, 5), expected, "{pieces:?}");
        }
    }

    #[test]
    fn a_line_longer_than_a_read_is_put_together() {
        let long = "x".repeat(1000);
        let mut lines = Lines::new(3 * CHUNK_BYTES);
        let mut lengths = Vec::new();
        let total = 3 * CHUNK_BYTES;
        let mut sent = 0;
        while sent < total {
            let space = lines.space();
            let length = space.len().min(long.len()).min(total - sent);
            space[..length].copy_from_slice(&long.as_bytes()[..length]);
            sent += length;
            lines.read(length, |_| panic!("there is no line's end yet"));
        }
        lines.space()[0] = b'\n';
        lines.read(1, |line| match line {
            Line::Whole(line) => lengths.push(line.len()),
            Line::TooLong => panic!("the line is at the limit"),
        });
        assert_eq!(lengths, [total]);
    }
}
