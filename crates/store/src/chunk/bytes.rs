//! Single bytes and variable-length integers.

use super::ChunkError;

/// What is left to read of a chunk.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Reader { rest: bytes }
    }

    pub(super) fn rest(&self) -> &'a [u8] {
        self.rest
    }

    /// Passes over `length` bytes, and gives everything from their start on: who unpacks bits may load whole
    /// words that reach past the end of what is theirs.
    pub(super) fn pass(&mut self, length: usize) -> Result<&'a [u8], ChunkError> {
        let from = self.rest;
        self.rest = self.rest.get(length..).ok_or(ChunkError::Truncated)?;
        Ok(from)
    }

    pub(super) fn byte(&mut self) -> Result<u8, ChunkError> {
        let (byte, rest) = self.rest.split_first().ok_or(ChunkError::Truncated)?;
        self.rest = rest;
        Ok(*byte)
    }

    pub(super) fn varint(&mut self) -> Result<u64, ChunkError> {
        let mut value = 0;
        for shift in (0..u64::BITS).step_by(7) {
            let byte = self.byte()?;
            let part = u64::from(byte & 0x7f);
            if (part << shift) >> shift != part {
                break;
            }
            value |= part << shift;
            if byte < 0x80 {
                return Ok(value);
            }
        }
        Err(ChunkError::Varint)
    }

    pub(super) fn signed(&mut self) -> Result<i64, ChunkError> {
        self.varint().map(unzigzag)
    }
}

pub(super) fn write_varint(mut value: u64, out: &mut Vec<u8>) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

pub(super) fn write_signed(value: i64, out: &mut Vec<u8>) {
    write_varint(zigzag(value), out);
}

/// Small for small magnitudes: 0, -1, 1, -2, ... become 0, 1, 2, 3, ...
pub(super) fn zigzag(value: i64) -> u64 {
    ((value << 1) ^ (value >> 63)) as u64
}

pub(super) fn unzigzag(value: u64) -> i64 {
    (value >> 1) as i64 ^ -((value & 1) as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_come_back() {
        for value in [0, 1, -1, 63, -64, 64, 1 << 40, i64::MAX, i64::MIN] {
            let mut bytes = Vec::new();
            write_signed(value, &mut bytes);
            let mut reader = Reader::new(&bytes);
            assert_eq!(reader.signed().unwrap(), value);
            assert!(reader.rest().is_empty());
        }
    }

    #[test]
    fn an_integer_of_more_than_64_bits_is_refused() {
        let mut most = [0xff; 10];
        most[9] = 1;
        assert_eq!(Reader::new(&most).varint().unwrap(), u64::MAX);
        most[9] = 2;
        assert!(matches!(Reader::new(&most).varint(), Err(ChunkError::Varint)));
        assert!(matches!(Reader::new(&[0x80; 11]).varint(), Err(ChunkError::Varint)));
        assert!(matches!(Reader::new(&[0x80; 3]).varint(), Err(ChunkError::Truncated)));
    }
}
