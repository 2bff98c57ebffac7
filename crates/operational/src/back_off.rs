//! How long to wait before something is tried again.

use std::time::Duration;

/// Waits that double from try to try, up to a limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BackOff {
    /// The wait after the first failure.
    pub first: Duration,
    /// The longest wait.
    pub longest: Duration,
}

impl Default for BackOff {
    /// From a second to a minute.
    fn default() -> Self {
        BackOff { first: Duration::from_secs(1), longest: Duration::from_secs(60) }
    }
}

impl BackOff {
    /// The wait after this many failures in a row.
    pub fn after(&self, failures: u32) -> Duration {
        let doubled = 2u32.checked_pow(failures.saturating_sub(1)).and_then(|factor| self.first.checked_mul(factor));
        doubled.unwrap_or(self.longest).min(self.longest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_the_limit() {
        let waits =
            [1, 2, 3, 4, 5, 6, 7, 8, 100, u32::MAX].map(|failures| BackOff::default().after(failures).as_secs());
        assert_eq!(waits, [1, 2, 4, 8, 16, 32, 60, 60, 60, 60]);
    }
}
