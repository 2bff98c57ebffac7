//! When a delivery that failed is tried again.
//!
//! A [`RetryPolicy`] has four phases, one after the other: at once, after the shortest delay, after delays that grow, after the
//! longest delay. For queues, functions and mail the policy is fixed; for HTTP it is that of the subscription, or of its
//! topic, or SNS's own. What AWS leaves open is in `docs/decisions/delivery-retries.md`.
//!
//! ```
//! use nepho_notify::retry::RetryPolicy;
//!
//! let delays: Vec<_> = (1..).map_while(|retry| RetryPolicy::HTTP.delay_seconds(retry)).collect();
//! assert_eq!(delays, [20.0, 20.0, 20.0]);
//! ```

mod after;
mod backoff;
mod policy;

pub use after::RetryAfter;
pub use backoff::BackoffFunction;
pub use policy::{
    DeliveryPolicy, MAX_DELAY_SECONDS, MAX_RETRIES, MAX_TOTAL_SECONDS, PolicyFault, SubscriptionPolicy, TopicPolicy,
};

/// When a delivery that failed is tried again. Delays are in seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetryPolicy {
    /// The shortest delay.
    pub min_delay_seconds: u32,
    /// The longest delay.
    pub max_delay_seconds: u32,
    /// How many retries there are, of all phases.
    pub retries: u32,
    /// Of these the first, without a delay.
    pub no_delay_retries: u32,
    /// Then so many after the shortest delay.
    pub min_delay_retries: u32,
    /// The last, after the longest delay.
    pub max_delay_retries: u32,
    /// How delays grow in between.
    pub backoff: BackoffFunction,
}

impl RetryPolicy {
    /// Of HTTP and HTTPS endpoints that nobody has said anything else about.
    pub const HTTP: RetryPolicy = RetryPolicy {
        min_delay_seconds: 20,
        max_delay_seconds: 20,
        retries: 3,
        no_delay_retries: 0,
        min_delay_retries: 0,
        max_delay_retries: 0,
        backoff: BackoffFunction::Linear,
    };

    /// Of queues: 100,015 retries over 23 days.
    pub const QUEUE: RetryPolicy = RetryPolicy {
        min_delay_seconds: 1,
        max_delay_seconds: 20,
        retries: 100_015,
        no_delay_retries: 3,
        min_delay_retries: 2,
        max_delay_retries: 100_000,
        backoff: BackoffFunction::Exponential,
    };

    /// Of mail: 50 retries over six hours.
    pub const MAIL: RetryPolicy = RetryPolicy {
        min_delay_seconds: 10,
        max_delay_seconds: 600,
        retries: 50,
        no_delay_retries: 0,
        min_delay_retries: 2,
        max_delay_retries: 38,
        backoff: BackoffFunction::Exponential,
    };

    /// How many retries lie between the shortest and the longest delay.
    pub fn backoff_retries(&self) -> u32 {
        let others =
            self.no_delay_retries.saturating_add(self.min_delay_retries).saturating_add(self.max_delay_retries);
        self.retries.saturating_sub(others)
    }

    /// The delay before a retry, the first of which is 1, in seconds; `None` when there are not so many.
    pub fn delay_seconds(&self, retry: u32) -> Option<f64> {
        if retry == 0 || retry > self.retries {
            return None;
        }
        let (min, max) = (f64::from(self.min_delay_seconds), f64::from(self.max_delay_seconds));
        let after_no_delay = retry.saturating_sub(self.no_delay_retries);
        let after_min = after_no_delay.saturating_sub(self.min_delay_retries);
        Some(match (after_no_delay, after_min) {
            (0, _) => 0.0,
            (_, 0) => min,
            (_, step) if step <= self.backoff_retries() => self.backoff.delay(min, max, step, self.backoff_retries()),
            _ => max,
        })
    }

    /// All delays together, in seconds.
    pub fn total_seconds(&self) -> f64 {
        let growing = self.backoff_retries();
        let (min, max) = (f64::from(self.min_delay_seconds), f64::from(self.max_delay_seconds));
        let growing: f64 = (1..=growing).map(|step| self.backoff.delay(min, max, step, growing)).sum();
        min * f64::from(self.min_delay_retries) + growing + max * f64::from(self.max_delay_retries)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn delays(policy: &RetryPolicy, count: u32) -> Vec<f64> {
        (1..=count).map_while(|retry| policy.delay_seconds(retry)).map(|delay| (delay * 10.0).round() / 10.0).collect()
    }

    #[test]
    fn phases_follow_each_other() {
        let queue = delays(&RetryPolicy::QUEUE, 18);
        let expected = [0.0, 0.0, 0.0, 1.0, 1.0, 1.0, 1.0, 1.1, 1.3, 1.6, 2.2, 3.3, 5.7, 10.5, 20.0, 20.0, 20.0, 20.0];
        assert_eq!(queue, expected);
        assert_eq!(RetryPolicy::QUEUE.delay_seconds(100_015), Some(20.0));
        assert_eq!(RetryPolicy::QUEUE.delay_seconds(100_016), None);
        assert_eq!(RetryPolicy::QUEUE.delay_seconds(0), None);
        let days = RetryPolicy::QUEUE.total_seconds() / 86_400.0;
        assert!((23.0..24.0).contains(&days), "{days}");
        let mail = delays(&RetryPolicy::MAIL, 60);
        assert_eq!((mail.len(), mail[0], mail[1], mail[2], mail[11], mail[49]), (50, 10.0, 10.0, 10.0, 600.0, 600.0));
        assert!((6.0..7.5).contains(&(RetryPolicy::MAIL.total_seconds() / 3600.0)));
        assert_eq!(delays(&RetryPolicy::HTTP, 5), [20.0, 20.0, 20.0]);
    }

    #[test]
    fn a_policy_without_retries_has_none() {
        let none = RetryPolicy { retries: 0, ..RetryPolicy::HTTP };
        assert_eq!(none.delay_seconds(1), None);
        assert_eq!(none.total_seconds(), 0.0);
    }
}
