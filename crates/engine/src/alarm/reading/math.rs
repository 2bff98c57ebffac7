//! Metrics and expressions.

use nepho_model::{Point, Read, Timestamp, UnitSeries};

use super::scalar::windows_as_reads;
use crate::alarm::observed::{Answer, Datum};
use crate::alarm::source::MathSource;
use crate::alarm::windows::Windows;
use crate::compute::{Outcome, compute_unnamed};
use crate::input::{Input, inputs};
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
        let mut plan = source.plan.clone();
        move_to(&mut plan, source, windows, time);
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
        let inputs = match windows.is_regular() {
            true => inputs(&self.plan, answers),
            false => inputs(&self.plan, &self.in_a_row(windows, answers)),
        };
        computed(self.source, &self.plan, inputs, windows.len(), models)
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
}

/// Takes a plan to the range of an evaluation.
pub(in crate::alarm) fn move_to(plan: &mut Plan, source: &MathSource, windows: &Windows, time: Timestamp) {
    let end = windows.range_end();
    let start = end.plus_seconds(-source.period.seconds() * windows.len() as i64);
    plan.move_to(start, end, time).expect("an alarm looks at few periods");
}

/// What the expressions come to, over `count` periods.
pub(in crate::alarm) fn computed(
    source: &MathSource,
    plan: &Plan,
    inputs: Vec<Input>,
    count: usize,
    models: &[Option<&dyn BandModel>],
) -> Answer {
    let mut outcomes = compute_unnamed(plan, inputs, models);
    let mut value = |query: usize| outcomes[query].take().map(|outcome: Outcome| outcome.value);
    let band = source.band.and_then(&mut value).transpose();
    let main = value(source.main).transpose();
    match (main, band) {
        (Ok(main), Ok(band)) => Answer::Series(data(source, main, band, count)),
        // There are no expectations yet.
        (_, Err(EvaluationFault::NoModel(_))) | (Err(EvaluationFault::NoModel(_)), _) => {
            Answer::Series(vec![None; count])
        }
        (Err(fault), _) | (_, Err(fault)) => Answer::Failed { reason: fault.to_string(), is_transient: false },
    }
}

/// The datapoint of each period; one without its band is missing.
fn data(source: &MathSource, main: Option<Value>, band: Option<Value>, count: usize) -> Vec<Option<Datum>> {
    let rows = |value: Option<Value>| value.into_iter().flat_map(Value::into_array).map(|series| row(&series, count));
    let Some(values) = rows(main).next() else { return vec![None; count] };
    if source.band.is_none() {
        return values.iter().map(|value| value.map(Datum::of)).collect();
    }
    let bounds: Vec<_> = rows(band).collect();
    let [lower, upper] = &bounds[..] else { return vec![None; count] };
    let datum = |at: usize| {
        let band = Band { lower: lower[at]?, upper: upper[at]? };
        Some(Datum { band: Some(band), ..Datum::of(values[at]?) })
    };
    (0..count).map(datum).collect()
}

/// The values of a series, the newest period first.
fn row(series: &Series, count: usize) -> Vec<Option<f64>> {
    let mut row = vec![None; count];
    for (slot, value) in series.slots().iter().zip(series.values()) {
        row[count - 1 - *slot as usize] = Some(value + 0.0);
    }
    row
}
