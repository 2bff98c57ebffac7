//! How the samples of a cell are spread: exact while they take few values, a sketch after that.

use crate::sketch::Sketch;

/// The most distinct values that are kept exactly; one more, and the distribution becomes a [`Sketch`].
/// It is the most that one datum can carry, so a single datum always stays exact.
pub const EXACT_VALUES_MAX: usize = 150;

/// The distribution of a cell's samples.
#[derive(Debug, Clone, PartialEq)]
pub enum Distribution {
    /// Every sample has the cell's minimum, which is its maximum.
    Constant,
    /// Each value with its weight.
    Exact(Box<ExactValues>),
    /// Weights by bin.
    Sketch(Box<Sketch>),
    /// Only some percentiles, which whoever had the samples has computed. It lasts until anything is merged in, and no
    /// store keeps it.
    Percentiles(Box<KnownPercentiles>),
    /// Not known, or not kept: a statistic set was merged in, or a value is negative (CloudWatch
    /// answers no percentile then).
    Unavailable,
}

/// Percentiles without the samples that they are of: each percent (95 for p95) with its value.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct KnownPercentiles(Vec<(f64, f64)>);

impl KnownPercentiles {
    /// These percents with their values.
    pub fn new(percentiles: Vec<(f64, f64)>) -> Self {
        KnownPercentiles(percentiles)
    }

    /// The value of exactly this percent.
    pub fn get(&self, percent: f64) -> Option<f64> {
        self.0.iter().find(|(known, _)| *known == percent).map(|(_, value)| *value)
    }
}

/// Distinct values in ascending order, each with a weight above 0.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ExactValues(Vec<(f64, f64)>);

impl ExactValues {
    /// The values in `pairs`, which may repeat and stand in any order.
    pub fn from_pairs(mut pairs: Vec<(f64, f64)>) -> Self {
        pairs.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
        pairs.dedup_by(|later, earlier| {
            let same = later.0 == earlier.0;
            if same {
                earlier.1 += later.1;
            }
            same
        });
        ExactValues(pairs)
    }

    /// The values with their weights, ascending.
    pub fn pairs(&self) -> &[(f64, f64)] {
        &self.0
    }

    fn add(&mut self, value: f64, weight: f64) {
        match self.0.binary_search_by(|(known, _)| known.total_cmp(&value)) {
            Ok(position) => self.0[position].1 += weight,
            Err(position) => self.0.insert(position, (value, weight)),
        }
    }

    fn to_sketch(&self) -> Sketch {
        let mut sketch = Sketch::default();
        self.0.iter().for_each(|(value, weight)| sketch.add(*value, *weight));
        sketch
    }
}

impl Distribution {
    /// The distribution of these values: exact when they are few enough.
    pub(crate) fn of_pairs(pairs: Vec<(f64, f64)>) -> Self {
        Distribution::Exact(Box::new(ExactValues::from_pairs(pairs))).bounded()
    }

    /// Adds `weight` at one value.
    pub(crate) fn add(&mut self, value: f64, weight: f64) {
        match self {
            Distribution::Exact(values) => {
                values.add(value, weight);
                if values.0.len() > EXACT_VALUES_MAX {
                    *self = Distribution::Sketch(Box::new(values.to_sketch()));
                }
            }
            Distribution::Sketch(sketch) => sketch.add(value, weight),
            Distribution::Percentiles(_) => *self = Distribution::Unavailable,
            Distribution::Constant | Distribution::Unavailable => {}
        }
    }

    /// Adds another distribution. Neither is [`Distribution::Constant`]: the cell has resolved that.
    pub(crate) fn merge(&mut self, other: &Distribution) {
        match (&mut *self, other) {
            (Distribution::Unavailable, _) => {}
            (Distribution::Percentiles(_), _) | (_, Distribution::Unavailable | Distribution::Percentiles(_)) => {
                *self = Distribution::Unavailable;
            }
            (Distribution::Sketch(ours), Distribution::Sketch(theirs)) => ours.merge(theirs),
            (Distribution::Exact(ours), Distribution::Sketch(theirs)) => {
                let mut sketch = ours.to_sketch();
                sketch.merge(theirs);
                *self = Distribution::Sketch(Box::new(sketch));
            }
            (Distribution::Sketch(ours), Distribution::Exact(theirs)) => {
                theirs.0.iter().for_each(|(value, weight)| ours.add(*value, *weight));
            }
            (Distribution::Exact(ours), Distribution::Exact(theirs)) => {
                let pairs = ours.0.iter().chain(&theirs.0).copied().collect();
                *self = Distribution::of_pairs(pairs);
            }
            (Distribution::Constant, _) | (_, Distribution::Constant) => {
                unreachable!("a cell merges its constant side by value")
            }
        }
    }

    fn bounded(self) -> Self {
        match self {
            Distribution::Exact(values) if values.0.len() > EXACT_VALUES_MAX => {
                Distribution::Sketch(Box::new(values.to_sketch()))
            }
            other => other,
        }
    }
}
