//! Metrics and expressions.

use nepho_model::{Point, Read, Timestamp, UnitSeries};

use super::scalar::windows_as_reads;
use crate::alarm::observed::{Answer, Datum};
use crate::alarm::source::MathSource;
use crate::alarm::windows::Windows;
use crate::compute::{Outcome, compute};
use crate::finish::Answers;
use crate::math::{Band, BandModel, EvaluationFault, Series, Value};
use crate::plan::Plan;

/// What has to be read of several metrics.
///
/// Expressions are computed over periods of one length that end where the newest does. Where periods on a wall clock are
/// longer or shorter, the value of each is put where it is in the row.
#[derive(Debug, Clone)]
pub(super) struct MathReading<'a> {
    source: &'a MathSource,
    plan: Plan,
    /// Those of periods that are not all of one length: for each of the plan's, one for each period.
    irregular: Vec<Read>,
}

impl<'a> MathReading<'a> {
    pub(super) fn new(source: &'a MathSource, windows: &Windows, time: Timestamp) -> Self {
        let end = windows.range_end();
        let start = end.plus_seconds(-source.period.seconds() * windows.len() as i64);
        let plan = source.plan.over(start, end, time).expect("an alarm looks at few periods");
        let each = |read: &Read| windows_as_reads(windows, &|start, end| Read { start, end, ..read.clone() });
        let irregular = match windows.is_regular() {
            true => Vec::new(),
            false => plan.reads().iter().flat_map(each).collect(),
        };
        MathReading { source, plan, irregular }
    }

    pub(super) fn reads(&self) -> &[Read] {
        if self.irregular.is_empty() { self.plan.reads() } else { &self.irregular }
    }

    pub(super) fn answer(
        &self,
        windows: &Windows,
        answers: &[Result<Vec<UnitSeries>, String>],
        models: &[Option<&dyn BandModel>],
    ) -> Answer {
        let outcomes = match windows.is_regular() {
            true => compute(&self.plan, &Answers { reads: answers, models, insights: &[] }),
            false => compute(&self.plan, &Answers { reads: &self.in_a_row(windows, answers), models, insights: &[] }),
        };
        let value = |query: usize| outcomes[query].as_ref().map(|outcome: &Outcome| outcome.value.clone());
        let band = self.source.band.and_then(value).transpose();
        let main = value(self.source.main).transpose();
        match (main, band) {
            (Ok(main), Ok(band)) => Answer::Series(self.data(main, band, windows.len())),
            // There are no expectations yet.
            (_, Err(EvaluationFault::NoModel(_))) | (Err(EvaluationFault::NoModel(_)), _) => {
                Answer::Series(vec![None; windows.len()])
            }
            (Err(fault), _) | (_, Err(fault)) => Answer::Failed { reason: fault.to_string(), is_transient: false },
        }
    }

    /// The answers to the plan's reads, made of those for each period.
    fn in_a_row(
        &self,
        windows: &Windows,
        answers: &[Result<Vec<UnitSeries>, String>],
    ) -> Vec<Result<Vec<UnitSeries>, String>> {
        let reads = self.plan.reads().iter().zip(answers.chunks(windows.len()));
        let one = |(read, answers): (&Read, &[Result<Vec<UnitSeries>, String>])| {
            let mut all: Vec<UnitSeries> = Vec::new();
            // The oldest first, as points are.
            for (slot, answer) in answers.iter().rev().enumerate() {
                let time = read.start.plus_seconds(slot as i64 * read.period_seconds);
                for series in answer.iter().flatten() {
                    let known = all.iter().position(|known| known.unit == series.unit).unwrap_or_else(|| {
                        all.push(UnitSeries { unit: series.unit, points: Vec::new() });
                        all.len() - 1
                    });
                    all[known]
                        .points
                        .extend(series.points.iter().map(|point| Point { time, cell: point.cell.clone() }));
                }
            }
            Ok(all)
        };
        reads.map(one).collect()
    }

    /// The datapoint of each period; one without its band is missing.
    fn data(&self, main: Option<Value>, band: Option<Value>, count: usize) -> Vec<Option<Datum>> {
        let row = |series: &Series| {
            let mut row = vec![None; count];
            for (slot, value) in series.slots().iter().zip(series.values()) {
                row[count - 1 - *slot as usize] = Some(value + 0.0);
            }
            row
        };
        let rows: Vec<_> = main.into_iter().flat_map(Value::into_array).map(|series| row(&series)).collect();
        let Some(values) = rows.first() else { return vec![None; count] };
        if self.source.band.is_none() {
            return values.iter().map(|value| value.map(Datum::of)).collect();
        }
        let bounds: Vec<_> = band.into_iter().flat_map(Value::into_array).map(|series| row(&series)).collect();
        let [lower, upper] = &bounds[..] else { return vec![None; count] };
        let datum = |at: usize| {
            let band = Band { lower: lower[at]?, upper: upper[at]? };
            Some(Datum { band: Some(band), ..Datum::of(values[at]?) })
        };
        (0..count).map(datum).collect()
    }
}
