//! What a column is told by others: the maximum by the minimum, the sum by the rest.

use super::ChunkError;

/// How the maximum is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Maximum {
    /// It is the minimum, and left out.
    Minimum,
    /// As it is.
    Plain,
    /// As what it is above the minimum.
    AboveMinimum,
}

/// How the sum is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sum {
    /// It is minimum times count, and left out.
    Product,
    /// As it is.
    Plain,
    /// As what it is above minimum times count.
    AboveMinimum,
    /// As what it is above the middle of minimum and maximum, times count.
    AboveMiddle,
    /// As what it is above a number of the whole chunk, times count.
    AboveMean,
}

impl Maximum {
    pub(super) fn code(self) -> u8 {
        self as u8
    }

    pub(super) fn from_code(code: u8) -> Result<Self, ChunkError> {
        let all = [Maximum::Minimum, Maximum::Plain, Maximum::AboveMinimum];
        all.get(usize::from(code)).copied().ok_or(ChunkError::Code { what: "maximum", code })
    }

    /// What is taken off each maximum.
    pub(super) fn told(self, minimum: i64) -> i64 {
        match self {
            Maximum::Minimum | Maximum::Plain => 0,
            Maximum::AboveMinimum => minimum,
        }
    }
}

impl Sum {
    pub(super) fn code(self) -> u8 {
        self as u8
    }

    pub(super) fn from_code(code: u8) -> Result<Self, ChunkError> {
        let all = [Sum::Product, Sum::Plain, Sum::AboveMinimum, Sum::AboveMiddle, Sum::AboveMean];
        all.get(usize::from(code)).copied().ok_or(ChunkError::Code { what: "sum", code })
    }

    /// What is taken off each sum.
    pub(super) fn told(self, count: f64, minimum: i64, maximum: i64, mean: i64) -> i64 {
        let count = count as i64;
        match self {
            Sum::Product | Sum::Plain => 0,
            Sum::AboveMinimum => count.wrapping_mul(minimum),
            Sum::AboveMiddle => count.wrapping_mul(minimum.wrapping_add(maximum)) >> 1,
            Sum::AboveMean => count.wrapping_mul(mean),
        }
    }
}
