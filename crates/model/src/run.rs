//! Cells of one metric in a row, as columns of numbers.

use crate::time::Timestamp;
use crate::unit::Unit;

/// Which numbers of cells are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Numbers {
    /// Number of samples.
    pub count: bool,
    /// Sum of the samples.
    pub sum: bool,
    /// The least sample.
    pub min: bool,
    /// The greatest sample.
    pub max: bool,
}

/// Cells of one metric and unit. Columns of numbers that were not asked for may be empty, the others are as long as
/// `slots`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Run<'a> {
    /// The unit.
    pub unit: Unit,
    /// When slot 0 begins.
    pub start: Timestamp,
    /// Length of a slot in seconds.
    pub slot_seconds: i64,
    /// Slots, ascending.
    pub slots: &'a [u32],
    /// Number of samples in each cell.
    pub count: &'a [f64],
    /// Their sum.
    pub sum: &'a [f64],
    /// The least of them.
    pub min: &'a [f64],
    /// The greatest of them.
    pub max: &'a [f64],
}

impl Numbers {
    /// All of them.
    pub const ALL: Numbers = Numbers { count: true, sum: true, min: true, max: true };

    /// Those of both.
    #[must_use]
    pub const fn and(self, other: Numbers) -> Numbers {
        Numbers {
            count: self.count || other.count,
            sum: self.sum || other.sum,
            min: self.min || other.min,
            max: self.max || other.max,
        }
    }
}

impl Run<'_> {
    /// The time that a slot begins at.
    pub fn time(&self, slot: u32) -> Timestamp {
        self.start.plus_seconds(i64::from(slot) * self.slot_seconds)
    }

    /// Whether every slot follows the one before it.
    pub fn is_gapless(&self) -> bool {
        match (self.slots.first(), self.slots.last()) {
            (Some(first), Some(last)) => (last - first) as usize + 1 == self.slots.len(),
            _ => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gaps_are_seen() {
        let run = |slots| Run {
            unit: Unit::Count,
            start: Timestamp::from_seconds(1_777_896_000),
            slot_seconds: 60,
            slots,
            count: &[],
            sum: &[],
            min: &[],
            max: &[],
        };
        for (slots, is_gapless) in [(&[][..], true), (&[7], true), (&[7, 8, 9], true), (&[7, 9], false)] {
            assert_eq!(run(slots).is_gapless(), is_gapless, "{slots:?}");
        }
        assert_eq!(run(&[]).time(2), Timestamp::from_seconds(1_777_896_120));
    }
}
