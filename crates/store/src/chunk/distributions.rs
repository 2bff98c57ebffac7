//! The distributions of a chunk: all exact ones, then all sketches.

use std::ops::Range;

use nepho_model::{Cell, Distribution};

use super::bytes::Reader;
use super::columns::Columns;
use super::kinds::{Kind, Kinds};
use super::{ChunkError, exact, sketches};

/// Appends the distributions of `cells`; nothing for those whose kind says all.
pub(super) fn encode(cells: &[(u32, Cell)], out: &mut Vec<u8>) {
    let (mut exact, mut sketches) = (Vec::new(), Vec::new());
    for (_, cell) in cells {
        match cell.distribution() {
            Distribution::Exact(values) => exact.push((cell.min(), &**values)),
            Distribution::Sketch(sketch) => sketches.push(&**sketch),
            Distribution::Constant | Distribution::Unavailable | Distribution::Percentiles(_) => {}
        }
    }
    exact::encode(&exact, out);
    sketches::encode(&sketches, out);
}

/// Gives the distributions of the cells at the positions in `wanted` to `sink`.
pub(super) fn decode(
    reader: &mut Reader<'_>,
    kinds: &Kinds,
    columns: &Columns,
    wanted: Range<usize>,
    mut sink: impl FnMut(usize, Distribution),
) -> Result<(), ChunkError> {
    let cells = columns.min.len();
    let of_kind = |wanted: Kind| (0..cells).filter(move |at| kinds.at(*at, columns) == wanted);
    let minima: Vec<f64> = of_kind(Kind::Exact).map(|at| columns.min[at]).collect();
    let (exact, exact_ranges) = exact::decode(reader, &minima)?;
    let (sketches, sketch_ranges) = sketches::decode(reader, of_kind(Kind::Sketch).count())?;
    let (mut exact_at, mut sketch_at) = (0, 0);
    for at in 0..wanted.end {
        let is_wanted = wanted.contains(&at);
        match kinds.at(at, columns) {
            Kind::Exact => {
                if is_wanted {
                    sink(at, exact.distribution(exact_ranges[exact_at].clone()));
                }
                exact_at += 1;
            }
            Kind::Sketch => {
                if is_wanted {
                    sink(at, sketches.distribution(sketch_at, sketch_ranges[sketch_at].clone()));
                }
                sketch_at += 1;
            }
            other if is_wanted => sink(at, other.without_values()),
            Kind::Constant | Kind::Unavailable => {}
        }
    }
    Ok(())
}
