//! Cells of many metrics, added up by group and period as they are read.

use nepho_model::{Numbers, Run, Timestamp};

use crate::insights::Function;

/// What a function makes of all cells of a period, for each group.
#[derive(Debug, Clone)]
pub(crate) struct Tally {
    function: Function,
    range: Range,
    /// How many periods each group has.
    periods: usize,
    /// For each group the periods in turn: how many samples there are; none where there is no cell.
    counts: Vec<f64>,
    /// The same for their sum, least or greatest, whichever the function is made of.
    values: Vec<f64>,
}

/// What is added up, and the length of a period, in milliseconds.
#[derive(Debug, Clone, Copy)]
struct Range {
    start: i64,
    end: i64,
    period: i64,
}

impl Tally {
    /// Of no cells. The last period may go on behind `end`.
    pub(crate) fn new(
        function: Function,
        start: Timestamp,
        end: Timestamp,
        period_seconds: i64,
        groups: usize,
    ) -> Self {
        let (start, end, period) = (start.millis(), end.millis(), period_seconds.saturating_mul(1000));
        let periods = end.saturating_sub(start).max(0).unsigned_abs().div_ceil(period.unsigned_abs()) as usize;
        let nothing = match function {
            Function::Max => f64::NEG_INFINITY,
            Function::Min => f64::INFINITY,
            Function::Avg | Function::Count | Function::Sum => 0.0,
        };
        let (counts, values) = (vec![0.0; groups * periods], vec![nothing; groups * periods]);
        Tally { function, range: Range { start, end, period }, periods, counts, values }
    }

    /// What it has to be given of cells.
    pub(crate) const fn numbers(function: Function) -> Numbers {
        Numbers {
            count: true,
            sum: matches!(function, Function::Avg | Function::Sum),
            min: matches!(function, Function::Min),
            max: matches!(function, Function::Max),
        }
    }

    /// Adds cells to a group. What is outside of the range is left out.
    #[inline]
    pub(crate) fn add(&mut self, group: usize, run: &Run<'_>) {
        match self.function {
            Function::Avg | Function::Sum => self.fold(group, run, run.sum, |all, sum| all + sum),
            Function::Count => self.fold(group, run, run.count, |all, count| all + count),
            Function::Max => self.fold(group, run, run.max, f64::max),
            Function::Min => self.fold(group, run, run.min, f64::min),
        }
    }

    /// Adds all that another tally of the same kind has.
    pub(crate) fn absorb(&mut self, other: &Tally) {
        let fold = match self.function {
            Function::Avg | Function::Count | Function::Sum => |all, value| all + value,
            Function::Max => f64::max,
            Function::Min => f64::min,
        };
        self.counts.iter_mut().zip(&other.counts).for_each(|(all, count)| *all += count);
        self.values.iter_mut().zip(&other.values).for_each(|(all, value)| *all = fold(*all, *value));
    }

    /// Periods of a group that have cells, with their values.
    pub(crate) fn points(&self, group: usize) -> impl Iterator<Item = (usize, f64)> {
        let at = group * self.periods..(group + 1) * self.periods;
        let both = self.counts[at.clone()].iter().zip(&self.values[at]).enumerate();
        both.filter(|(_, (count, _))| **count > 0.0).map(|(period, (count, value))| match self.function {
            Function::Avg => (period, value / count),
            _ => (period, *value),
        })
    }

    #[inline]
    fn fold(&mut self, group: usize, run: &Run<'_>, column: &[f64], fold: impl Fn(f64, f64) -> f64) {
        let all = group * self.periods..(group + 1) * self.periods;
        let (counts, values) = (&mut self.counts[all.clone()], &mut self.values[all]);
        match self.range.place(run) {
            Place::Each(first) => {
                let at = first..first + run.slots.len();
                counts[at.clone()].iter_mut().zip(run.count).for_each(|(all, count)| *all += count);
                values[at].iter_mut().zip(column).for_each(|(all, value)| *all = fold(*all, *value));
            }
            Place::One(period) => {
                counts[period] += run.count.iter().sum::<f64>();
                values[period] = column.iter().fold(values[period], |all, value| fold(all, *value));
            }
            Place::Scattered => {
                for ((slot, count), value) in run.slots.iter().zip(run.count).zip(column) {
                    if let Some(period) = self.range.period_of(run.time(*slot).millis()) {
                        counts[period] += count;
                        values[period] = fold(values[period], *value);
                    }
                }
            }
        }
    }
}

/// Which periods the cells of a run belong to.
enum Place {
    /// One period for each, one after the other from this one on.
    Each(usize),
    /// All of them to this one.
    One(usize),
    /// They have to be looked at one by one.
    Scattered,
}

impl Range {
    #[inline]
    fn place(self, run: &Run<'_>) -> Place {
        let (Some(first), Some(last)) = (run.slots.first(), run.slots.last()) else { return Place::Scattered };
        let (first, last) = (run.time(*first).millis(), run.time(*last).millis());
        let Some(period) = self.period_of(first) else { return Place::Scattered };
        // What is in memory comes one by one, and dividing takes longer than adding up.
        if first == last {
            return Place::One(period);
        }
        let is_whole = run.slot_seconds * 1000 == self.period && (first - self.start) % self.period == 0;
        match self.period_of(last) {
            Some(last) if last == period => Place::One(period),
            Some(_) if is_whole && run.is_gapless() => Place::Each(period),
            _ => Place::Scattered,
        }
    }

    #[inline]
    fn period_of(self, time: i64) -> Option<usize> {
        (self.start..self.end).contains(&time).then(|| ((time - self.start) / self.period) as usize)
    }
}

#[cfg(test)]
mod tests {
    use nepho_model::Unit;

    use super::*;

    const START: Timestamp = Timestamp::from_seconds(1_777_896_000);

    /// Slots and how long they are, against what a tally of two groups with five minutes has in the second.
    fn check(slots: &[u32], slot_seconds: i64, expected: [&[(usize, f64)]; 5]) {
        let numbers: Vec<f64> = slots.iter().map(|slot| f64::from(*slot)).collect();
        let halves: Vec<f64> = numbers.iter().map(|number| number / 2.0).collect();
        let run = Run {
            unit: Unit::Count,
            start: START.plus_seconds(-120),
            slot_seconds,
            slots,
            count: &vec![2.0; slots.len()],
            sum: &numbers,
            min: &halves,
            max: &halves,
        };
        for (function, expected) in Function::ALL.into_iter().zip(expected) {
            let new = || Tally::new(function, START, START.plus_seconds(290), 60, 2);
            let mut tally = new();
            tally.add(1, &run);
            assert_eq!(tally.points(1).collect::<Vec<_>>(), expected, "{function:?} of {slots:?}");
            assert_eq!(tally.points(0).count(), 0);
            let mut all = new();
            all.absorb(&tally);
            all.absorb(&new());
            assert_eq!(all.points(1).collect::<Vec<_>>(), expected, "{function:?} of {slots:?} added to nothing");
        }
    }

    #[test]
    fn cells_fall_into_periods() {
        let four: [&[(usize, f64)]; 5] = [
            &[(0, 1.0), (1, 1.5), (2, 2.0)],
            &[(0, 2.0), (1, 2.0), (2, 2.0)],
            &[(0, 1.0), (1, 1.5), (2, 2.0)],
            &[(0, 1.0), (1, 1.5), (2, 2.0)],
            &[(0, 2.0), (1, 3.0), (2, 4.0)],
        ];
        check(&[2, 3, 4], 60, four);
        check(&[0, 1, 2, 3, 4], 60, four);
        let ends: [&[(usize, f64)]; 5] = [
            &[(0, 1.0), (4, 3.0)],
            &[(0, 2.0), (4, 2.0)],
            &[(0, 1.0), (4, 3.0)],
            &[(0, 1.0), (4, 3.0)],
            &[(0, 2.0), (4, 6.0)],
        ];
        check(&[2, 6], 60, ends);
        check(&[1, 2, 6, 7], 60, ends);
        let shorter: [&[(usize, f64)]; 5] = [
            &[(0, 2.25), (1, 3.0)],
            &[(0, 4.0), (1, 2.0)],
            &[(0, 2.5), (1, 3.0)],
            &[(0, 2.0), (1, 3.0)],
            &[(0, 9.0), (1, 6.0)],
        ];
        check(&[3, 4, 5, 6], 30, shorter);
        let one: [&[(usize, f64)]; 5] = [&[(1, 3.25)], &[(1, 4.0)], &[(1, 3.5)], &[(1, 3.0)], &[(1, 13.0)]];
        check(&[6, 7], 30, one);
        check(&[], 60, [&[]; 5]);
    }
}
