//! The circuit breaker: a receiver that is down is left alone, and asked again later with one payload.

use std::time::Duration;

/// When a sink is left alone, and for how long.
///
/// After so many consecutive failures nothing is sent to it for some time; then one payload is sent to see. If that
/// is taken, all is well again; if not, the time starts anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Breaker {
    /// How many consecutive failures open it. 0 counts as 1.
    pub failures: u32,
    /// For how long it is open.
    pub open_for: Duration,
}

impl Breaker {
    /// How many consecutive failures open a breaker, unless told otherwise.
    pub const FAILURES: u32 = 5;
    /// For how long a breaker is open, unless told otherwise.
    pub const OPEN_FOR: Duration = Duration::from_secs(300);
}

impl Default for Breaker {
    fn default() -> Self {
        Breaker { failures: Breaker::FAILURES, open_for: Breaker::OPEN_FOR }
    }
}

/// What a breaker lets through. Times are since whatever the caller's clock counts from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Circuit {
    /// Everything.
    Closed {
        /// How many attempts failed since the last that did not.
        failures: u32,
    },
    /// Nothing.
    Open {
        /// Until when.
        until: Duration,
    },
    /// One payload, to see.
    HalfOpen,
}

impl Circuit {
    /// The one to begin with.
    pub(crate) const CLOSED: Circuit = Circuit::Closed { failures: 0 };

    /// Its name in metrics and in the log: `closed`, `open` or `half_open`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Circuit::Closed { .. } => "closed",
            Circuit::Open { .. } => "open",
            Circuit::HalfOpen => "half_open",
        }
    }
}

impl Breaker {
    /// The circuit at `now`.
    pub(crate) fn at(self, circuit: Circuit, now: Duration) -> Circuit {
        match circuit {
            Circuit::Open { until } if now >= until => Circuit::HalfOpen,
            other => other,
        }
    }

    /// The circuit after an attempt failed at `now`.
    pub(crate) fn failed(self, circuit: Circuit, now: Duration) -> Circuit {
        match circuit {
            Circuit::Closed { failures } if failures.saturating_add(1) < self.failures => {
                Circuit::Closed { failures: failures + 1 }
            }
            Circuit::Open { until } if now < until => circuit,
            _ => Circuit::Open { until: now.saturating_add(self.open_for) },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Plays a timeline: at each second, `ok` or `failed` is what an attempt came to, `look` is none.
    fn check(breaker: Breaker, timeline: &[(u64, &str, &str)]) {
        let mut circuit = Circuit::CLOSED;
        for (second, what, expected) in timeline {
            let now = Duration::from_secs(*second);
            circuit = breaker.at(circuit, now);
            circuit = match *what {
                "ok" => Circuit::CLOSED,
                "failed" => breaker.failed(circuit, now),
                _ => circuit,
            };
            let told = match circuit {
                Circuit::Closed { failures } => format!("closed {failures}"),
                Circuit::Open { until } => format!("open {}", until.as_secs()),
                Circuit::HalfOpen => "half_open".to_owned(),
            };
            assert_eq!(told, *expected, "after {what} at {second}");
        }
    }

    #[test]
    fn five_consecutive_failures_open_it_for_five_minutes() {
        check(
            Breaker::default(),
            &[
                (0, "failed", "closed 1"),
                (1, "failed", "closed 2"),
                (2, "failed", "closed 3"),
                (3, "failed", "closed 4"),
                (4, "ok", "closed 0"),
                (5, "failed", "closed 1"),
                (6, "failed", "closed 2"),
                (7, "failed", "closed 3"),
                (8, "failed", "closed 4"),
                (9, "failed", "open 309"),
                (308, "look", "open 309"),
                (309, "look", "half_open"),
                (310, "ok", "closed 0"),
            ],
        );
    }

    #[test]
    fn a_failed_probe_starts_the_time_anew() {
        let breaker = Breaker { failures: 2, open_for: Duration::from_secs(10) };
        check(
            breaker,
            &[
                (0, "failed", "closed 1"),
                (1, "failed", "open 11"),
                (2, "failed", "open 11"),
                (11, "failed", "open 21"),
                (20, "look", "open 21"),
                (25, "look", "half_open"),
                (30, "failed", "open 40"),
                (40, "ok", "closed 0"),
            ],
        );
    }

    #[test]
    fn the_first_failure_opens_it_at_one_and_at_zero() {
        for failures in [0, 1] {
            let breaker = Breaker { failures, open_for: Duration::from_secs(1) };
            check(breaker, &[(0, "failed", "open 1"), (1, "failed", "open 2"), (2, "ok", "closed 0")]);
        }
    }

    #[test]
    fn a_time_without_end_does_not_overflow() {
        let breaker = Breaker { failures: 1, open_for: Duration::MAX };
        let open = breaker.failed(Circuit::CLOSED, Duration::from_secs(5));
        assert_eq!(open, Circuit::Open { until: Duration::MAX });
    }
}
