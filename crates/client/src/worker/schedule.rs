//! When what is counted is collected, and when it leaves.

use std::time::Duration;

use nepho_model::Timestamp;

const MINUTE_MILLIS: i64 = 60_000;

/// Samples are collected at the end of each minute of the clock, so that each minute gets what belongs to it, and leave
/// once an interval. The first interval is cut short by chance: processes that start together do not all send at once.
#[derive(Debug)]
pub(crate) struct Schedule {
    interval: Duration,
    leave_at: Duration,
    minute: i64,
}

/// What is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Due {
    /// The time that what is collected now gets, if something is to be collected.
    pub(crate) collect: Option<Timestamp>,
    /// Whether it leaves.
    pub(crate) leave: bool,
}

impl Schedule {
    /// Begins at `now`; `random` cuts the first interval short by up to half.
    pub(crate) fn new(interval: Duration, now: Duration, clock: Timestamp, random: u64) -> Self {
        let cut = interval.mul_f64(random as f64 / u64::MAX as f64 / 2.0);
        Schedule { interval, leave_at: now + interval - cut, minute: minute(clock) }
    }

    /// What is due, at a steady time and by the clock. `hurry` makes everything due.
    pub(crate) fn due(&mut self, now: Duration, clock: Timestamp, hurry: bool) -> Due {
        let leave = hurry || now >= self.leave_at;
        if now >= self.leave_at {
            // Whatever was missed is not made up for.
            let late = now - self.leave_at;
            let interval = self.interval.max(Duration::from_millis(1));
            let missed = u32::try_from(late.as_nanos() / interval.as_nanos()).unwrap_or(u32::MAX);
            self.leave_at += interval.saturating_mul(missed.saturating_add(1));
        }
        let before = std::mem::replace(&mut self.minute, minute(clock));
        let collect = if before < self.minute {
            // It came in during the minute that is over.
            Some(Timestamp::from_millis((before + 1) * MINUTE_MILLIS - 1))
        } else {
            leave.then_some(clock)
        };
        Due { collect, leave }
    }

    /// How long nothing will be due.
    pub(crate) fn next(&self, now: Duration, clock: Timestamp) -> Duration {
        let to_minute = MINUTE_MILLIS - clock.millis().rem_euclid(MINUTE_MILLIS);
        let to_minute = Duration::from_millis(to_minute.unsigned_abs());
        self.leave_at.saturating_sub(now).min(to_minute)
    }
}

fn minute(clock: Timestamp) -> i64 {
    clock.millis().div_euclid(MINUTE_MILLIS)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Seconds since the start, at which it is 12:00:30; what is collected is given in seconds after 12:00:00.
    #[test]
    fn minutes_are_kept_apart_and_leave_together() {
        let clock = |seconds: u64| Timestamp::from_seconds(43_200 + 30).plus_seconds(seconds.cast_signed());
        let mut schedule = Schedule::new(Duration::from_secs(60), Duration::ZERO, clock(0), u64::MAX / 2);
        let cases = [
            (1, false, None, false),
            (29, false, None, false),
            (30, false, Some(59.999), false),
            (44, false, None, false),
            (45, false, Some(75.0), true),
            (46, false, None, false),
            (90, false, Some(119.999), false),
            (100, true, Some(130.0), true),
            (105, false, Some(135.0), true),
            // The process stood still for some minutes.
            (400, false, Some(179.999), true),
            (401, false, None, false),
            (405, false, Some(435.0), true),
            (464, false, Some(479.999), false),
            (465, false, Some(495.0), true),
        ];
        for (seconds, hurry, collect, leave) in cases {
            let due = schedule.due(Duration::from_secs(seconds), clock(seconds), hurry);
            let collected = due.collect.map(|at| (at.millis() - 43_200_000) as f64 / 1000.0);
            assert_eq!((collected, due.leave), (collect, leave), "after {seconds} s");
        }
        assert_eq!(schedule.next(Duration::from_secs(465), clock(465)), Duration::from_secs(45));
    }

    #[test]
    fn a_first_interval_is_between_half_and_whole() {
        let at = |random| Schedule::new(Duration::from_secs(60), Duration::ZERO, Timestamp::default(), random).leave_at;
        assert_eq!((at(0), at(u64::MAX)), (Duration::from_secs(60), Duration::from_secs(30)));
    }
}
