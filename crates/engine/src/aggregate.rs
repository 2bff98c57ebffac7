//! SEARCH functions of which an expression takes nothing but one number for each period.
//!
//! `SUM(SEARCH(...))` over hundreds of metrics needs none of their series: their cells are added up as they are read. What
//! that gives is what the function would make of the series, and stands in the expression in their place.

use nepho_model::{Numbers, Read, Run, Timestamp, Unit};

use crate::insights::Function;
use crate::math::{Grid, Series};
use crate::plan::Plan;
use crate::statistic::{Kind, Statistic};
use crate::tally::Tally;

/// The most periods of all searches of a request together that are aggregated as they are read. They are kept in memory
/// whether or not they have data; further searches are read series by series.
pub const MAX_AGGREGATED_PERIODS: usize = 200_000;

/// What is made of all cells of a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Across {
    function: Function,
    /// Whether it is the mean of the series: the sum by their number.
    is_mean: bool,
}

/// A search whose metrics are aggregated as they are read.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Aggregation {
    pub(crate) across: Across,
    pub(crate) grid: Grid,
    /// The end of the range, which may cut the last period.
    pub(crate) end: Timestamp,
    /// Which of the searches it is.
    pub(crate) search: usize,
    /// How many metrics it found.
    pub(crate) metrics: usize,
}

/// What became of a search whose metrics were aggregated.
#[derive(Debug, Clone, PartialEq)]
pub struct Aggregate(pub(crate) Made);

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Made {
    Series {
        series: Series,
        /// How many cells were added up for it.
        cells: usize,
    },
    /// A metric has data under several units, of which its series is about one only.
    SeveralUnits,
    /// What could not be read.
    Failed(String),
}

impl Across {
    /// What a function makes of series of a statistic, where that can be told of the cells of all of them together.
    pub(crate) fn of(function: &str, statistic: &Statistic) -> Option<Self> {
        let (function, is_mean) = match (function, statistic.kind()) {
            ("SUM", Kind::Sum) => (Function::Sum, false),
            ("AVG", Kind::Sum) => (Function::Sum, true),
            ("SUM", Kind::SampleCount) => (Function::Count, false),
            ("AVG", Kind::SampleCount) => (Function::Count, true),
            ("MIN", Kind::Minimum) => (Function::Min, false),
            ("MAX", Kind::Maximum) => (Function::Max, false),
            _ => return None,
        };
        Some(Across { function, is_mean })
    }
}

/// The cells that were read so far.
#[derive(Debug, Clone)]
pub struct Aggregating<'a> {
    plan: &'a Plan,
    /// For each of the plan's aggregations.
    all: Vec<OneAggregating>,
    /// For each read, the aggregation that it belongs to, and the units that it has data under.
    reads: Vec<(usize, u32)>,
}

#[derive(Debug, Clone, Default)]
struct OneAggregating {
    units: Vec<(Unit, Tally)>,
    cells: usize,
    failure: Option<String>,
}

impl<'a> Aggregating<'a> {
    pub(crate) fn new(plan: &'a Plan) -> Self {
        let metrics = plan.aggregations.iter().map(|one| one.metrics).enumerate();
        let reads = metrics.flat_map(|(at, metrics)| std::iter::repeat_n((at, 0), metrics)).collect();
        Aggregating { plan, all: vec![OneAggregating::default(); plan.aggregations.len()], reads }
    }

    /// Adds cells of one of [`Plan::aggregated`].
    ///
    /// # Panics
    /// When there is no such read, or a number is missing that [`Plan::aggregated_numbers`] asks for.
    #[inline]
    pub fn add(&mut self, read: usize, run: &Run<'_>) {
        let (at, units) = &mut self.reads[read];
        *units |= 1 << run.unit.code();
        let one = &mut self.all[*at];
        one.cells += run.slots.len();
        one.tally(run.unit, &self.plan.aggregations[*at]).add(0, run);
    }

    /// Adds all that another of the same plan was given.
    pub fn absorb(&mut self, other: &Aggregating<'_>) {
        for ((one, others), aggregation) in self.all.iter_mut().zip(&other.all).zip(&self.plan.aggregations) {
            others.units.iter().for_each(|(unit, tally)| one.tally(*unit, aggregation).absorb(tally));
            one.cells += others.cells;
        }
        self.reads.iter_mut().zip(&other.reads).for_each(|((_, units), (_, others))| *units |= others);
    }

    /// Notes that a read failed.
    ///
    /// # Panics
    /// When there is no such read.
    pub fn fail(&mut self, read: usize, error: impl Into<String>) {
        self.all[self.reads[read].0].failure.get_or_insert_with(|| error.into());
    }

    /// What came of each of the searches.
    pub fn finish(self) -> Vec<Aggregate> {
        let mut has_several = vec![false; self.all.len()];
        self.reads.iter().for_each(|(at, units)| has_several[*at] |= units.count_ones() > 1);
        let all = self.all.into_iter().zip(&self.plan.aggregations).zip(has_several);
        let made = |((one, aggregation), has_several): ((OneAggregating, &Aggregation), bool)| match one.failure {
            Some(failure) => Made::Failed(failure),
            None if has_several => Made::SeveralUnits,
            None => Made::Series { cells: one.cells, series: one.series(aggregation) },
        };
        all.map(made).map(Aggregate).collect()
    }
}

impl OneAggregating {
    fn tally(&mut self, unit: Unit, aggregation: &Aggregation) -> &mut Tally {
        let position = self.units.iter().position(|(known, _)| *known == unit).unwrap_or_else(|| {
            self.units.push((unit, aggregation.tally()));
            self.units.len() - 1
        });
        &mut self.units[position].1
    }

    fn series(self, aggregation: &Aggregation) -> Series {
        let mut all = aggregation.tally();
        self.units.iter().for_each(|(_, tally)| all.absorb(tally));
        let by = if aggregation.across.is_mean { aggregation.metrics as f64 } else { 1.0 };
        Series::of_pairs(aggregation.grid, all.points(0).map(|(period, value)| (period as u32, value / by)))
    }
}

impl Aggregation {
    /// What has to be read of cells.
    pub(crate) const fn numbers(&self) -> Numbers {
        Tally::numbers(self.across.function)
    }

    fn tally(&self) -> Tally {
        Tally::new(self.across.function, self.grid.time(0), self.end, self.grid.period().seconds(), 1)
    }
}

impl Plan {
    /// What has to be read for searches whose metrics are aggregated as they are read.
    pub fn aggregated(&self) -> &[Read] {
        &self.aggregated
    }

    /// What has to be known of the cells of [`Plan::aggregated`].
    pub fn aggregated_numbers(&self) -> Numbers {
        self.aggregations.iter().fold(Numbers::default(), |all, one| all.and(one.numbers()))
    }

    /// Takes in what was read of [`Plan::aggregated`].
    pub fn aggregating(&self) -> Aggregating<'_> {
        Aggregating::new(self)
    }
}
