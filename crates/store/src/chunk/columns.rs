//! The four numbers of the cells, column by column.

use nepho_model::{Cell, Distribution};

use super::ChunkError;
use super::bytes::{Reader, write_signed};
use super::ints::{self, Plan};
use super::numbers;
use super::relation::{Maximum, Sum};
use super::scale::Scale;

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

/// Which of the columns are there, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Relations {
    pub(super) maximum: Maximum,
    pub(super) sum: Sum,
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

    /// Appends the columns; gives the relations, without which they cannot be read.
    pub(super) fn encode(&self, out: &mut Vec<u8>) -> Relations {
        let maximum_left_out = same(&self.max, self.min.iter().copied());
        let sum_left_out = same(&self.sum, self.min.iter().zip(&self.count).map(|(min, count)| min * count));
        let own_max = if maximum_left_out { &[][..] } else { &self.max };
        let own_sum = if sum_left_out { &[][..] } else { &self.sum };
        let scale = Scale::of(&[&self.min, own_max, own_sum]);
        let minimum = Integers::of(&self.min, scale);
        let maximum = Integers::of(own_max, scale);
        let sum = Integers::of(own_sum, scale);

        let mut flags = 0;
        for (column, flag) in
            [(&minimum, MINIMUM_CORRECTIONS), (&maximum, MAXIMUM_CORRECTIONS), (&sum, SUM_CORRECTIONS)]
        {
            flags |= if column.corrections.is_empty() { 0 } else { flag };
        }
        out.push(scale.code() | flags);
        scale.write_rest(out);
        numbers::encode(&self.count, out);
        minimum.write(&Plan::of(&minimum.values), out);
        let maximum_relation =
            if maximum_left_out { Maximum::Minimum } else { maximum.write_maximum(&minimum.values, out) };
        let sum_relation = if sum_left_out {
            Sum::Product
        } else {
            let greatest = if maximum_left_out { &minimum.values } else { &maximum.values };
            sum.write_sum(&self.count, &minimum.values, greatest, out)
        };
        Relations { maximum: maximum_relation, sum: sum_relation }
    }

    pub(super) fn decode(reader: &mut Reader<'_>, count: usize, relations: Relations) -> Result<Self, ChunkError> {
        let mut columns = Columns::default();
        let header = reader.byte()?;
        let corrected = |flag: u8| header & flag != 0;
        let scale = Scale::read(header & !(MINIMUM_CORRECTIONS | MAXIMUM_CORRECTIONS | SUM_CORRECTIONS), reader)?;
        numbers::decode(reader, count, &mut columns.count)?;
        let minimum = Integers::read(reader, count, corrected(MINIMUM_CORRECTIONS))?;
        scale.join(&minimum.values, &minimum.corrections, &mut columns.min);

        let mut maximum = Integers::default();
        if relations.maximum == Maximum::Minimum {
            columns.max.clone_from(&columns.min);
        } else {
            maximum = Integers::read(reader, count, corrected(MAXIMUM_CORRECTIONS))?;
            if relations.maximum == Maximum::AboveMinimum {
                for (value, minimum) in maximum.values.iter_mut().zip(&minimum.values) {
                    *value = value.wrapping_add(*minimum);
                }
            }
            scale.join(&maximum.values, &maximum.corrections, &mut columns.max);
        }
        if relations.sum == Sum::Product {
            columns.sum.extend(columns.min.iter().zip(&columns.count).map(|(min, count)| min * count));
        } else {
            let mean = if relations.sum == Sum::AboveMean { reader.signed()? } else { 0 };
            let mut sum = Integers::read(reader, count, corrected(SUM_CORRECTIONS))?;
            let greatest = if relations.maximum == Maximum::Minimum { &minimum.values } else { &maximum.values };
            if relations.sum != Sum::Plain {
                for (at, value) in sum.values.iter_mut().enumerate() {
                    let told = relations.sum.told(columns.count[at], minimum.values[at], greatest[at], mean);
                    *value = value.wrapping_add(told);
                }
            }
            scale.join(&sum.values, &sum.corrections, &mut columns.sum);
        }
        Ok(columns)
    }

    /// The cell at a position.
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

    fn write(&self, plan: &Plan, out: &mut Vec<u8>) {
        ints::write(&self.values, plan, out);
        ints::encode(&self.corrections, out);
    }

    fn read(reader: &mut Reader<'_>, count: usize, corrected: bool) -> Result<Self, ChunkError> {
        let mut integers = Integers { values: Vec::with_capacity(count), corrections: Vec::new() };
        ints::decode(reader, count, &mut integers.values)?;
        if corrected {
            ints::decode(reader, count, &mut integers.corrections)?;
        }
        Ok(integers)
    }

    fn write_maximum(&self, minimum: &[i64], out: &mut Vec<u8>) -> Maximum {
        let plan = Plan::of(&self.values);
        let above: Vec<i64> = self.values.iter().zip(minimum).map(|(max, min)| max.wrapping_sub(*min)).collect();
        let above_plan = Plan::of(&above);
        if above_plan.cost_bits() < plan.cost_bits() {
            ints::write(&above, &above_plan, out);
            ints::encode(&self.corrections, out);
            Maximum::AboveMinimum
        } else {
            self.write(&plan, out);
            Maximum::Plain
        }
    }

    fn write_sum(&self, count: &[f64], minimum: &[i64], maximum: &[i64], out: &mut Vec<u8>) -> Sum {
        let mean = self.values.iter().map(|v| *v as f64).sum::<f64>() / count.iter().sum::<f64>();
        let mean = mean.round() as i64;
        let mut best = (Sum::Plain, Plan::of(&self.values), self.values.clone());
        for relation in [Sum::AboveMinimum, Sum::AboveMiddle, Sum::AboveMean] {
            let rest: Vec<i64> = (0..count.len())
                .map(|at| self.values[at].wrapping_sub(relation.told(count[at], minimum[at], maximum[at], mean)))
                .collect();
            let plan = Plan::of(&rest);
            if plan.cost_bits() < best.1.cost_bits() {
                best = (relation, plan, rest);
            }
        }
        if best.0 == Sum::AboveMean {
            write_signed(mean, out);
        }
        ints::write(&best.2, &best.1, out);
        ints::encode(&self.corrections, out);
        best.0
    }
}

fn same(column: &[f64], other: impl Iterator<Item = f64>) -> bool {
    column.iter().zip(other).all(|(a, b)| a.to_bits() == b.to_bits())
}
