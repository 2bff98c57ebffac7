//! A column of integers: a base and small differences from it, or from value to value.

use super::ChunkError;
use super::bits::{pack, unpack, width_of};
use super::bytes::{Reader, write_signed, write_varint};

/// Header bit: what is packed are the steps from value to value.
const STEPS: u8 = 0x80;
/// Header bit: some values are wider than the others.
const EXCEPTIONS: u8 = 0x40;
/// The header's width field that stands for 64 bits; smaller ones stand for themselves.
const FULL_WIDTH_CODE: u32 = 63;

/// How a column is best written.
#[derive(Debug, Clone, Copy)]
pub(super) struct Plan {
    steps: bool,
    base: i64,
    packing: Packing,
}

/// How differences are packed: `width` bits each, and for the exceptions `high_width` bits more.
#[derive(Debug, Clone, Copy)]
struct Packing {
    width: u32,
    high_width: u32,
    exceptions: usize,
    cost_bits: usize,
}

impl Plan {
    /// The smallest way to write `values`.
    pub(super) fn of(values: &[i64]) -> Self {
        let mut range = Range::default();
        let mut step_range = Range::default();
        values.iter().for_each(|value| range.add(*value));
        steps(values).for_each(|step| step_range.add(step));
        let whole = Packing::of(values.iter().map(|value| difference(*value, range.low)), values.len(), range.width());
        let base = step_range.low;
        let stepped = Packing::of(
            steps(values).map(|step| difference(step, base)),
            values.len().saturating_sub(1),
            step_range.width(),
        );
        let first_bits = width_of(values.first().map_or(0, |first| first.unsigned_abs())) as usize + 8;
        if stepped.cost_bits + first_bits < whole.cost_bits {
            Plan { steps: true, base, packing: stepped }
        } else {
            Plan { steps: false, base: range.low, packing: whole }
        }
    }

    /// About how many bits the column takes.
    pub(super) fn cost_bits(&self) -> usize {
        self.packing.cost_bits
    }
}

impl Packing {
    fn of(values: impl Iterator<Item = u64>, count: usize, widest: u32) -> Self {
        let mut by_width = [0u32; 65];
        values.for_each(|value| by_width[width_of(value) as usize] += 1);
        let mut best = Packing { width: widest, high_width: 0, exceptions: 0, cost_bits: count * widest as usize };
        if best.width >= FULL_WIDTH_CODE {
            best = Packing { width: 64, cost_bits: count * 64, ..best };
        }
        let position_width = position_width(count);
        let mut exceptions = 0;
        for width in (0..widest).rev() {
            exceptions += by_width[width as usize + 1] as usize;
            let high_width = widest - width;
            let cost_bits = 16 + count * width as usize + exceptions * (high_width + position_width) as usize;
            if cost_bits < best.cost_bits && width < FULL_WIDTH_CODE {
                best = Packing { width, high_width, exceptions, cost_bits };
            }
        }
        best
    }
}

/// Appends `values` as `plan` says; nothing when there are none.
pub(super) fn write(values: &[i64], plan: &Plan, out: &mut Vec<u8>) {
    let Some(first) = values.first() else { return };
    let packing = &plan.packing;
    let mut header = packing.width.min(FULL_WIDTH_CODE) as u8;
    header |= if plan.steps { STEPS } else { 0 };
    header |= if packing.exceptions > 0 { EXCEPTIONS } else { 0 };
    out.push(header);
    write_signed(plan.base, out);
    if plan.steps {
        write_signed(*first, out);
        write_differences(steps(values).map(|step| difference(step, plan.base)), values.len() - 1, packing, out);
    } else {
        write_differences(values.iter().map(|value| difference(*value, plan.base)), values.len(), packing, out);
    }
}

/// Appends `values` in the smallest way.
pub(super) fn encode(values: &[i64], out: &mut Vec<u8>) {
    write(values, &Plan::of(values), out);
}

/// Reads `count` integers into `values`, in place of what it held.
pub(super) fn decode(reader: &mut Reader<'_>, count: usize, values: &mut Vec<i64>) -> Result<(), ChunkError> {
    values.clear();
    if count == 0 {
        return Ok(());
    }
    let header = reader.byte()?;
    let base = reader.signed()?;
    if header & STEPS == 0 {
        read_differences(reader, count, header, values)?;
        values.iter_mut().for_each(|value| *value = value.wrapping_add(base));
        return Ok(());
    }
    let mut value = reader.signed()?;
    read_differences(reader, count - 1, header, values)?;
    for step in values.iter_mut() {
        let next = value.wrapping_add(base).wrapping_add(*step);
        *step = value;
        value = next;
    }
    values.push(value);
    Ok(())
}

fn write_differences(
    differences: impl Iterator<Item = u64> + Clone,
    count: usize,
    packing: &Packing,
    out: &mut Vec<u8>,
) {
    if packing.exceptions == 0 {
        return pack(differences, packing.width, out);
    }
    write_varint(packing.exceptions as u64, out);
    out.push(packing.high_width as u8);
    let high = |difference: u64| difference >> packing.width;
    let positions =
        differences.clone().enumerate().filter(|(_, difference)| high(*difference) > 0).map(|(at, _)| at as u64);
    pack(positions, position_width(count), out);
    pack(differences.clone().map(high).filter(|high| *high > 0), packing.high_width, out);
    let low_mask = (1 << packing.width) - 1;
    pack(differences.map(|difference| difference & low_mask), packing.width, out);
}

fn read_differences(
    reader: &mut Reader<'_>,
    count: usize,
    header: u8,
    values: &mut Vec<i64>,
) -> Result<(), ChunkError> {
    let code = u32::from(header & !(STEPS | EXCEPTIONS));
    let width = if code == FULL_WIDTH_CODE { u64::BITS } else { code };
    if header & EXCEPTIONS == 0 {
        return unpack(reader, count, width, values);
    }
    let exceptions = reader.varint()?;
    let high_width = u32::from(reader.byte()?);
    if exceptions > count as u64 || width + high_width > u64::BITS {
        return Err(ChunkError::Exceptions);
    }
    let (mut positions, mut highs) = (Vec::new(), Vec::new());
    unpack(reader, exceptions as usize, position_width(count), &mut positions)?;
    unpack(reader, exceptions as usize, high_width, &mut highs)?;
    unpack(reader, count, width, values)?;
    for (position, high) in positions.iter().zip(&highs) {
        let value = values.get_mut(*position as usize).ok_or(ChunkError::Exceptions)?;
        *value |= high.checked_shl(width).unwrap_or(0);
    }
    Ok(())
}

/// Bits of a position among `count` values.
fn position_width(count: usize) -> u32 {
    width_of(count.saturating_sub(1) as u64)
}

/// The steps from each value to the next.
fn steps(values: &[i64]) -> impl Iterator<Item = i64> + Clone + '_ {
    values.windows(2).map(|pair| pair[1].wrapping_sub(pair[0]))
}

fn difference(value: i64, base: i64) -> u64 {
    value.wrapping_sub(base) as u64
}

/// The least and the greatest of some integers.
#[derive(Debug, Clone, Copy)]
struct Range {
    low: i64,
    high: i64,
}

impl Default for Range {
    fn default() -> Self {
        Range { low: i64::MAX, high: i64::MIN }
    }
}

impl Range {
    fn add(&mut self, value: i64) {
        self.low = self.low.min(value);
        self.high = self.high.max(value);
    }

    /// Bits of the greatest difference from the least.
    fn width(&self) -> u32 {
        if self.low > self.high { 0 } else { width_of(difference(self.high, self.low)) }
    }
}
