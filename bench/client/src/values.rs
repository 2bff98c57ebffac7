//! What is measured with: dimension values that the compiler does not know, and numbers to record.

use std::hint::black_box;
use std::sync::Arc;

use crate::random::Random;

/// So many sets of dimension values are used in turn, each in memory of its own, as those of requests are.
pub(crate) const LABELS: usize = 64;
/// So many numbers are recorded in turn.
pub(crate) const NUMBERS: usize = 4096;

/// The names of the three dimensions.
pub(crate) const NAMES: [&str; 3] = ["Service", "Operation", "Status"];

/// The values of the three dimensions.
#[derive(Debug, Clone)]
pub(crate) struct Labels {
    pub(crate) service: String,
    pub(crate) operation: String,
    pub(crate) status: String,
}

impl Labels {
    /// The values of series `series`.
    pub(crate) fn of(series: usize) -> Labels {
        let service = black_box("checkout-service").to_owned();
        let operation = format!("Operation{:02}", black_box(series));
        let status = black_box(["success", "failure"])[series % 2].to_owned();
        Labels { service, operation, status }
    }
}

/// [`LABELS`] sets of values that are those of `series` series in turn.
pub(crate) fn labels(series: usize) -> Arc<[Labels; LABELS]> {
    Arc::new(std::array::from_fn(|at| Labels::of(at % series)))
}

/// Milliseconds of a latency: log-normal, median 20.
pub(crate) fn latencies() -> Arc<[f64; NUMBERS]> {
    let mut random = Random::new(7);
    Arc::new(std::array::from_fn(|_| (3.0 + 0.8 * random.normal()).exp()))
}

/// Numbers of which only eight are distinct.
pub(crate) fn few() -> Arc<[f64; NUMBERS]> {
    let mut random = Random::new(8);
    let distinct = [1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0];
    Arc::new(std::array::from_fn(|_| distinct[random.below(distinct.len() as u64) as usize]))
}

/// A metric's name and the values of its dimensions.
#[derive(Debug, Clone)]
pub(crate) struct Series {
    pub(crate) name: String,
    pub(crate) labels: Labels,
}

/// So many series, of metrics that have a hundred series each.
pub(crate) fn many(series: usize) -> Vec<Series> {
    const OF_A_METRIC: usize = 100;
    let series =
        (0..series).map(|at| Series { name: format!("metric{:03}", at / OF_A_METRIC), labels: Labels::of(at) });
    series.collect()
}
