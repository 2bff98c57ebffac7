//! The distributions that are sketches: bins with weights.

use std::ops::Range;

use nepho_model::{Distribution, Sketch};

use super::bytes::Reader;
use super::{ChunkError, golomb, ints, lengths, numbers, weights};

/// The sketches of a chunk, one after another.
#[derive(Debug, Default)]
pub(super) struct SketchColumns {
    zeros: Vec<f64>,
    bins: Vec<i16>,
    weights: Vec<f64>,
}

/// Appends the sketches; nothing when there are none.
pub(super) fn encode(sketches: &[&Sketch], out: &mut Vec<u8>) {
    if sketches.is_empty() {
        return;
    }
    let bins = || sketches.iter().flat_map(|sketch| sketch.bins());
    ints::encode(&sketches.iter().map(|sketch| sketch.bins().len() as i64).collect::<Vec<_>>(), out);
    numbers::encode(&sketches.iter().map(|sketch| sketch.zero()).collect::<Vec<_>>(), out);
    let firsts: Vec<i64> =
        sketches.iter().filter_map(|sketch| sketch.bins().first()).map(|(bin, _)| i64::from(*bin)).collect();
    let gap = |pair: &[(i16, f64)]| (i64::from(pair[1].0) - i64::from(pair[0].0) - 1) as u64;
    let gaps: Vec<u64> = sketches.iter().flat_map(|sketch| sketch.bins().windows(2).map(gap)).collect();
    ints::encode(&firsts, out);
    golomb::encode(&gaps, out);
    weights::encode(&bins().map(|(_, weight)| *weight).collect::<Vec<_>>(), out);
}

/// Reads `count` sketches; gives the range of bins that each one has.
pub(super) fn decode(reader: &mut Reader<'_>, count: usize) -> Result<(SketchColumns, Vec<Range<usize>>), ChunkError> {
    let mut columns = SketchColumns::default();
    let ranges = lengths::decode(reader, count)?;
    numbers::decode(reader, count, &mut columns.zeros)?;
    let total = ranges.last().map_or(0, |range| range.end);
    let filled = || ranges.iter().filter(|range| !range.is_empty());
    let (mut firsts, mut gaps) = (Vec::new(), Vec::new());
    ints::decode(reader, filled().count(), &mut firsts)?;
    golomb::decode(reader, total - firsts.len(), &mut gaps)?;
    columns.bins.reserve(total);
    let mut gaps = gaps.into_iter();
    for (range, first) in filled().zip(firsts) {
        let mut bin = i16::try_from(first).map_err(|_| beyond(first as u64))?;
        columns.bins.push(bin);
        for gap in gaps.by_ref().take(range.len() - 1) {
            bin = u16::try_from(gap)
                .ok()
                .and_then(|gap| bin.checked_add_unsigned(gap)?.checked_add(1))
                .ok_or(beyond(gap))?;
            columns.bins.push(bin);
        }
    }
    columns.weights = weights::decode(reader, total)?;
    Ok((columns, ranges))
}

impl SketchColumns {
    /// The sketch at a position, the bins of which are in `range`.
    pub(super) fn distribution(&self, at: usize, range: Range<usize>) -> Distribution {
        let bins = self.bins[range.clone()].iter().copied();
        let bins = bins.zip(self.weights[range].iter().copied()).collect();
        Distribution::Sketch(Box::new(Sketch::from_parts(self.zeros[at], bins)))
    }
}

fn beyond(value: u64) -> ChunkError {
    ChunkError::Limit { what: "bin", value, limit: i16::MAX as u64 }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One sketch without a zero weight: bins at `first` and after each of `gaps`, each of weight 1.
    fn bins(first: i64, gaps: &[u64]) -> Result<Vec<i16>, ChunkError> {
        let mut bytes = Vec::new();
        ints::encode(&[gaps.len() as i64 + 1], &mut bytes);
        numbers::encode(&[0.0], &mut bytes);
        ints::encode(&[first], &mut bytes);
        golomb::encode(gaps, &mut bytes);
        weights::encode(&vec![1.0; gaps.len() + 1], &mut bytes);
        decode(&mut Reader::new(&bytes), 1).map(|(columns, _)| columns.bins)
    }

    #[test]
    fn bins_end_at_the_limit() {
        assert_eq!(bins(-32768, &[0, 65533]), Ok(vec![-32768, -32767, 32767]));
        assert_eq!(bins(-32768, &[65535]), Err(beyond(65535)));
        assert_eq!(bins(32766, &[0]), Ok(vec![32766, 32767]));
        assert_eq!(bins(32766, &[0, 0]), Err(beyond(0)));
        assert_eq!(bins(32768, &[]), Err(beyond(32768)));
        assert_eq!(bins(0, &[1, u64::MAX]), Err(beyond(u64::MAX)));
    }
}
