//! The local time of a metric, as distances from UTC.

/// How far local time is from UTC, and when that changes. Zones are looked up by the caller: their rules lie on a disk.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Offsets {
    /// Seconds east of UTC before the first change.
    first: i32,
    /// When it changes, in seconds since the epoch, and to what; ascending.
    changes: Vec<(i64, i32)>,
}

/// The most changes of [`Offsets`]. A zone changes four times in the year around a model at most.
pub const MAX_OFFSET_CHANGES: usize = 16;
/// The farthest from UTC that a local time may be, in seconds.
pub const MAX_OFFSET_SECONDS: i32 = 26 * 3600;

/// Why offsets are none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OffsetsFault {
    /// More than [`MAX_OFFSET_CHANGES`].
    #[error("{0} changes of the local time exceed the limit of {MAX_OFFSET_CHANGES}")]
    TooMany(usize),
    /// Farther than [`MAX_OFFSET_SECONDS`].
    #[error("an offset of {0} seconds exceeds the limit of {MAX_OFFSET_SECONDS}")]
    TooFar(i32),
    /// Changes that do not follow each other.
    #[error("the local time changes at {0} seconds, which is not after the change before")]
    Order(i64),
}

impl Offsets {
    /// `first` seconds east of UTC, and from each time (in seconds since the epoch) on what stands beside it.
    ///
    /// # Errors
    /// Names the number and the limit.
    pub fn new(first: i32, changes: Vec<(i64, i32)>) -> Result<Self, OffsetsFault> {
        if changes.len() > MAX_OFFSET_CHANGES {
            return Err(OffsetsFault::TooMany(changes.len()));
        }
        let all = std::iter::once(first).chain(changes.iter().map(|(_, offset)| *offset));
        if let Some(offset) = all.into_iter().find(|offset| offset.unsigned_abs() > MAX_OFFSET_SECONDS.unsigned_abs()) {
            return Err(OffsetsFault::TooFar(offset));
        }
        if let Some(pair) = changes.windows(2).find(|pair| pair[0].0 >= pair[1].0) {
            return Err(OffsetsFault::Order(pair[1].0));
        }
        Ok(Offsets { first, changes })
    }

    /// Local time at a time, both in seconds.
    pub(super) fn local(&self, seconds: i64) -> i64 {
        let passed = self.changes.partition_point(|(from, _)| *from <= seconds);
        let offset = passed.checked_sub(1).map_or(self.first, |last| self.changes[last].1);
        seconds + i64::from(offset)
    }

    pub(super) fn first(&self) -> i32 {
        self.first
    }

    pub(super) fn changes(&self) -> &[(i64, i32)] {
        &self.changes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn local_time_follows_the_changes() {
        let summer = Offsets::new(3600, vec![(1000, 7200), (2000, 3600)]).unwrap();
        for (seconds, expected) in [(0, 3600), (999, 4599), (1000, 8200), (1999, 9199), (2000, 5600), (9999, 13_599)] {
            assert_eq!(summer.local(seconds), expected, "{seconds}");
        }
        assert_eq!(Offsets::default().local(-7), -7);
    }

    #[test]
    fn limits_hold_at_the_limit_and_one_past_it() {
        let changes = |count: usize| (0..count as i64).map(|at| (at, 0)).collect::<Vec<_>>();
        assert!(Offsets::new(0, changes(MAX_OFFSET_CHANGES)).is_ok());
        assert_eq!(Offsets::new(0, changes(MAX_OFFSET_CHANGES + 1)), Err(OffsetsFault::TooMany(17)));
        assert!(Offsets::new(-MAX_OFFSET_SECONDS, vec![(0, MAX_OFFSET_SECONDS)]).is_ok());
        assert_eq!(Offsets::new(0, vec![(0, 93_601)]), Err(OffsetsFault::TooFar(93_601)));
        assert_eq!(Offsets::new(0, vec![(5, 1), (5, 2)]), Err(OffsetsFault::Order(5)));
    }
}
