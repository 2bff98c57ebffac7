//! The distributions that are exact: values with weights.

use std::ops::Range;

use nepho_model::{Distribution, ExactValues};

use super::bytes::Reader;
use super::scale::Scale;
use super::{ChunkError, golomb, ints, lengths, weights};

/// Header bit: corrections follow.
const CORRECTIONS: u8 = 0x10;
/// Header bit: each distribution starts with its cell's minimum, and that value is left out.
const FROM_MINIMUM: u8 = 0x20;

/// The exact distributions of a chunk, one after another.
#[derive(Debug, Default)]
pub(super) struct ExactColumns {
    values: Vec<f64>,
    weights: Vec<f64>,
}

/// Appends the distributions of cells, each with its cell's minimum; nothing when there are none.
pub(super) fn encode(cells: &[(f64, &ExactValues)], out: &mut Vec<u8>) {
    if cells.is_empty() {
        return;
    }
    let pairs = || cells.iter().flat_map(|(_, values)| values.pairs());
    let values: Vec<f64> = pairs().map(|(value, _)| *value).collect();
    let lengths: Vec<i64> = cells.iter().map(|(_, values)| values.pairs().len() as i64).collect();
    ints::encode(&lengths, out);
    if values.is_empty() {
        return;
    }
    let scale = Scale::of(&[&values]);
    let (mut integers, mut corrections) = (Vec::new(), Vec::new());
    scale.split(&values, &mut integers, &mut corrections);
    let from_minimum = cells
        .iter()
        .all(|(minimum, values)| values.pairs().first().is_none_or(|(first, _)| first.to_bits() == minimum.to_bits()));
    let mut header = scale.code();
    header |= if corrections.is_empty() { 0 } else { CORRECTIONS };
    header |= if from_minimum { FROM_MINIMUM } else { 0 };
    out.push(header);
    scale.write_rest(out);

    let (mut firsts, mut gaps) = (Vec::with_capacity(cells.len()), Vec::with_capacity(values.len()));
    let mut rest = integers.as_slice();
    for length in lengths {
        let (own, others) = rest.split_at(length as usize);
        firsts.extend(own.first());
        gaps.extend(own.windows(2).map(|pair| pair[1].wrapping_sub(pair[0]) as u64));
        rest = others;
    }
    if !from_minimum {
        ints::encode(&firsts, out);
    }
    golomb::encode(&gaps, out);
    ints::encode(&corrections, out);
    weights::encode(&pairs().map(|(_, weight)| *weight).collect::<Vec<_>>(), out);
}

/// Reads the distributions of cells with these minima; gives the range of values that each one has.
pub(super) fn decode(reader: &mut Reader<'_>, minima: &[f64]) -> Result<(ExactColumns, Vec<Range<usize>>), ChunkError> {
    let mut columns = ExactColumns::default();
    let ranges = lengths::decode(reader, minima.len())?;
    let total = ranges.last().map_or(0, |range| range.end);
    if total == 0 {
        return Ok((columns, ranges));
    }
    let header = reader.byte()?;
    let scale = Scale::read(header & !(CORRECTIONS | FROM_MINIMUM), reader)?;
    let filled = || ranges.iter().zip(minima).filter(|(range, _)| !range.is_empty());
    let (mut firsts, mut unused) = (Vec::with_capacity(minima.len()), Vec::new());
    if header & FROM_MINIMUM != 0 {
        scale.split(&filled().map(|(_, minimum)| *minimum).collect::<Vec<_>>(), &mut firsts, &mut unused);
    } else {
        ints::decode(reader, filled().count(), &mut firsts)?;
    }
    let mut gaps = Vec::new();
    golomb::decode(reader, total - firsts.len(), &mut gaps)?;
    let mut integers = Vec::with_capacity(total);
    let mut gaps = gaps.into_iter();
    for ((range, _), first) in filled().zip(firsts) {
        let mut value = first;
        integers.push(value);
        for gap in gaps.by_ref().take(range.len() - 1) {
            value = value.wrapping_add(gap as i64);
            integers.push(value);
        }
    }
    let mut corrections = Vec::new();
    if header & CORRECTIONS != 0 {
        ints::decode(reader, total, &mut corrections)?;
    }
    scale.join(&integers, &corrections, &mut columns.values);
    columns.weights = weights::decode(reader, total)?;
    Ok((columns, ranges))
}

impl ExactColumns {
    /// The distribution of the values in `range`.
    pub(super) fn distribution(&self, range: Range<usize>) -> Distribution {
        let values = self.values[range.clone()].iter().copied();
        let pairs = values.zip(self.weights[range].iter().copied()).collect();
        Distribution::Exact(Box::new(ExactValues::from_pairs(pairs)))
    }
}
