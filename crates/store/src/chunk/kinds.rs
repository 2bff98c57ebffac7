//! Which kind of distribution each cell has.

use nepho_model::{Cell, Distribution};

use super::ChunkError;
use super::bytes::Reader;
use super::columns::Columns;
use super::ints;

/// The code on disk of kinds that are a column of their own.
const COLUMN_CODE: u8 = 4;

/// A kind of distribution.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Constant,
    Exact,
    Sketch,
    Unavailable,
}

/// The kinds of a chunk's cells.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Kinds {
    /// [`Kind::Constant`] where minimum and maximum are equal, and this one elsewhere.
    Uniform(Kind),
    /// One for each cell.
    Column(Vec<Kind>),
}

impl Kind {
    fn of(distribution: &Distribution) -> Self {
        match distribution {
            Distribution::Constant => Kind::Constant,
            Distribution::Exact(_) => Kind::Exact,
            Distribution::Sketch(_) => Kind::Sketch,
            Distribution::Unavailable | Distribution::Percentiles(_) => Kind::Unavailable,
        }
    }

    fn from_code(code: u8) -> Result<Self, ChunkError> {
        let all = [Kind::Constant, Kind::Exact, Kind::Sketch, Kind::Unavailable];
        all.get(usize::from(code)).copied().ok_or(ChunkError::Code { what: "distribution", code })
    }

    /// The distribution of a cell whose values are not read.
    #[inline]
    pub(super) fn without_values(self) -> Distribution {
        if self == Kind::Constant { Distribution::Constant } else { Distribution::Unavailable }
    }
}

impl Kinds {
    pub(super) fn of(cells: &[(u32, Cell)]) -> Self {
        let varied = cells.iter().find(|(_, cell)| cell.min() != cell.max());
        let uniform = varied.map_or(Kind::Constant, |(_, cell)| Kind::of(cell.distribution()));
        let is_told = |cell: &Cell| {
            let told = if cell.min() == cell.max() { Kind::Constant } else { uniform };
            Kind::of(cell.distribution()) == told
        };
        if cells.iter().all(|(_, cell)| is_told(cell)) {
            Kinds::Uniform(uniform)
        } else {
            Kinds::Column(cells.iter().map(|(_, cell)| Kind::of(cell.distribution())).collect())
        }
    }

    pub(super) fn code(&self) -> u8 {
        match self {
            Kinds::Uniform(kind) => *kind as u8,
            Kinds::Column(_) => COLUMN_CODE,
        }
    }

    /// Appends what the code does not say.
    pub(super) fn encode(&self, out: &mut Vec<u8>) {
        if let Kinds::Column(kinds) = self {
            ints::encode(&kinds.iter().map(|kind| *kind as i64).collect::<Vec<_>>(), out);
        }
    }

    /// Reads the kinds of `count` cells.
    pub(super) fn decode(code: u8, reader: &mut Reader<'_>, count: usize) -> Result<Self, ChunkError> {
        if code != COLUMN_CODE {
            return Kind::from_code(code).map(Kinds::Uniform);
        }
        let mut codes = Vec::with_capacity(count);
        ints::decode(reader, count, &mut codes)?;
        let kind = |code: &i64| Kind::from_code(u8::try_from(*code).unwrap_or(u8::MAX));
        codes.iter().map(kind).collect::<Result<_, _>>().map(Kinds::Column)
    }

    /// The kind of the cell at a position.
    #[inline]
    pub(super) fn at(&self, at: usize, columns: &Columns) -> Kind {
        match self {
            Kinds::Uniform(_) if columns.min[at] == columns.max[at] => Kind::Constant,
            Kinds::Uniform(kind) => *kind,
            Kinds::Column(kinds) => kinds[at],
        }
    }
}
