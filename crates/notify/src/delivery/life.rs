//! From attempt to attempt.

use nepho_model::Timestamp;

use super::outcome::Outcome;
use crate::retry::RetryPolicy;

/// How much longer a delay can get by chance, so that what failed together is not tried again together.
pub const JITTER_SHARE: f64 = 0.1;

/// What holds for a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Terms {
    /// When it is tried again.
    pub retries: RetryPolicy,
    /// Whether there is a queue for what cannot be delivered.
    pub has_dead_letter_queue: bool,
}

/// Where a delivery stands. Attempts are those at the endpoint; redrives are those at the dead-letter queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delivery {
    /// It is tried at its endpoint, next at a time.
    Waiting {
        /// So far.
        attempts: u32,
        /// When it is tried next.
        due: Timestamp,
    },
    /// It is tried at the dead-letter queue, next at a time.
    Redriving {
        /// In all.
        attempts: u32,
        /// So far.
        redrives: u32,
        /// When it is tried next.
        due: Timestamp,
    },
    /// It is kept for now: its subscription wants to be spared repeats, or to get alarms together.
    Held,
    /// Another message has gone out in its place.
    Folded,
    /// The endpoint has it.
    Delivered {
        /// In all.
        attempts: u32,
    },
    /// The dead-letter queue has it.
    DeadLettered {
        /// In all.
        attempts: u32,
    },
    /// Nobody has it.
    Discarded {
        /// In all.
        attempts: u32,
    },
}

impl Delivery {
    /// A delivery that nobody has tried yet.
    pub const fn new(now: Timestamp) -> Self {
        Delivery::Waiting { attempts: 0, due: now }
    }

    /// When it is tried next; `None` at its end, and as long as it is kept.
    pub const fn due(&self) -> Option<Timestamp> {
        match self {
            Delivery::Waiting { due, .. } | Delivery::Redriving { due, .. } => Some(*due),
            Delivery::Held
            | Delivery::Folded
            | Delivery::Delivered { .. }
            | Delivery::DeadLettered { .. }
            | Delivery::Discarded { .. } => None,
        }
    }

    /// How often its endpoint was tried.
    pub const fn attempts(&self) -> u32 {
        match self {
            Delivery::Held | Delivery::Folded => 0,
            Delivery::Waiting { attempts, .. }
            | Delivery::Redriving { attempts, .. }
            | Delivery::Delivered { attempts }
            | Delivery::DeadLettered { attempts }
            | Delivery::Discarded { attempts } => *attempts,
        }
    }

    /// What is next after the attempt that was due has ended at `now`. `jitter` is from 0 to 1. A delivery at its end stays
    /// there.
    #[must_use]
    pub fn step(self, terms: &Terms, outcome: Outcome, now: Timestamp, jitter: f64) -> Self {
        match self {
            Delivery::Waiting { attempts, .. } => {
                let attempts = attempts.saturating_add(1);
                match outcome {
                    Outcome::Delivered => Delivery::Delivered { attempts },
                    Outcome::Refused => given_up(terms, attempts, now),
                    failed => match later(&terms.retries, attempts, failed, now, jitter) {
                        Some(due) => Delivery::Waiting { attempts, due },
                        None => given_up(terms, attempts, now),
                    },
                }
            }
            Delivery::Redriving { attempts, redrives, .. } => {
                let redrives = redrives.saturating_add(1);
                match outcome {
                    Outcome::Delivered => Delivery::DeadLettered { attempts },
                    Outcome::Refused => Delivery::Discarded { attempts },
                    failed => match later(&RetryPolicy::QUEUE, redrives, failed, now, jitter) {
                        Some(due) => Delivery::Redriving { attempts, redrives, due },
                        None => Delivery::Discarded { attempts },
                    },
                }
            }
            ended => ended,
        }
    }
}

fn given_up(terms: &Terms, attempts: u32, now: Timestamp) -> Delivery {
    match terms.has_dead_letter_queue {
        true => Delivery::Redriving { attempts, redrives: 0, due: now },
        false => Delivery::Discarded { attempts },
    }
}

/// When it is tried again after so many attempts, the last of which ended at `now`: after the delay of the policy, or when the
/// endpoint wants it, whichever is later.
fn later(retries: &RetryPolicy, attempts: u32, failed: Outcome, now: Timestamp, jitter: f64) -> Option<Timestamp> {
    let delay = retries.delay_seconds(attempts)?;
    let delay = match failed {
        Outcome::Busy(after) => delay.max(after.delay_seconds(now)),
        _ => delay,
    };
    let seconds = delay * (1.0 + JITTER_SHARE * jitter.clamp(0.0, 1.0));
    Some(Timestamp::from_millis(now.millis().saturating_add((seconds * 1000.0).round() as i64)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::retry::RetryAfter;

    /// Outcomes in a line, of attempts that take no time, and what came of each.
    fn check(retries: RetryPolicy, has_dead_letter_queue: bool, outcomes: &str, expect: &str) {
        let terms = Terms { retries, has_dead_letter_queue };
        let mut delivery = Delivery::new(Timestamp::from_seconds(0));
        let mut told = Vec::new();
        for outcome in outcomes.split_whitespace() {
            let outcome = match outcome {
                "ok" => Outcome::Delivered,
                "refused" => Outcome::Refused,
                "timeout" => Outcome::Failed,
                answer => {
                    let (status, after) = answer.split_once('+').unwrap_or((answer, ""));
                    Outcome::of_answer(status.parse().unwrap(), RetryAfter::parse(after, None))
                }
            };
            let now = delivery.due().unwrap_or_default();
            delivery = delivery.step(&terms, outcome, now, 0.0);
            told.push(match delivery {
                Delivery::Waiting { due, .. } => format!("{}s", due.seconds()),
                Delivery::Redriving { due, .. } => format!("dead@{}s", due.seconds()),
                Delivery::Delivered { attempts } => format!("delivered/{attempts}"),
                Delivery::DeadLettered { attempts } => format!("dead-lettered/{attempts}"),
                Delivery::Discarded { attempts } => format!("discarded/{attempts}"),
                Delivery::Held | Delivery::Folded => panic!("no attempt leads there"),
            });
        }
        assert_eq!(told.join(" "), expect, "{outcomes}");
    }

    #[test]
    fn each_way_to_fail_ends_where_it_should() {
        let (http, queue) = (RetryPolicy::HTTP, RetryPolicy::QUEUE);
        let once = RetryPolicy { retries: 0, ..http };
        check(http, false, "200", "delivered/1");
        check(http, false, "500 timeout 200", "20s 40s delivered/3");
        check(http, false, "500 502 503 504", "20s 40s 60s discarded/4");
        check(http, true, "500 502 503 504 ok", "20s 40s 60s dead@60s dead-lettered/4");
        check(http, false, "404", "discarded/1");
        check(http, false, "301", "discarded/1");
        check(http, false, "429 429 204", "20s 40s delivered/3");
        check(http, true, "410 ok", "dead@0s dead-lettered/1");
        check(http, true, "410 refused", "dead@0s discarded/1");
        check(
            http,
            true,
            "410 timeout timeout timeout timeout ok",
            "dead@0s dead@0s dead@0s dead@0s dead@1s dead-lettered/1",
        );
        check(once, false, "timeout", "discarded/1");
        check(queue, false, "timeout timeout timeout timeout timeout timeout ok", "0s 0s 0s 1s 2s 3s delivered/7");
        check(queue, true, "refused ok", "dead@0s dead-lettered/1");
        check(RetryPolicy::MAIL, false, "timeout timeout timeout", "10s 20s 30s");
        // An endpoint that wants to be left alone is, for an hour at most, and no longer than the policy has retries.
        check(http, false, "429+120 200", "120s delivered/2");
        check(http, false, "503+120 503 429+7 200", "120s 140s 160s delivered/4");
        check(http, true, "503+86400 503+86400 503+86400 503+60", "3600s 7200s 10800s dead@10800s");
        check(http, false, "500+120 404+120", "20s discarded/2");
        check(RetryPolicy::MAIL, false, "429+5 429+15", "10s 25s");
        // What has ended stays as it is.
        check(http, false, "200 500", "delivered/1 delivered/1");
    }

    fn policy() -> impl Strategy<Value = RetryPolicy> {
        (0_u32..5, 0_u32..5, 0_u32..5, 0_u32..5, 0_u32..50, 0_u32..50).prop_map(|(no, min, grow, max, low, more)| {
            RetryPolicy {
                min_delay_seconds: low,
                max_delay_seconds: low + more,
                retries: no + min + grow + max,
                no_delay_retries: no,
                min_delay_retries: min,
                max_delay_retries: max,
                ..RetryPolicy::HTTP
            }
        })
    }

    proptest! {
        #[test]
        fn every_delivery_ends_after_as_many_attempts_as_its_policy_allows(
            retries in policy(),
            has_dead_letter_queue in any::<bool>(),
            outcomes in prop::collection::vec(0_u8..8, 0..40),
            jitter in 0.0..1.0,
        ) {
            let terms = Terms { retries, has_dead_letter_queue };
            let mut delivery = Delivery::new(Timestamp::from_seconds(0));
            let mut outcomes = outcomes.into_iter().map(|n| match n {
                0 => Outcome::Delivered,
                1 => Outcome::Refused,
                _ => Outcome::Failed,
            });
            let mut last = Timestamp::from_seconds(0);
            while let Delivery::Waiting { attempts, due } = delivery {
                prop_assert!(due >= last, "time goes on");
                prop_assert!(attempts <= retries.retries);
                last = due;
                let outcome = outcomes.next().unwrap_or(Outcome::Failed);
                let next = delivery.step(&terms, outcome, due, jitter);
                prop_assert_eq!(next.attempts(), attempts + 1);
                match (outcome, next) {
                    (Outcome::Delivered, Delivery::Delivered { .. }) | (Outcome::Failed, Delivery::Waiting { .. }) => {}
                    (Outcome::Delivered, _) => prop_assert!(false, "{next:?}"),
                    (Outcome::Refused, _) | (Outcome::Failed | Outcome::Busy(_), _) => {
                        prop_assert_eq!(matches!(next, Delivery::Redriving { .. }), has_dead_letter_queue);
                        prop_assert!(outcome == Outcome::Refused || attempts == retries.retries);
                    }
                }
                delivery = next;
            }
            prop_assert!(last.millis() as f64 <= retries.total_seconds() * 1000.0 * (1.0 + JITTER_SHARE) + 20.0);
        }
    }
}
