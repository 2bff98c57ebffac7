//! How many values each distribution has.

use std::ops::Range;

use super::bytes::Reader;
use super::{ChunkError, ints};

/// The most values that one distribution may have: every bin of a sketch.
const VALUES_MAX: u64 = 1 << 16;

/// Reads `count` lengths; gives the ranges that they make up, one after another.
pub(super) fn decode(reader: &mut Reader<'_>, count: usize) -> Result<Vec<Range<usize>>, ChunkError> {
    let mut lengths = Vec::with_capacity(count);
    ints::decode(reader, count, &mut lengths)?;
    let mut start = 0;
    let range = |length: i64| {
        let value = length as u64;
        if value > VALUES_MAX {
            return Err(ChunkError::Limit { what: "values of a distribution", value, limit: VALUES_MAX });
        }
        let range = start..start + value as usize;
        start = range.end;
        Ok(range)
    };
    lengths.into_iter().map(range).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_distribution_has_every_bin_at_most() {
        let ranges = |lengths: &[i64]| {
            let mut bytes = Vec::new();
            ints::encode(lengths, &mut bytes);
            decode(&mut Reader::new(&bytes), lengths.len())
        };
        assert_eq!(ranges(&[2, 0, 65536]), Ok(vec![0..2, 2..2, 2..65538]));
        for length in [65537, -1] {
            let limit = ChunkError::Limit { what: "values of a distribution", value: length as u64, limit: VALUES_MAX };
            assert_eq!(ranges(&[2, length]), Err(limit));
        }
    }
}
