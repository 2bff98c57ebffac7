//! Integers that are mostly small, each in as many bits as it needs; no value takes less than one bit.

use super::ChunkError;
use super::bits::{width_of, word_at};
use super::bytes::{Reader, write_varint};

/// Appends `values`; nothing when there are none.
///
/// A value is its low `k` bits and the rest; the rest's width in zeros and a one, the rest without its
/// leading one, the low bits.
pub(super) fn encode(values: &[u64], out: &mut Vec<u8>) {
    let Some(base) = values.iter().min() else { return };
    let low = low_width(values.iter().map(|value| value - base));
    out.push(low as u8);
    write_varint(*base, out);
    let mut bits = BitWriter { out, word: 0, filled: 0 };
    for value in values {
        let value = value - base;
        let rest = value.checked_shr(low).unwrap_or(0);
        let width = width_of(rest);
        // The highest bit of the rest is the one that ends the zeros.
        let below = low + width.saturating_sub(1);
        let own = if below == 0 { 0 } else { value & (u64::MAX >> (u64::BITS - below)) };
        if width + 1 + below <= u64::BITS {
            bits.write((own << 1 | 1) << width, width + 1 + below);
        } else {
            bits.write(0, width);
            bits.write(1, 1);
            bits.write(own, below);
        }
    }
    bits.finish();
}

/// Reads `count` values into `values`, in place of what it held.
///
/// Fails before any memory is taken when `count` values cannot be in what is left.
pub(super) fn decode(reader: &mut Reader<'_>, count: usize, values: &mut Vec<u64>) -> Result<(), ChunkError> {
    values.clear();
    if count == 0 {
        return Ok(());
    }
    let low = u32::from(reader.byte()?);
    if low >= u64::BITS {
        return Err(ChunkError::Code { what: "low bits", code: low as u8 });
    }
    let base = reader.varint()?;
    let bytes = reader.rest();
    if count > bytes.len() * 8 {
        return Err(ChunkError::Truncated);
    }
    values.reserve(count);
    let mut position = 0usize;
    for _ in 0..count {
        let word = bits_at(bytes, position);
        let width = word.trailing_zeros();
        let after = width + 1;
        // After 64 zeros, the one is the next bit.
        if width == u64::BITS && bits_at(bytes, position + 64) & 1 == 0 {
            return Err(ChunkError::Truncated);
        }
        let below = low + width.saturating_sub(1);
        if below > u64::BITS {
            return Err(ChunkError::Varint);
        }
        let mut value = 0;
        if below > 0 {
            let is_loaded = after + below <= u64::BITS;
            let rest = if is_loaded { word >> after } else { bits_at(bytes, position + after as usize) };
            value = rest & (u64::MAX >> (u64::BITS - below));
        }
        position += (after + below) as usize;
        if width > 0 {
            value |= 1u64.checked_shl(below).ok_or(ChunkError::Varint)?;
        }
        values.push(value.wrapping_add(base));
    }
    reader.pass(position.div_ceil(8))?;
    Ok(())
}

/// The number of low bits with which the values are smallest.
fn low_width(values: impl Iterator<Item = u64>) -> u32 {
    let mut by_width = [0usize; 65];
    values.for_each(|value| by_width[width_of(value) as usize] += 1);
    let cost = |low: u32| -> usize {
        by_width
            .iter()
            .zip(0u32..)
            .map(|(values, width)| {
                let rest = width.saturating_sub(low);
                values * (rest + 1 + low + rest.saturating_sub(1)) as usize
            })
            .sum()
    };
    (0..u64::BITS).min_by_key(|low| cost(*low)).unwrap_or(0)
}

/// The 64 bits at a bit position; zeros where there are none.
fn bits_at(bytes: &[u8], position: usize) -> u64 {
    let (start, shift) = (position / 8, position % 8);
    let word = word_at(bytes, start) >> shift;
    if shift == 0 {
        return word;
    }
    word | u64::from(bytes.get(start + 8).copied().unwrap_or(0)) << (u64::BITS as usize - shift)
}

struct BitWriter<'a> {
    out: &'a mut Vec<u8>,
    word: u64,
    filled: u32,
}

impl BitWriter<'_> {
    fn write(&mut self, value: u64, width: u32) {
        if width == 0 {
            return;
        }
        self.word |= value << self.filled;
        self.filled += width;
        if self.filled >= u64::BITS {
            self.out.extend_from_slice(&self.word.to_le_bytes());
            self.filled -= u64::BITS;
            self.word = if self.filled == 0 { 0 } else { value >> (width - self.filled) };
        }
    }

    fn finish(self) {
        self.out.extend_from_slice(&self.word.to_le_bytes()[..self.filled.div_ceil(8) as usize]);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn values_come_back(list in prop::collection::vec((any::<u64>(), 0u32..64), 0..100)) {
            let list: Vec<u64> = list.into_iter().map(|(value, shift)| value >> shift).collect();
            let mut bytes = Vec::new();
            encode(&list, &mut bytes);
            let (mut reader, mut values) = (Reader::new(&bytes), Vec::new());
            decode(&mut reader, list.len(), &mut values).unwrap();
            prop_assert_eq!(values, list);
            prop_assert!(reader.rest().is_empty());
        }
    }

    #[test]
    fn a_column_of_zeros_takes_a_bit_each() {
        let mut bytes = Vec::new();
        encode(&[5; 16], &mut bytes);
        assert_eq!(bytes, [0, 5, 0xff, 0xff]);
    }

    #[test]
    fn more_values_than_bits_are_refused() {
        let mut values = Vec::new();
        assert_eq!(decode(&mut Reader::new(&[0, 5, 0xff]), 8, &mut values), Ok(()));
        assert_eq!(decode(&mut Reader::new(&[0, 5, 0xff]), 9, &mut values), Err(ChunkError::Truncated));
        assert!(values.capacity() < 64);
    }
}
