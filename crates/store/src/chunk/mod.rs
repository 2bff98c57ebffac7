//! One metric's cells of one partition, as bytes: a pure pair of functions.
//!
//! The layout is in `docs/format/chunk.md`. A chunk carries no checksum; the segment that holds it does.

mod bits;
mod bytes;
mod columns;
mod distributions;
mod exact;
mod golomb;
mod ints;
mod kinds;
mod lengths;
mod numbers;
mod scale;
mod sketches;
mod slots;
#[cfg(test)]
mod tests;
mod weights;

use std::ops::Range;

use nepho_model::{Cell, Detail, Numbers};

use bytes::{Reader, write_varint};
pub(crate) use columns::Columns;
use columns::LeftOut;
use kinds::Kinds;

/// The first byte of every chunk of this layout.
const FORMAT: u8 = 1;

/// Slots are below this: the seconds of an hour are the most that a partition has.
pub(crate) const SLOTS_MAX: u32 = 3600;

/// Why bytes are no chunk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ChunkError {
    /// A first byte that this version does not know.
    #[error("chunk format {0} is not known")]
    Format(u8),
    /// The bytes end within the chunk.
    #[error("the chunk ends too early")]
    Truncated,
    /// The chunk ends before the bytes do.
    #[error("{0} bytes follow the chunk")]
    Trailing(usize),
    /// A code that stands for nothing.
    #[error("{what} code {code} is not known")]
    Code {
        /// What is coded.
        what: &'static str,
        /// The code.
        code: u8,
    },
    /// An integer of more than 64 bits.
    #[error("an integer exceeds 64 bits")]
    Varint,
    /// A number past its limit.
    #[error("{what} {value} exceeds the limit of {limit}")]
    Limit {
        /// What is limited.
        what: &'static str,
        /// What was found.
        value: u64,
        /// The most there may be.
        limit: u64,
    },
    /// Exceptions of an integer column that are too many, too wide or out of place.
    #[error("a column's exceptions do not fit it")]
    Exceptions,
}

/// Appends the chunk of `cells`, whose slots ascend and are below [`SLOTS_MAX`].
///
/// # Panics
/// When a slot is not above the one before it, or not below [`SLOTS_MAX`].
pub(crate) fn encode(cells: &[(u32, Cell)], out: &mut Vec<u8>) {
    assert!(cells.windows(2).all(|pair| pair[0].0 < pair[1].0), "slots ascend");
    assert!(cells.last().is_none_or(|(slot, _)| *slot < SLOTS_MAX), "slots are below {SLOTS_MAX}");
    out.push(FORMAT);
    write_varint(cells.len() as u64, out);
    if cells.is_empty() {
        return;
    }
    slots::encode(cells.iter().map(|(slot, _)| *slot), out);
    let columns = Columns::of(cells);
    let left_out = columns.left_out();
    let kinds = Kinds::of(cells);
    out.push(u8::from(left_out.maximum) | u8::from(left_out.sum) << 1 | kinds.code() << 2);
    columns.encode(left_out, out);
    kinds.encode(out);
    distributions::encode(cells, out);
}

/// Gives the cells of the slots in `wanted` to `sink`, in ascending order; `columns` is room for all of them.
///
/// With [`Detail::Numbers`] the distributions are not read: a cell that has one comes back with
/// [`nepho_model::Distribution::Unavailable`].
///
/// # Errors
/// The bytes are no chunk. Cells may have been given to `sink` before that was found.
pub(crate) fn decode(
    bytes: &[u8],
    detail: Detail,
    wanted: Range<u32>,
    columns: &mut Columns,
    mut sink: impl FnMut(u32, Cell),
) -> Result<(), ChunkError> {
    let mut reader = Reader::new(bytes);
    let Some((count, shape)) = decode_columns(&mut reader, Numbers::ALL, columns)? else { return trailing(&reader) };
    let kinds = Kinds::decode(shape >> 2, &mut reader, count)?;
    let wanted = columns.positions(&wanted);
    match detail {
        Detail::Numbers => {
            for at in wanted {
                sink(columns.slots[at], columns.cell(at, kinds.at(at, columns).without_values()));
            }
            Ok(())
        }
        Detail::Distribution => {
            distributions::decode(&mut reader, &kinds, columns, wanted, |at, distribution| {
                sink(columns.slots[at], columns.cell(at, distribution));
            })?;
            trailing(&reader)
        }
    }
}

/// Reads slots and some of the numbers into `columns`, and says at which positions the slots in `wanted` are. Nothing
/// behind the numbers is read.
///
/// # Errors
/// The bytes are no chunk.
pub(crate) fn decode_numbers(
    bytes: &[u8],
    numbers: Numbers,
    wanted: &Range<u32>,
    columns: &mut Columns,
) -> Result<Range<usize>, ChunkError> {
    match decode_columns(&mut Reader::new(bytes), numbers, columns)? {
        Some(_) => Ok(columns.positions(wanted)),
        None => Ok(0..0),
    }
}

/// Reads up to the numbers. Gives how many cells there are, and the byte of their shape; `None` of none.
fn decode_columns(
    reader: &mut Reader<'_>,
    numbers: Numbers,
    columns: &mut Columns,
) -> Result<Option<(usize, u8)>, ChunkError> {
    let format = reader.byte()?;
    if format != FORMAT {
        return Err(ChunkError::Format(format));
    }
    let count = reader.varint()?;
    if count > u64::from(SLOTS_MAX) {
        return Err(ChunkError::Limit { what: "number of cells", value: count, limit: u64::from(SLOTS_MAX) });
    }
    let count = count as usize;
    if count == 0 {
        return Ok(None);
    }
    columns.decode_slots(reader, count)?;
    let shape = reader.byte()?;
    let left_out = LeftOut { maximum: shape & 1 != 0, sum: shape & 2 != 0 };
    columns.decode(reader, count, left_out, numbers)?;
    Ok(Some((count, shape)))
}

fn trailing(reader: &Reader<'_>) -> Result<(), ChunkError> {
    match reader.rest().len() {
        0 => Ok(()),
        more => Err(ChunkError::Trailing(more)),
    }
}
