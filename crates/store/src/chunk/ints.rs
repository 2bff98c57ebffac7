//! A column of integers: small differences from a base, of the values or of the steps from value to value.

use super::ChunkError;
use super::bits::{bytes_of, pack, unpack, width_of};
use super::bytes::{Reader, unzigzag, write_signed, write_varint, zigzag};

/// Header bit: what is packed are the steps from value to value.
const STEPS: u8 = 0x80;
/// Header bit: some values are wider than the others.
const EXCEPTIONS: u8 = 0x40;
/// The header's width field that stands for 64 bits; smaller ones stand for themselves.
const FULL_WIDTH_CODE: u32 = 63;
/// About what exceptions cost beside their own bits.
const EXCEPTIONS_BITS: usize = 16;
/// Exceptions are worth a look when the values lie this much closer to a usual one than they reach: evenly
/// spread ones lie within a quarter of their range on average, normally distributed ones within a sixth.
const OUTLIERS_RANGE: u64 = 7;

/// How integers are best packed: `width` bits for each difference from `base`, and for the exceptions
/// `high_width` bits more.
#[derive(Debug, Clone, Copy)]
struct Packing {
    base: i64,
    width: u32,
    high_width: u32,
    exceptions: usize,
    cost_bits: usize,
}

/// How far some integers lie apart.
struct Spread {
    low: i64,
    high: i64,
    /// The sum of the distances from a usual value.
    distances: u64,
}

/// Appends `values` in the smallest way; nothing when there are none.
pub(super) fn encode(values: &[i64], out: &mut Vec<u8>) {
    let Some(first) = values.first() else { return };
    let whole = Packing::of(values.iter().copied(), values.len());
    let stepped = Packing::of(steps(values), values.len() - 1);
    let first_bits = 8 + width_of(zigzag(*first)) as usize;
    if stepped.cost_bits + first_bits < whole.cost_bits {
        stepped.write_header(STEPS, out);
        write_signed(*first, out);
        stepped.write(steps(values), values.len() - 1, out);
    } else {
        whole.write_header(0, out);
        whole.write(values.iter().copied(), values.len(), out);
    }
}

/// Reads `count` integers into `values`, in place of what it held.
pub(super) fn decode(reader: &mut Reader<'_>, count: usize, values: &mut Vec<i64>) -> Result<(), ChunkError> {
    values.clear();
    if count == 0 {
        return Ok(());
    }
    let header = reader.byte()?;
    let base = reader.signed()?;
    let value_of = |packed: i64| base.wrapping_add(unzigzag(packed as u64));
    if header & STEPS == 0 {
        read_packed(reader, count, header, values)?;
        values.iter_mut().for_each(|value| *value = value_of(*value));
        return Ok(());
    }
    let mut value = reader.signed()?;
    read_packed(reader, count - 1, header, values)?;
    for step in values.iter_mut() {
        let next = value.wrapping_add(value_of(*step));
        *step = value;
        value = next;
    }
    values.push(value);
    Ok(())
}

/// Passes over `count` integers.
pub(super) fn skip(reader: &mut Reader<'_>, count: usize) -> Result<(), ChunkError> {
    if count == 0 {
        return Ok(());
    }
    let header = reader.byte()?;
    reader.signed()?;
    let has_first = header & STEPS != 0;
    if has_first {
        reader.signed()?;
    }
    let count = count - usize::from(has_first);
    let Layout { width, high_width, exceptions } = Layout::read(reader, count, header)?;
    reader.pass(bytes_of(exceptions, position_width(count)))?;
    reader.pass(bytes_of(exceptions, high_width))?;
    reader.pass(bytes_of(count, width))?;
    Ok(())
}

impl Packing {
    /// The smallest packing: from the middle when all are of one width, from a usual value when some are
    /// exceptions.
    fn of(values: impl Iterator<Item = i64> + Clone, count: usize) -> Self {
        let usual = usual(values.clone(), count);
        let spread = Spread::of(values.clone(), usual);
        let range = spread.high.wrapping_sub(spread.low) as u64;
        let width = if spread.low < spread.high { storable(width_of(range)) } else { 0 };
        let middle = spread.low.wrapping_add((range / 2 + range % 2) as i64);
        let plain = Packing { base: middle, width, high_width: 0, exceptions: 0, cost_bits: count * width as usize };
        if width > 1 && spread.distances / (count as u64) < range / OUTLIERS_RANGE {
            plain.or_with_exceptions(values, count, usual)
        } else {
            plain
        }
    }

    fn or_with_exceptions(self, values: impl Iterator<Item = i64>, count: usize, base: i64) -> Self {
        let mut by_width = [0u32; 65];
        values.for_each(|value| by_width[width_of(zigzag(value.wrapping_sub(base))) as usize] += 1);
        let widest = by_width.iter().rposition(|values| *values > 0).unwrap_or(0) as u32;
        let position_width = position_width(count);
        let mut best = self;
        let mut exceptions = 0;
        for width in (0..widest).rev() {
            exceptions += by_width[width as usize + 1] as usize;
            let high_width = widest - width;
            let exception_bits = exceptions * (high_width + position_width) as usize;
            let cost_bits = EXCEPTIONS_BITS + count * width as usize + exception_bits;
            if cost_bits < best.cost_bits && width < FULL_WIDTH_CODE {
                best = Packing { base, width, high_width, exceptions, cost_bits };
            }
        }
        best
    }

    fn write_header(&self, steps: u8, out: &mut Vec<u8>) {
        let exceptions = if self.exceptions > 0 { EXCEPTIONS } else { 0 };
        out.push(self.width.min(FULL_WIDTH_CODE) as u8 | exceptions | steps);
        write_signed(self.base, out);
    }

    fn write(&self, values: impl Iterator<Item = i64> + Clone, count: usize, out: &mut Vec<u8>) {
        let packed = values.map(|value| zigzag(value.wrapping_sub(self.base)));
        if self.exceptions == 0 {
            return pack(packed, self.width, out);
        }
        write_varint(self.exceptions as u64, out);
        out.push(self.high_width as u8);
        let high = |packed: u64| packed >> self.width;
        let positions = packed.clone().zip(0u64..).filter(|(packed, _)| high(*packed) > 0).map(|(_, at)| at);
        pack(positions, position_width(count), out);
        pack(packed.clone().map(high).filter(|high| *high > 0), self.high_width, out);
        let low_bits = (1 << self.width) - 1;
        pack(packed.map(|packed| packed & low_bits), self.width, out);
    }
}

impl Spread {
    fn of(values: impl Iterator<Item = i64>, usual: i64) -> Self {
        let nothing = Spread { low: i64::MAX, high: i64::MIN, distances: 0 };
        values.fold(nothing, |spread, value| Spread {
            low: spread.low.min(value),
            high: spread.high.max(value),
            distances: spread.distances.wrapping_add(value.wrapping_sub(usual).unsigned_abs()),
        })
    }
}

/// How packed values lie: how many bits each has, and how many of them have how many more.
struct Layout {
    width: u32,
    high_width: u32,
    exceptions: usize,
}

impl Layout {
    /// Reads what comes between `header` and the packed values.
    fn read(reader: &mut Reader<'_>, count: usize, header: u8) -> Result<Self, ChunkError> {
        let width = storable(u32::from(header & !(STEPS | EXCEPTIONS)));
        if header & EXCEPTIONS == 0 {
            return Ok(Layout { width, high_width: 0, exceptions: 0 });
        }
        let exceptions = reader.varint()?;
        let high_width = u32::from(reader.byte()?);
        if exceptions > count as u64 || width + high_width > u64::BITS {
            return Err(ChunkError::Exceptions);
        }
        Ok(Layout { width, high_width, exceptions: exceptions as usize })
    }
}

/// Reads the packed values that come after `header`.
fn read_packed(reader: &mut Reader<'_>, count: usize, header: u8, values: &mut Vec<i64>) -> Result<(), ChunkError> {
    let Layout { width, high_width, exceptions } = Layout::read(reader, count, header)?;
    if exceptions == 0 {
        return unpack(reader, count, width, values);
    }
    let (mut positions, mut highs) = (Vec::new(), Vec::new());
    unpack(reader, exceptions, position_width(count), &mut positions)?;
    unpack(reader, exceptions, high_width, &mut highs)?;
    unpack(reader, count, width, values)?;
    for (position, high) in positions.iter().zip(&highs) {
        let value = values.get_mut(*position as usize).ok_or(ChunkError::Exceptions)?;
        *value |= high.checked_shl(width).unwrap_or(0);
    }
    Ok(())
}

/// The width that is stored for `width`: 63 is not, its code stands for 64.
fn storable(width: u32) -> u32 {
    if width >= FULL_WIDTH_CODE { u64::BITS } else { width }
}

/// Bits of a position among `count` values.
fn position_width(count: usize) -> u32 {
    width_of(count.saturating_sub(1) as u64)
}

/// A value that is somewhere in the midst of the others, and most likely the one that is there most: Tukey's
/// ninther.
fn usual(values: impl Iterator<Item = i64> + Clone, count: usize) -> i64 {
    let median = |[a, b, c]: [i64; 3]| a.min(b).max(a.max(b).min(c));
    let mut samples = values.step_by((count / 9).max(1));
    let mut sample = || samples.next().unwrap_or(0);
    median(std::array::from_fn(|_| median(std::array::from_fn(|_| sample()))))
}

/// The steps from each value to the next.
fn steps(values: &[i64]) -> impl Iterator<Item = i64> + Clone + '_ {
    values.windows(2).map(|pair| pair[1].wrapping_sub(pair[0]))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(values: &[i64]) -> Vec<u8> {
        let (mut bytes, mut found) = (Vec::new(), Vec::new());
        encode(values, &mut bytes);
        let mut reader = Reader::new(&bytes);
        decode(&mut reader, values.len(), &mut found).unwrap();
        assert_eq!(found, values);
        assert!(reader.rest().is_empty());
        let mut skipping = Reader::new(&bytes);
        skip(&mut skipping, values.len()).unwrap();
        assert!(skipping.rest().is_empty());
        bytes
    }

    #[test]
    fn a_column_takes_the_bits_that_it_must() {
        let mut spiked = vec![7; 60];
        spiked[9] = -1000;
        spiked[30] = 500_000;
        let cases: [(Vec<i64>, usize); 9] = [
            (vec![], 0),
            (vec![5], 2),
            (vec![5; 3600], 2),
            ((0..3600).map(|at| 1000 - at * 60).collect(), 5),
            ((0..64).map(|at| at % 4).collect(), 2 + 64 * 2 / 8),
            ((0..64).map(|at| at % 5).collect(), 2 + 64 * 3 / 8),
            (spiked, 4 + 2 + (2 * 20usize).div_ceil(8)),
            (vec![i64::MIN, i64::MAX, 0, -1], 1 + 1 + 4 * 8),
            ((0..60).map(|at| (at / 30) << 40).collect(), 3 + 4 + 6),
        ];
        for (values, bytes_max) in cases {
            let bytes = check(&values);
            assert!(bytes.len() <= bytes_max, "{values:?} takes {} bytes, not {bytes_max}", bytes.len());
        }
    }

    proptest! {
        #[test]
        fn integers_come_back(list in prop::collection::vec((any::<i64>(), 0u32..64), 0..100)) {
            check(&list.into_iter().map(|(value, shift)| value >> shift).collect::<Vec<_>>());
        }

        #[test]
        fn integers_of_one_width_come_back(list in prop::collection::vec(any::<i64>(), 1..100), shift in 0u32..64) {
            check(&list.into_iter().map(|value| value >> shift).collect::<Vec<_>>());
        }
    }

    #[test]
    fn exceptions_that_do_not_fit_are_refused() {
        // Width 1 with exceptions from base 0: how many, their high width, positions, high bits, values.
        let cases: [(&[u8], Result<(), ChunkError>); 4] = [
            (&[0x41, 0, 1, 62, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0], Ok(())),
            (&[0x41, 0, 1, 64, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0], Err(ChunkError::Exceptions)),
            (&[0x41, 0, 4, 1, 0, 0, 0], Err(ChunkError::Exceptions)),
            (&[0x41, 0, 1, 1, 3, 0, 0], Err(ChunkError::Exceptions)),
        ];
        for (bytes, expected) in cases {
            assert_eq!(decode(&mut Reader::new(bytes), 3, &mut Vec::new()), expected, "{bytes:?}");
            if expected.is_ok() || bytes[3] != 1 {
                assert_eq!(skip(&mut Reader::new(bytes), 3), expected, "{bytes:?}");
            }
        }
    }
}
