//! How long a new alarm waits before it judges.

use nepho_model::Timestamp;

/// The longest warm-up, in minutes: two days.
pub const MAX_WARM_UP_MINUTES: i32 = 2880;

/// WarmUpConfiguration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WarmUp {
    minutes: u16,
    to_the_end: bool,
}

impl WarmUp {
    /// A warm-up of 1 to [`MAX_WARM_UP_MINUTES`]; `to_the_end` if it does not end before, however much data there is.
    pub fn new(minutes: i32, to_the_end: bool) -> Option<Self> {
        let minutes =
            u16::try_from(minutes).ok().filter(|minutes| (1..=MAX_WARM_UP_MINUTES as u16).contains(minutes))?;
        Some(WarmUp { minutes, to_the_end })
    }

    /// WarmUpPeriodDurationInMinutes.
    pub const fn minutes(self) -> i32 {
        self.minutes as i32
    }

    /// OnlyStartEvaluatingAfterWarmUpPeriodEnds.
    pub const fn is_to_the_end(self) -> bool {
        self.to_the_end
    }

    /// When it ends at the latest, for an alarm that was created then.
    pub const fn end(self, created: Timestamp) -> Timestamp {
        created.plus_seconds(self.minutes as i64 * 60)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_takes_two_days_at_most() {
        for minutes in [1, MAX_WARM_UP_MINUTES] {
            assert_eq!(WarmUp::new(minutes, true).map(WarmUp::minutes), Some(minutes));
        }
        for minutes in [i32::MIN, -1, 0, MAX_WARM_UP_MINUTES + 1, i32::MAX] {
            assert_eq!(WarmUp::new(minutes, true), None);
        }
        let created = Timestamp::from_seconds(1_777_896_000);
        assert_eq!(WarmUp::new(5, false).unwrap().end(created), created.plus_seconds(300));
    }
}
