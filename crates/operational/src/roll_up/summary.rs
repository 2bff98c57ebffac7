//! What a roll-up did.

use std::fmt;

use jiff::civil::Date;

/// How a roll-up ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It was done here.
    Done(Summary),
    /// Another instance is at it.
    Elsewhere,
}

/// What was done.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Summary {
    /// The days that were rolled up, in their order.
    pub days: Vec<RolledDay>,
    /// What was deleted after that.
    pub released: Released,
}

/// A day that was rolled up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RolledDay {
    /// Which day.
    pub date: Date,
    /// Raw rows of it.
    pub samples: u64,
    /// Daily rows that came of them.
    pub rows: u64,
}

/// What was deleted.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Released {
    /// Raw rows that were deleted one by one.
    pub rows: u64,
    /// Days whose partition was dropped.
    pub partitions: Vec<Date>,
    /// Days whose partition is too old, and was in use.
    pub postponed: Vec<Date>,
}

impl Summary {
    /// Raw rows that were rolled up.
    pub fn samples(&self) -> u64 {
        self.days.iter().map(|day| day.samples).sum()
    }

    /// Daily rows that came of them.
    pub fn rows(&self) -> u64 {
        self.days.iter().map(|day| day.rows).sum()
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.days.as_slice() {
            [] => f.write_str("no day was due")?,
            [day] => write!(f, "{day}")?,
            [first, .., last] => {
                let (days, samples, rows) = (self.days.len(), self.samples(), self.rows());
                write!(f, "{days} days from {} to {}: {samples} samples to {rows} rows", first.date, last.date)?;
            }
        }
        write!(f, "; {}", self.released)
    }
}

impl fmt::Display for RolledDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} samples to {} rows", self.date, self.samples, self.rows)
    }
}

impl fmt::Display for Released {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} old rows deleted", self.rows)?;
        if !self.partitions.is_empty() {
            write!(f, ", {} partitions dropped", self.partitions.len())?;
        }
        if !self.postponed.is_empty() {
            write!(f, ", {} partitions in use and kept for now", self.postponed.len())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_summary_is_one_line() {
        let day = |day| RolledDay { date: date(2026, 5, day), samples: 10, rows: 2 };
        let mut summary = Summary::default();
        assert_eq!(summary.to_string(), "no day was due; 0 old rows deleted");
        summary.days = vec![day(3)];
        assert_eq!(summary.to_string(), "2026-05-03: 10 samples to 2 rows; 0 old rows deleted");
        summary.days = vec![day(3), day(4), day(6)];
        summary.released = Released { rows: 7, partitions: vec![date(2026, 4, 1)], postponed: vec![date(2026, 4, 2)] };
        let expected = "3 days from 2026-05-03 to 2026-05-06: 30 samples to 6 rows; 7 old rows deleted, \
                        1 partitions dropped, 1 partitions in use and kept for now";
        assert_eq!(summary.to_string(), expected);
    }
}
