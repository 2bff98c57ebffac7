//! What is remembered of an outage, and what follows from one more look.

use serde::{Deserialize, Serialize};

/// Looks without a majority after which a recovery is begun.
const FAILURES_BEFORE_RECOVERY: u32 = 3;

/// An outage, from one invocation to the next.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Outage {
    /// Looks without a majority, one after the other, up to now.
    pub(super) consecutive_failures: u32,
    /// Whether a recovery has begun.
    is_recovering: bool,
}

/// What follows from a look.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Step {
    /// The outage now.
    pub(super) outage: Outage,
    /// A recovery is to begin.
    pub(super) is_recovery_due: bool,
    /// The cluster is back, after a recovery.
    pub(super) is_over: bool,
}

impl Outage {
    /// A look at the cluster: it fails unless more than half of the instances are healthy.
    pub(super) fn step(self, healthy: usize, instances: usize) -> Step {
        if healthy > instances / 2 {
            return Step { outage: Outage::default(), is_recovery_due: false, is_over: self.is_recovering };
        }
        let outage = Outage { consecutive_failures: self.consecutive_failures.saturating_add(1), ..self };
        let is_recovery_due = !self.is_recovering && outage.consecutive_failures >= FAILURES_BEFORE_RECOVERY;
        Step { outage, is_recovery_due, is_over: false }
    }

    /// The same, with a recovery begun.
    pub(super) fn with_recovery(self) -> Self {
        Outage { is_recovering: true, ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Plays looks at three instances: `x` as many as are healthy; what comes of it in letters: failures so far, R for a
    /// recovery that is due and begins, ! for one that does not begin, C for a cluster that is back.
    fn play(looks: &[usize], does_begin: bool) -> String {
        let mut outage = Outage::default();
        let mut text = String::new();
        for healthy in looks {
            let step = outage.step(*healthy, 3);
            outage = if step.is_recovery_due && does_begin { step.outage.with_recovery() } else { step.outage };
            text.push_str(&outage.consecutive_failures.to_string());
            text.push_str(match (step.is_recovery_due, step.is_over) {
                (true, _) if does_begin => "R ",
                (true, _) => "! ",
                (_, true) => "C ",
                _ => " ",
            });
        }
        text
    }

    #[test]
    fn a_recovery_begins_once_and_ends_with_the_outage() {
        let cases: [(&[usize], bool, &str); 6] = [
            (&[3, 2, 3], true, "0 0 0 "),
            (&[1, 1, 2, 1], true, "1 2 0 1 "),
            (&[1, 0, 1, 0, 1, 2, 3], true, "1 2 3R 4 5 0C 0 "),
            (&[0, 0, 0, 3, 0, 0, 0, 3], true, "1 2 3R 0C 1 2 3R 0C "),
            (&[0, 0, 0, 0, 3], false, "1 2 3! 4! 0 "),
            (&[], true, ""),
        ];
        for (looks, does_begin, expected) in cases {
            assert_eq!(play(looks, does_begin), expected, "{looks:?}");
        }
    }

    #[test]
    fn more_than_half_is_a_majority() {
        for (healthy, instances, is_failure) in
            [(0, 0, true), (0, 1, true), (1, 1, false), (1, 2, true), (2, 3, false), (2, 4, true), (3, 5, false)]
        {
            let step = Outage::default().step(healthy, instances);
            assert_eq!(step.outage.consecutive_failures == 1, is_failure, "{healthy} of {instances}");
        }
    }
}
