//! How long to wait before trying again.

use std::time::Duration;

/// Capped exponential back-off with full jitter: after the n-th consecutive failure the next attempt comes at a random
/// time within `first * 2^(n-1)`, at most within `most`. So many processes that lost the same receiver do not come
/// back to it at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Backoff {
    /// Within which time the second attempt comes.
    pub first: Duration,
    /// What that grows to.
    pub most: Duration,
}

impl Default for Backoff {
    fn default() -> Self {
        Backoff { first: Duration::from_millis(200), most: Duration::from_secs(30) }
    }
}

impl Backoff {
    /// How long to wait after so many consecutive failures. `random` is uniform over all of its values.
    pub(crate) fn delay(self, failures: u32, random: u64) -> Duration {
        let doublings = failures.saturating_sub(1).min(63);
        let ceiling = self.first.as_nanos().saturating_mul(1 << doublings).min(self.most.as_nanos());
        let ceiling = u64::try_from(ceiling).unwrap_or(u64::MAX);
        let share = (u128::from(ceiling) * u128::from(random)) >> u64::BITS;
        Duration::from_nanos(u64::try_from(share).unwrap_or(u64::MAX))
    }
}

/// Random numbers that are good enough to spread attempts over time (SplitMix64), from a seed that tests choose.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Jitter(pub(crate) u64);

impl Jitter {
    /// The next one.
    pub(crate) fn draw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BACKOFF: Backoff = Backoff { first: Duration::from_millis(100), most: Duration::from_secs(3) };

    #[test]
    fn the_ceiling_doubles_up_to_the_cap() {
        // (failures, milliseconds at the middle of the range)
        let cases =
            [(1, 50), (2, 100), (3, 200), (4, 400), (5, 800), (6, 1500), (7, 1500), (64, 1500), (u32::MAX, 1500)];
        for (failures, expected) in cases {
            assert_eq!(BACKOFF.delay(failures, 1 << 63), Duration::from_millis(expected), "{failures} failures");
        }
    }

    #[test]
    fn the_jitter_is_full() {
        assert_eq!(BACKOFF.delay(3, 0), Duration::ZERO);
        let longest = BACKOFF.delay(3, u64::MAX);
        assert!(longest < Duration::from_millis(400) && longest > Duration::from_micros(399_999), "{longest:?}");
    }

    #[test]
    fn durations_without_end_do_not_overflow() {
        let backoff = Backoff { first: Duration::MAX, most: Duration::MAX };
        assert!(backoff.delay(u32::MAX, u64::MAX) > Duration::from_secs(100 * 365 * 86_400));
    }

    #[test]
    fn draws_are_spread_over_the_range() {
        let mut jitter = Jitter(1);
        let mut sixteenths = [0; 16];
        (0..1600).for_each(|_| sixteenths[(jitter.draw() >> 60) as usize] += 1);
        assert!(sixteenths.iter().all(|count| (50..=150).contains(count)), "{sixteenths:?}");
    }
}
