//! The slots and the four numbers of the cells, column by column.

use std::ops::Range;

use nepho_model::{Cell, Distribution, Numbers};

use super::bytes::Reader;
use super::numbers::{self, Integers};
use super::scale::Scale;
use super::{ChunkError, ints, slots};

/// Bits of the scale byte: corrections follow the integers of this column.
const MINIMUM_CORRECTIONS: u8 = 0x10;
const MAXIMUM_CORRECTIONS: u8 = 0x20;
const SUM_CORRECTIONS: u8 = 0x40;

/// Slot, count, sum, minimum and maximum of all cells of a chunk. One after another is read into the same columns, so
/// that room is made for them once.
#[derive(Debug, Default)]
pub(crate) struct Columns {
    pub(crate) slots: Vec<u32>,
    pub(crate) count: Vec<f64>,
    pub(crate) sum: Vec<f64>,
    pub(crate) min: Vec<f64>,
    pub(crate) max: Vec<f64>,
    integers: Integers,
}

/// Which of the columns are left out, because others tell them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct LeftOut {
    /// The maximum is the minimum.
    pub(super) maximum: bool,
    /// The sum is minimum times count.
    pub(super) sum: bool,
}

impl Columns {
    pub(super) fn of(cells: &[(u32, Cell)]) -> Self {
        let column = |number: fn(&Cell) -> f64| cells.iter().map(|(_, cell)| number(cell)).collect();
        Columns {
            slots: cells.iter().map(|(slot, _)| *slot).collect(),
            count: column(Cell::count),
            sum: column(Cell::sum),
            min: column(Cell::min),
            max: column(Cell::max),
            integers: Integers::default(),
        }
    }

    pub(super) fn left_out(&self) -> LeftOut {
        LeftOut { maximum: same(&self.max, self.min.iter().copied()), sum: same(&self.sum, self.products()) }
    }

    /// Appends the columns that are not left out.
    pub(super) fn encode(&self, left_out: LeftOut, out: &mut Vec<u8>) {
        let max = if left_out.maximum { &[][..] } else { &self.max };
        let sum = if left_out.sum { &[][..] } else { &self.sum };
        let scale = Scale::of(&[&self.min, max, sum]);
        let columns = [
            (MINIMUM_CORRECTIONS, Integers::of(&self.min, scale)),
            (MAXIMUM_CORRECTIONS, Integers::of(max, scale)),
            (SUM_CORRECTIONS, Integers::of(sum, scale)),
        ];
        let corrected = columns.iter().filter(|(_, column)| !column.corrections.is_empty());
        out.push(corrected.fold(scale.code(), |header, (flag, _)| header | flag));
        scale.write_rest(out);
        numbers::encode(&self.count, out);
        for (_, column) in &columns {
            ints::encode(&column.values, out);
            ints::encode(&column.corrections, out);
        }
    }

    /// Reads the slots of `count` cells, which are at least one.
    pub(super) fn decode_slots(&mut self, reader: &mut Reader<'_>, count: usize) -> Result<(), ChunkError> {
        slots::decode(reader, count, &mut self.integers.values, &mut self.slots)
    }

    /// Reads the numbers of `count` cells. Columns that are neither wanted nor needed for others are empty afterwards.
    pub(super) fn decode(
        &mut self,
        reader: &mut Reader<'_>,
        count: usize,
        left_out: LeftOut,
        wanted: Numbers,
    ) -> Result<(), ChunkError> {
        let Columns { count: counts, sum, min, max, integers, .. } = self;
        let (is_product, is_minimum) = (wanted.sum && left_out.sum, wanted.max && left_out.maximum);
        let header = reader.byte()?;
        let scale = Scale::read(header & !(MINIMUM_CORRECTIONS | MAXIMUM_CORRECTIONS | SUM_CORRECTIONS), reader)?;
        let mut column = |is_wanted: bool, (scale, is_corrected), numbers: &mut Vec<f64>, reader: &mut Reader<'_>| {
            numbers.clear();
            if !is_wanted {
                return Integers::skip(reader, count, is_corrected);
            }
            integers.decode(reader, count, is_corrected)?;
            integers.join(scale, numbers);
            Ok(())
        };
        let header_of_counts = numbers::header(reader)?;
        column(wanted.count || is_product, header_of_counts, counts, reader)?;
        let is_corrected = header & MINIMUM_CORRECTIONS != 0;
        column(wanted.min || is_product || is_minimum, (scale, is_corrected), min, reader)?;
        match left_out.maximum {
            true if wanted.max => max.clone_from(min),
            true => max.clear(),
            false => column(wanted.max, (scale, header & MAXIMUM_CORRECTIONS != 0), max, reader)?,
        }
        match left_out.sum {
            true if wanted.sum => {
                sum.clear();
                sum.extend(min.iter().zip(&*counts).map(|(min, count)| min * count));
            }
            true => sum.clear(),
            false => column(wanted.sum, (scale, header & SUM_CORRECTIONS != 0), sum, reader)?,
        }
        Ok(())
    }

    /// Where the slots in a range are.
    pub(super) fn positions(&self, wanted: &Range<u32>) -> Range<usize> {
        let start = self.slots.partition_point(|slot| *slot < wanted.start);
        let end = self.slots.partition_point(|slot| *slot < wanted.end);
        start..end.max(start)
    }

    fn products(&self) -> impl Iterator<Item = f64> + '_ {
        self.min.iter().zip(&self.count).map(|(min, count)| min * count)
    }

    /// The cell at a position.
    #[inline]
    pub(super) fn cell(&self, at: usize, distribution: Distribution) -> Cell {
        Cell::from_parts(self.count[at], self.sum[at], self.min[at], self.max[at], distribution)
    }
}

/// Whether two columns are equal, bit for bit.
fn same(column: &[f64], other: impl Iterator<Item = f64>) -> bool {
    column.iter().zip(other).all(|(a, b)| a.to_bits() == b.to_bits())
}
