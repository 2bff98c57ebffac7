//! The four numbers of the cells, column by column.

use nepho_model::{Cell, Distribution};

use super::bytes::Reader;
use super::scale::Scale;
use super::{ChunkError, ints, numbers};

/// Bits of the scale byte: corrections follow the integers of this column.
const MINIMUM_CORRECTIONS: u8 = 0x10;
const MAXIMUM_CORRECTIONS: u8 = 0x20;
const SUM_CORRECTIONS: u8 = 0x40;

/// Count, sum, minimum and maximum of all cells of a chunk.
#[derive(Debug, Default)]
pub(super) struct Columns {
    pub(super) count: Vec<f64>,
    pub(super) sum: Vec<f64>,
    pub(super) min: Vec<f64>,
    pub(super) max: Vec<f64>,
}

/// Which of the columns are left out, because others tell them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct LeftOut {
    /// The maximum is the minimum.
    pub(super) maximum: bool,
    /// The sum is minimum times count.
    pub(super) sum: bool,
}

/// A column as integers and what those miss.
#[derive(Debug, Default)]
struct Integers {
    values: Vec<i64>,
    corrections: Vec<i64>,
}

impl Columns {
    pub(super) fn of(cells: &[(u32, Cell)]) -> Self {
        let column = |number: fn(&Cell) -> f64| cells.iter().map(|(_, cell)| number(cell)).collect();
        Columns { count: column(Cell::count), sum: column(Cell::sum), min: column(Cell::min), max: column(Cell::max) }
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

    /// Reads the columns of `count` cells.
    pub(super) fn decode(reader: &mut Reader<'_>, count: usize, left_out: LeftOut) -> Result<Self, ChunkError> {
        let mut columns = Columns::default();
        let header = reader.byte()?;
        let scale = Scale::read(header & !(MINIMUM_CORRECTIONS | MAXIMUM_CORRECTIONS | SUM_CORRECTIONS), reader)?;
        let mut integers = Integers::default();
        numbers::decode(reader, count, &mut columns.count)?;
        integers.decode(reader, count, header & MINIMUM_CORRECTIONS != 0)?;
        scale.join(&integers.values, &integers.corrections, &mut columns.min);
        if left_out.maximum {
            columns.max.clone_from(&columns.min);
        } else {
            integers.decode(reader, count, header & MAXIMUM_CORRECTIONS != 0)?;
            scale.join(&integers.values, &integers.corrections, &mut columns.max);
        }
        if left_out.sum {
            columns.sum = columns.products().collect();
        } else {
            integers.decode(reader, count, header & SUM_CORRECTIONS != 0)?;
            scale.join(&integers.values, &integers.corrections, &mut columns.sum);
        }
        Ok(columns)
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

impl Integers {
    fn of(numbers: &[f64], scale: Scale) -> Self {
        let mut integers = Integers { values: Vec::with_capacity(numbers.len()), corrections: Vec::new() };
        scale.split(numbers, &mut integers.values, &mut integers.corrections);
        integers
    }

    fn decode(&mut self, reader: &mut Reader<'_>, count: usize, corrected: bool) -> Result<(), ChunkError> {
        ints::decode(reader, count, &mut self.values)?;
        ints::decode(reader, if corrected { count } else { 0 }, &mut self.corrections)
    }
}

/// Whether two columns are equal, bit for bit.
fn same(column: &[f64], other: impl Iterator<Item = f64>) -> bool {
    column.iter().zip(other).all(|(a, b)| a.to_bits() == b.to_bits())
}
