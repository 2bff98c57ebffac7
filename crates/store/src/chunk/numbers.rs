//! A column of numbers with its own scale.

use super::ChunkError;
use super::bytes::Reader;
use super::ints;
use super::scale::Scale;

/// Header bit: corrections follow the integers.
const CORRECTIONS: u8 = 0x10;

/// Appends `numbers`; nothing when there are none.
pub(super) fn encode(numbers: &[f64], out: &mut Vec<u8>) {
    if numbers.is_empty() {
        return;
    }
    let scale = Scale::of(&[numbers]);
    let integers = Integers::of(numbers, scale);
    out.push(scale.code() | if integers.corrections.is_empty() { 0 } else { CORRECTIONS });
    scale.write_rest(out);
    ints::encode(&integers.values, out);
    ints::encode(&integers.corrections, out);
}

/// Reads `count` numbers into `numbers`, in place of what it held.
pub(super) fn decode(reader: &mut Reader<'_>, count: usize, numbers: &mut Vec<f64>) -> Result<(), ChunkError> {
    numbers.clear();
    if count == 0 {
        return Ok(());
    }
    let (scale, is_corrected) = header(reader)?;
    let mut integers = Integers::default();
    integers.decode(reader, count, is_corrected)?;
    integers.join(scale, numbers);
    Ok(())
}

/// The scale of a column, and whether corrections follow its integers.
pub(super) fn header(reader: &mut Reader<'_>) -> Result<(Scale, bool), ChunkError> {
    let header = reader.byte()?;
    Ok((Scale::read(header & !CORRECTIONS, reader)?, header & CORRECTIONS != 0))
}

/// A column as integers and what those miss.
#[derive(Debug, Default)]
pub(super) struct Integers {
    pub(super) values: Vec<i64>,
    pub(super) corrections: Vec<i64>,
}

impl Integers {
    pub(super) fn of(numbers: &[f64], scale: Scale) -> Self {
        let mut integers = Integers { values: Vec::with_capacity(numbers.len()), corrections: Vec::new() };
        scale.split(numbers, &mut integers.values, &mut integers.corrections);
        integers
    }

    /// Reads the integers of `count` numbers in place of what it held.
    pub(super) fn decode(
        &mut self,
        reader: &mut Reader<'_>,
        count: usize,
        is_corrected: bool,
    ) -> Result<(), ChunkError> {
        ints::decode(reader, count, &mut self.values)?;
        ints::decode(reader, if is_corrected { count } else { 0 }, &mut self.corrections)
    }

    /// Passes over what [`Integers::decode`] would read.
    pub(super) fn skip(reader: &mut Reader<'_>, count: usize, is_corrected: bool) -> Result<(), ChunkError> {
        ints::skip(reader, count)?;
        ints::skip(reader, if is_corrected { count } else { 0 })
    }

    /// Writes the numbers in place of what `numbers` held.
    pub(super) fn join(&self, scale: Scale, numbers: &mut Vec<f64>) {
        scale.join(&self.values, &self.corrections, numbers);
    }
}
