//! A column of weights: mostly small whole numbers.

use super::ChunkError;
use super::bytes::Reader;
use super::{golomb, numbers};

const WHOLE: u8 = 0;
const FRACTIONAL: u8 = 1;

/// Whole weights are below this, where every whole number is told by a float.
const WHOLE_LIMIT: f64 = (1u64 << 53) as f64;

/// Appends `weights`; nothing when there are none.
pub(super) fn encode(weights: &[f64], out: &mut Vec<u8>) {
    if weights.is_empty() {
        return;
    }
    if weights.iter().all(|weight| is_whole(*weight)) {
        out.push(WHOLE);
        golomb::encode(&weights.iter().map(|weight| *weight as u64).collect::<Vec<_>>(), out);
    } else {
        out.push(FRACTIONAL);
        numbers::encode(weights, out);
    }
}

/// Reads `count` weights. The caller has made sure that so many are no waste of memory.
pub(super) fn decode(reader: &mut Reader<'_>, count: usize) -> Result<Vec<f64>, ChunkError> {
    let mut weights = Vec::new();
    if count == 0 {
        return Ok(weights);
    }
    match reader.byte()? {
        WHOLE => {
            let mut whole = Vec::new();
            golomb::decode(reader, count, &mut whole)?;
            weights.extend(whole.into_iter().map(|weight| weight as f64));
        }
        FRACTIONAL => numbers::decode(reader, count, &mut weights)?,
        code => return Err(ChunkError::Code { what: "weights", code }),
    }
    Ok(weights)
}

fn is_whole(weight: f64) -> bool {
    (0.0..WHOLE_LIMIT).contains(&weight) && (weight as u64 as f64).to_bits() == weight.to_bits()
}
