//! The four resolutions at which cells are kept, and for how long.

use nepho_model::{Resolution, Timestamp};

const HOUR: i64 = 3600;
const DAY: i64 = 24 * HOUR;
/// Seconds after its end that a partition is left alone, for samples that come a little late. So long after a full
/// hour what is in memory is written to disk, too: what rolls up is on disk then, and all of a partition at once.
pub(crate) const SETTLE_SECONDS: i64 = 300;

/// A resolution of stored cells. A cell is in one tier only; when it is too old for it, it is merged into
/// the next coarser one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Tier {
    /// One-second cells.
    Second,
    /// One-minute cells.
    Minute,
    /// Five-minute cells.
    FiveMinutes,
    /// One-hour cells.
    Hour,
}

impl Tier {
    /// Every tier, the finest first.
    pub const ALL: [Tier; 4] = [Tier::Second, Tier::Minute, Tier::FiveMinutes, Tier::Hour];

    /// Length of a slot in seconds.
    pub const fn slot_seconds(self) -> i64 {
        match self {
            Tier::Second => 1,
            Tier::Minute => 60,
            Tier::FiveMinutes => 300,
            Tier::Hour => HOUR,
        }
    }

    /// Length in seconds of the stretch of time whose cells of one metric are kept as one chunk.
    pub const fn partition_seconds(self) -> i64 {
        match self {
            Tier::Second | Tier::Minute => HOUR,
            Tier::FiveMinutes => DAY,
            Tier::Hour => 30 * DAY,
        }
    }

    /// The next coarser tier.
    pub const fn coarser(self) -> Option<Tier> {
        match self {
            Tier::Second => Some(Tier::Minute),
            Tier::Minute => Some(Tier::FiveMinutes),
            Tier::FiveMinutes => Some(Tier::Hour),
            Tier::Hour => None,
        }
    }

    /// The tier's code on disk.
    pub const fn code(self) -> u8 {
        match self {
            Tier::Second => 0,
            Tier::Minute => 1,
            Tier::FiveMinutes => 2,
            Tier::Hour => 3,
        }
    }

    /// The tier with this code on disk.
    pub fn from_code(code: u8) -> Option<Self> {
        Tier::ALL.get(usize::from(code)).copied()
    }

    /// The start of the partition that `seconds` (since the epoch) falls into.
    pub const fn partition_of(self, seconds: i64) -> i64 {
        seconds.div_euclid(self.partition_seconds()) * self.partition_seconds()
    }
}

/// How long each tier is kept, in seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retention {
    /// One-second cells; 3 hours.
    pub second: i64,
    /// One-minute cells; 15 days.
    pub minute: i64,
    /// Five-minute cells; 63 days.
    pub five_minutes: i64,
    /// One-hour cells; 455 days. Metrics without data for so long are forgotten.
    pub hour: i64,
}

impl Default for Retention {
    fn default() -> Self {
        Retention { second: 3 * HOUR, minute: 15 * DAY, five_minutes: 63 * DAY, hour: 455 * DAY }
    }
}

impl Retention {
    /// How long cells of `tier` are kept.
    pub const fn of(&self, tier: Tier) -> i64 {
        match tier {
            Tier::Second => self.second,
            Tier::Minute => self.minute,
            Tier::FiveMinutes => self.five_minutes,
            Tier::Hour => self.hour,
        }
    }

    /// The tier for a sample of `resolution` at `time`: the finest that still keeps data of that age. `None`
    /// when no tier does.
    pub fn tier_for(&self, resolution: Resolution, time: Timestamp, now: Timestamp) -> Option<Tier> {
        let finest = match resolution {
            Resolution::Second => Tier::Second,
            Resolution::Minute => Tier::Minute,
        };
        Tier::ALL.into_iter().filter(|tier| *tier >= finest).find(|tier| !self.is_past(*tier, time.seconds(), now))
    }

    /// Whether the partition of `tier` that `seconds` falls into is over its age as a whole, and has settled.
    pub fn is_past(&self, tier: Tier, seconds: i64, now: Timestamp) -> bool {
        tier.partition_of(seconds) + tier.partition_seconds() + self.of(tier) + SETTLE_SECONDS <= now.seconds()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn late_samples_go_to_the_tier_that_still_keeps_them() {
        let now = Timestamp::from_seconds(1000 * DAY);
        let cases = [
            (Resolution::Second, 0, Some(Tier::Second)),
            (Resolution::Second, 2 * HOUR, Some(Tier::Second)),
            (Resolution::Second, 5 * HOUR, Some(Tier::Minute)),
            (Resolution::Minute, 5 * HOUR, Some(Tier::Minute)),
            (Resolution::Minute, 14 * DAY, Some(Tier::Minute)),
            (Resolution::Minute, 16 * DAY, Some(Tier::FiveMinutes)),
            (Resolution::Minute, 100 * DAY, Some(Tier::Hour)),
            (Resolution::Minute, 500 * DAY, None),
        ];
        for (resolution, age, expected) in cases {
            let tier = Retention::default().tier_for(resolution, now.plus_seconds(-age), now);
            assert_eq!(tier, expected, "{resolution:?} {age} s ago");
        }
    }
}
