//! The stored unit: what is known of one metric in one time slot.

use crate::distribution::{Distribution, KnownPercentiles};
use crate::number::{NumberFault, check_number};

/// The statistics of the samples in one time slot.
///
/// Cells merge, and merging is associative and commutative (to the rounding of `sum`), so late, repeated
/// and out-of-order arrival, roll-up and sharding are one operation.
#[derive(Debug, Clone, PartialEq)]
pub struct Cell {
    count: f64,
    sum: f64,
    min: f64,
    max: f64,
    distribution: Distribution,
}

/// Why numbers are no cell.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum CellError {
    /// A number that no metric may have.
    #[error(transparent)]
    Number(#[from] NumberFault),
    /// A count that is not above zero.
    #[error("count {0} is not above 0")]
    Count(f64),
    /// A minimum above the maximum.
    #[error("minimum {min} is above maximum {max}")]
    Order {
        /// The minimum.
        min: f64,
        /// The maximum.
        max: f64,
    },
    /// No values at all.
    #[error("there are no values")]
    Empty,
    /// As many counts as values are wanted.
    #[error("{values} values do not go with {counts} counts")]
    Length {
        /// How many values there are.
        values: usize,
        /// How many counts there are.
        counts: usize,
    },
}

impl Cell {
    /// One sample. The caller has checked that `value` is one (see [`check_number`]).
    pub fn of(value: f64) -> Self {
        Cell { count: 1.0, sum: value, min: value, max: value, distribution: Distribution::Constant }
    }

    /// One sample, checked.
    ///
    /// # Errors
    /// [`CellError::Number`].
    pub fn of_checked(value: f64) -> Result<Self, CellError> {
        Ok(Cell::of(check_number(value)?))
    }

    /// Samples given as values, each with a count (1 when `counts` is empty).
    ///
    /// # Errors
    /// No values, another number of counts, a number that is no value, a count that is not above 0.
    pub fn of_values(values: &[f64], counts: &[f64]) -> Result<Self, CellError> {
        if !counts.is_empty() && counts.len() != values.len() {
            return Err(CellError::Length { values: values.len(), counts: counts.len() });
        }
        let mut pairs = Vec::with_capacity(values.len());
        for (position, value) in values.iter().enumerate() {
            let count = check_number(counts.get(position).copied().unwrap_or(1.0))?;
            if count <= 0.0 {
                return Err(CellError::Count(count));
            }
            pairs.push((check_number(*value)?, count));
        }
        let (Some(first), [..]) = (pairs.first().copied(), pairs.as_slice()) else {
            return Err(CellError::Empty);
        };
        let mut cell = Cell::weighted(first.0, first.1);
        for (value, count) in &pairs[1..] {
            cell.count += count;
            cell.sum += value * count;
            cell.min = cell.min.min(*value);
            cell.max = cell.max.max(*value);
        }
        if !cell.is_constant() {
            cell.distribution = if cell.min < 0.0 { Distribution::Unavailable } else { Distribution::of_pairs(pairs) };
        }
        Ok(cell)
    }

    /// A statistic set. Its distribution is known only when all its samples are equal.
    ///
    /// # Errors
    /// A number that is no value, a count that is not above 0, a minimum above the maximum.
    pub fn of_statistics(count: f64, sum: f64, min: f64, max: f64) -> Result<Self, CellError> {
        for number in [count, sum, min, max] {
            check_number(number)?;
        }
        if count <= 0.0 {
            return Err(CellError::Count(count));
        }
        if min > max {
            return Err(CellError::Order { min, max });
        }
        let constant = min == max && sum == min * count;
        let distribution = if constant { Distribution::Constant } else { Distribution::Unavailable };
        Ok(Cell { count, sum, min, max, distribution })
    }

    /// A statistic set whose samples are also known as values: the four numbers are the set's, the
    /// distribution is that of `values`.
    #[must_use]
    pub fn with_values_of(mut self, values: &Cell) -> Self {
        self.distribution = match &values.distribution {
            _ if self.min < 0.0 || values.min < 0.0 => Distribution::Unavailable,
            _ if self.is_constant() && self.sum == self.min * self.count => Distribution::Constant,
            Distribution::Constant => Distribution::of_pairs(vec![(values.min, values.count)]),
            known => known.clone(),
        };
        self
    }

    /// A statistic set of whose samples these percentiles are known, by whoever had them. Negative values have none.
    #[must_use]
    pub fn with_percentiles(mut self, percentiles: KnownPercentiles) -> Self {
        if self.min >= 0.0 && matches!(self.distribution, Distribution::Unavailable) {
            self.distribution = Distribution::Percentiles(Box::new(percentiles));
        }
        self
    }

    /// The value of a percentile (95 for p95) that came with the cell, see [`Cell::with_percentiles`].
    pub fn known_percentile(&self, percent: f64) -> Option<f64> {
        match &self.distribution {
            Distribution::Percentiles(known) => known.get(percent),
            _ => None,
        }
    }

    /// A cell of numbers that were a cell before, such as those read back from disk.
    pub fn from_parts(count: f64, sum: f64, min: f64, max: f64, distribution: Distribution) -> Self {
        Cell { count, sum, min, max, distribution }
    }

    /// Number of samples (weights may be fractional).
    pub fn count(&self) -> f64 {
        self.count
    }

    /// Sum of the samples.
    pub fn sum(&self) -> f64 {
        self.sum
    }

    /// The least sample.
    pub fn min(&self) -> f64 {
        self.min
    }

    /// The greatest sample.
    pub fn max(&self) -> f64 {
        self.max
    }

    /// How the samples are spread.
    pub fn distribution(&self) -> &Distribution {
        &self.distribution
    }

    /// The samples' values with their weights, ascending and within minimum and maximum; `None` when the
    /// distribution is unavailable.
    pub fn weights(&self) -> Option<Vec<(f64, f64)>> {
        match &self.distribution {
            Distribution::Unavailable | Distribution::Percentiles(_) => None,
            _ if self.min < 0.0 => None,
            Distribution::Constant => Some(vec![(self.min, self.count)]),
            Distribution::Exact(values) => Some(values.pairs().to_vec()),
            Distribution::Sketch(sketch) => {
                Some(sketch.weights().map(|(value, weight)| (value.clamp(self.min, self.max), weight)).collect())
            }
        }
    }

    /// The four numbers alone: the distribution is left out unless it costs nothing.
    #[must_use]
    pub fn numbers(&self) -> Cell {
        let distribution = match self.distribution {
            Distribution::Constant => Distribution::Constant,
            _ => Distribution::Unavailable,
        };
        Cell { distribution, ..*self }
    }

    /// Adds the samples of `other`.
    pub fn merge(&mut self, other: &Cell) {
        let (ours_constant, theirs_constant) =
            (matches!(self.distribution, Distribution::Constant), matches!(other.distribution, Distribution::Constant));
        let negative = self.min < 0.0 || other.min < 0.0;
        match (ours_constant, theirs_constant) {
            (true, true) if self.min == other.min => {}
            _ if negative => self.distribution = Distribution::Unavailable,
            (true, true) => {
                self.distribution = Distribution::of_pairs(vec![(self.min, self.count), (other.min, other.count)]);
            }
            (true, false) => {
                let mut distribution = other.distribution.clone();
                distribution.add(self.min, self.count);
                self.distribution = distribution;
            }
            (false, true) => self.distribution.add(other.min, other.count),
            (false, false) => self.distribution.merge(&other.distribution),
        }
        self.count += other.count;
        self.sum += other.sum;
        self.min = self.min.min(other.min);
        self.max = self.max.max(other.max);
    }

    fn weighted(value: f64, weight: f64) -> Self {
        Cell { count: weight, sum: value * weight, min: value, max: value, distribution: Distribution::Constant }
    }

    fn is_constant(&self) -> bool {
        self.min == self.max
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn values(values: &[f64]) -> Cell {
        Cell::of_values(values, &[]).unwrap()
    }

    /// Whole numbers, so that sums do not depend on the order.
    fn samples() -> impl Strategy<Value = Cell> {
        prop_oneof![
            (-3i32..500).prop_map(|value| Cell::of(f64::from(value))),
            prop::collection::vec(0i32..400, 1..100)
                .prop_map(|list| values(&list.into_iter().map(f64::from).collect::<Vec<_>>())),
            (1i32..9, 0i32..50, 50i32..90).prop_map(|(n, min, max)| Cell::of_statistics(
                f64::from(n),
                f64::from(n * max),
                f64::from(min),
                f64::from(max)
            )
            .unwrap()),
        ]
    }

    proptest! {
        #[test]
        fn merging_is_commutative_and_associative(a in samples(), b in samples(), c in samples()) {
            let merged = |x: &Cell, y: &Cell| { let mut x = x.clone(); x.merge(y); x };
            prop_assert_eq!(merged(&a, &b), merged(&b, &a));
            prop_assert_eq!(merged(&merged(&a, &b), &c), merged(&a, &merged(&b, &c)));
        }

        #[test]
        fn one_at_a_time_is_all_at_once(list in prop::collection::vec(0i32..300, 1..400)) {
            let list: Vec<f64> = list.into_iter().map(f64::from).collect();
            let mut cell = Cell::of(list[0]);
            list[1..].iter().for_each(|value| cell.merge(&Cell::of(*value)));
            prop_assert_eq!(cell, values(&list));
        }
    }

    #[test]
    fn a_distribution_is_exact_up_to_its_limit_and_a_sketch_past_it() {
        let list: Vec<f64> = (1..=151).map(f64::from).collect();
        assert!(matches!(values(&list[..150]).distribution(), Distribution::Exact(_)));
        assert!(matches!(values(&list).distribution(), Distribution::Sketch(_)));
        let mut grown = values(&list[..150]);
        grown.merge(&Cell::of(150.0));
        assert!(matches!(grown.distribution(), Distribution::Exact(_)));
        grown.merge(&Cell::of(151.0));
        assert!(matches!(grown.distribution(), Distribution::Sketch(_)));
    }

    #[test]
    fn the_distribution_of_a_statistic_set_is_known_only_when_it_is_constant() {
        let cases = [
            (1.0, 5.0, 5.0, 5.0, true),
            (4.0, 20.0, 5.0, 5.0, true),
            (4.0, 21.0, 5.0, 5.0, false),
            (2.0, 9.0, 4.0, 5.0, false),
        ];
        for (count, sum, min, max, known) in cases {
            let cell = Cell::of_statistics(count, sum, min, max).unwrap();
            assert_eq!(cell.weights().is_some(), known, "{cell:?}");
        }
    }

    #[test]
    fn values_with_a_statistic_set_keep_both() {
        let set = Cell::of_statistics(10.0, 100.0, 1.0, 40.0).unwrap();
        let cell = set.with_values_of(&Cell::of_values(&[2.0, 30.0], &[6.0, 4.0]).unwrap());
        assert_eq!((cell.count(), cell.sum(), cell.min(), cell.max()), (10.0, 100.0, 1.0, 40.0));
        assert_eq!(cell.weights().unwrap(), [(2.0, 6.0), (30.0, 4.0)]);
    }

    #[test]
    fn percentiles_that_came_with_a_cell_last_until_anything_is_merged_in() {
        let set = |min: f64| Cell::of_statistics(4.0, 20.0, min, 8.0).unwrap();
        let known = |min: f64| set(min).with_percentiles(KnownPercentiles::new(vec![(95.0, 7.5)]));
        assert_eq!((known(2.0).known_percentile(95.0), known(2.0).known_percentile(50.0)), (Some(7.5), None));
        assert_eq!(known(2.0).weights(), None);
        assert_eq!(known(-1.0).known_percentile(95.0), None);
        for other in [Cell::of(3.0), values(&[1.0, 2.0]), set(2.0), known(2.0)] {
            let (mut ours, mut theirs) = (known(2.0), other.clone());
            ours.merge(&other);
            theirs.merge(&known(2.0));
            assert_eq!((ours.known_percentile(95.0), ours.weights()), (None, None));
            assert_eq!(ours, theirs);
        }
    }

    #[test]
    fn what_is_refused_is_named() {
        assert_eq!(Cell::of_values(&[], &[]), Err(CellError::Empty));
        assert_eq!(Cell::of_values(&[1.0], &[0.0]), Err(CellError::Count(0.0)));
        assert_eq!(Cell::of_values(&[1.0], &[1.0, 2.0]), Err(CellError::Length { values: 1, counts: 2 }));
        assert_eq!(Cell::of_statistics(1.0, 1.0, 2.0, 1.0), Err(CellError::Order { min: 2.0, max: 1.0 }));
        assert!(matches!(Cell::of_checked(f64::NAN), Err(CellError::Number(_))));
    }

    #[test]
    fn negative_values_have_no_percentiles() {
        assert_eq!(Cell::of(-1.0).weights(), None);
        let mut cell = Cell::of(1.0);
        cell.merge(&Cell::of(-1.0));
        assert_eq!(cell.weights(), None);
    }
}
