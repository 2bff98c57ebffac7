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
    let (mut integers, mut corrections) = (Vec::with_capacity(numbers.len()), Vec::new());
    let scale = Scale::of(&[numbers]);
    scale.split(numbers, &mut integers, &mut corrections);
    out.push(scale.code() | if corrections.is_empty() { 0 } else { CORRECTIONS });
    scale.write_rest(out);
    ints::encode(&integers, out);
    ints::encode(&corrections, out);
}

/// Reads `count` numbers into `numbers`, in place of what it held.
pub(super) fn decode(reader: &mut Reader<'_>, count: usize, numbers: &mut Vec<f64>) -> Result<(), ChunkError> {
    numbers.clear();
    if count == 0 {
        return Ok(());
    }
    let (mut integers, mut corrections) = (Vec::new(), Vec::new());
    let header = reader.byte()?;
    let scale = Scale::read(header & !CORRECTIONS, reader)?;
    ints::decode(reader, count, &mut integers)?;
    if header & CORRECTIONS != 0 {
        ints::decode(reader, count, &mut corrections)?;
    }
    scale.join(&integers, &corrections, numbers);
    Ok(())
}
