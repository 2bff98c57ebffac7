//! Integers of one width, packed without gaps: the first value in the lowest bits of the first byte.

use super::ChunkError;
use super::bytes::Reader;

/// The widest value that one load of eight bytes holds at any bit offset.
const ONE_LOAD_WIDTH_MAX: u32 = 57;

/// Bits that `value` needs.
pub(super) fn width_of(value: u64) -> u32 {
    u64::BITS - value.leading_zeros()
}

/// Bytes that `count` values of `width` bits take.
pub(super) fn bytes_of(count: usize, width: u32) -> usize {
    (count * width as usize).div_ceil(8)
}

/// Appends the low `width` bits of each value; the others must be zero.
pub(super) fn pack(values: impl Iterator<Item = u64>, width: u32, out: &mut Vec<u8>) {
    if width == 0 {
        return;
    }
    let (mut word, mut filled) = (0u64, 0);
    for value in values {
        word |= value << filled;
        filled += width;
        if filled >= u64::BITS {
            out.extend_from_slice(&word.to_le_bytes());
            filled -= u64::BITS;
            word = if filled == 0 { 0 } else { value >> (width - filled) };
        }
    }
    out.extend_from_slice(&word.to_le_bytes()[..filled.div_ceil(8) as usize]);
}

/// Reads `count` values of `width` bits (at most 64) into `values`, in place of what it held.
pub(super) fn unpack(
    reader: &mut Reader<'_>,
    count: usize,
    width: u32,
    values: &mut Vec<i64>,
) -> Result<(), ChunkError> {
    values.clear();
    let from = reader.pass(bytes_of(count, width))?;
    if width == 0 {
        values.resize(count, 0);
        return Ok(());
    }
    let mask = u64::MAX >> (u64::BITS - width);
    let mut position = 0;
    values.extend((0..count).map(|_| {
        let (start, shift) = (position / 8, position % 8);
        position += width as usize;
        let mut value = word_at(from, start) >> shift;
        if width > ONE_LOAD_WIDTH_MAX && shift > 0 {
            value |= u64::from(from.get(start + 8).copied().unwrap_or(0)) << (u64::BITS as usize - shift);
        }
        (value & mask) as i64
    }));
    Ok(())
}

/// The eight bytes at `start`, as many of them as there are.
pub(super) fn word_at(bytes: &[u8], start: usize) -> u64 {
    if let Some(word) = bytes.get(start..start + 8) {
        return u64::from_le_bytes(word.try_into().expect("the slice has eight bytes"));
    }
    let mut word = [0; 8];
    let tail = bytes.get(start..).unwrap_or_default();
    word[..tail.len()].copy_from_slice(tail);
    u64::from_le_bytes(word)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn values_of_every_width_come_back(width in 0u32..=64, list in prop::collection::vec(any::<u64>(), 0..200)) {
            let list: Vec<u64> = list.into_iter().map(|v| v.checked_shr(64 - width).unwrap_or(0)).collect();
            let mut bytes = Vec::new();
            pack(list.iter().copied(), width, &mut bytes);
            prop_assert_eq!(bytes.len(), (list.len() * width as usize).div_ceil(8));
            let mut values = Vec::new();
            unpack(&mut Reader::new(&bytes), list.len(), width, &mut values).unwrap();
            prop_assert_eq!(values.into_iter().map(|v| v as u64).collect::<Vec<_>>(), list);
        }
    }

    #[test]
    fn the_first_value_is_in_the_lowest_bits() {
        let mut bytes = Vec::new();
        pack([1, 2, 7, 0, 5].into_iter(), 3, &mut bytes);
        // From the right: 001, 010, 11 and then 1, 000, 101.
        assert_eq!(bytes, [0b1101_0001, 0b0101_0001]);
    }
}
