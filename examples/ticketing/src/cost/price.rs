//! Prices.
//!
//! List prices of us-east-1, in US dollars, without the free tier, as of November 2026: third-party pages and AWS's own
//! table of what is free (section 10 of this project's notes on CloudWatch). Other Regions cost up to a quarter more.
//! AWS's own page decides: <https://aws.amazon.com/cloudwatch/pricing/>.

use super::emitted::Emitted;

/// What a custom metric costs a month, by how many there are: up to so many, each costs so much.
const METRIC_TIERS: [(u64, f64); 4] = [(10_000, 0.30), (250_000, 0.10), (1_000_000, 0.05), (u64::MAX, 0.02)];
/// What a gigabyte of log events costs to take in.
const LOG_GIGABYTE: f64 = 0.50;
/// What a thousand requests of PutMetricData cost.
const THOUSAND_REQUESTS: f64 = 0.01;
/// What each log event counts beside its text, in bytes.
pub const EVENT_BYTES: usize = 26;
/// How many intervals of a minute a month has that is billed as 730 hours.
pub const INTERVALS_A_MONTH: f64 = 730.0 * 60.0;
const GIGABYTE: f64 = 1024.0 * 1024.0 * 1024.0;

/// What a month costs, in US dollars.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Bill {
    /// The metrics.
    pub metrics: f64,
    /// Taking in the log events of EMF.
    pub logs: f64,
    /// Requests of PutMetricData.
    pub requests: f64,
}

impl Bill {
    /// All of it.
    pub fn total(&self) -> f64 {
        self.metrics + self.logs + self.requests
    }
}

/// What a month of such intervals costs.
pub fn bill(interval: &Emitted) -> Bill {
    Bill {
        metrics: metrics_price(interval.metrics),
        logs: interval.log_bytes * INTERVALS_A_MONTH / GIGABYTE * LOG_GIGABYTE,
        requests: interval.requests * INTERVALS_A_MONTH / 1000.0 * THOUSAND_REQUESTS,
    }
}

/// What so many metrics cost a month.
pub fn metrics_price(metrics: u64) -> f64 {
    let mut below = 0;
    let mut sum = 0.0;
    for (up_to, each) in METRIC_TIERS {
        let within = metrics.min(up_to) - below.min(metrics);
        sum += within as f64 * each;
        below = up_to;
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metrics_cost_less_each_the_more_there_are() {
        let cases = [
            (0, 0.0),
            (1, 0.30),
            (10_000, 3_000.0),
            (10_001, 3_000.10),
            (250_000, 27_000.0),
            (250_001, 27_000.05),
            (1_000_000, 64_500.0),
            (1_000_001, 64_500.02),
        ];
        for (metrics, expected) in cases {
            let price = metrics_price(metrics);
            assert!((price - expected).abs() < 1e-6, "{metrics}: {price}");
        }
    }

    #[test]
    fn a_bill_is_made_of_metrics_logs_and_requests() {
        let interval = Emitted { metrics: 20, documents: 1.0, log_bytes: GIGABYTE / INTERVALS_A_MONTH, requests: 1.0 };
        let bill = bill(&interval);
        let expected = Bill { metrics: 6.0, logs: 0.5, requests: 0.438 };
        for (price, expected) in [
            (bill.metrics, expected.metrics),
            (bill.logs, expected.logs),
            (bill.requests, expected.requests),
            (bill.total(), 6.938),
        ] {
            assert!((price - expected).abs() < 1e-9, "{bill:?}");
        }
    }
}
