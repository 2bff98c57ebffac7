//! Points in time.

/// The oldest a sample may be when it arrives, in seconds: two weeks.
pub const MAX_AGE_SECONDS: i64 = 14 * 24 * 3600;
/// The farthest in the future a sample may be when it arrives, in seconds: two hours.
pub const MAX_AHEAD_SECONDS: i64 = 2 * 3600;

/// Milliseconds since the Unix epoch, the precision of CloudWatch's wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Timestamp(i64);

impl Timestamp {
    /// The time `millis` milliseconds after the epoch.
    pub const fn from_millis(millis: i64) -> Self {
        Timestamp(millis)
    }

    /// The time `seconds` seconds after the epoch.
    pub const fn from_seconds(seconds: i64) -> Self {
        Timestamp(seconds.saturating_mul(1000))
    }

    /// Milliseconds since the epoch.
    pub const fn millis(self) -> i64 {
        self.0
    }

    /// Whole seconds since the epoch, rounded down.
    pub const fn seconds(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// This time plus `seconds` (which may be negative).
    #[must_use]
    pub const fn plus_seconds(self, seconds: i64) -> Self {
        Timestamp(self.0.saturating_add(seconds.saturating_mul(1000)))
    }
}
