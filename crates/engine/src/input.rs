//! From what was read to the series that results and expressions are made of.

use nepho_model::{Timestamp, UnitSeries};

use crate::finish::Message;
use crate::math::Series;
use crate::period::{Period, least_multiple};
use crate::plan::{Plan, PlannedMetric};

/// The data of one metric, as its statistic.
#[derive(Debug)]
pub(crate) struct Input {
    pub(crate) series: Series,
    pub(crate) messages: Vec<Message>,
    /// Why it could not be read.
    pub(crate) failure: Option<String>,
}

/// The inputs of a plan, one for each of its metrics.
pub(crate) fn inputs(plan: &Plan, answers: &[Result<Vec<UnitSeries>, String>]) -> Vec<Input> {
    let mut inputs: Vec<Input> = Vec::with_capacity(plan.metrics.len());
    for metric in &plan.metrics {
        let mut input = input(plan, metric, &answers[metric.read]);
        if let Some(before) = inputs.last() {
            input.series = input.series.sharing(&before.series);
        }
        inputs.push(input);
    }
    inputs
}

fn input(plan: &Plan, metric: &PlannedMetric, answer: &Result<Vec<UnitSeries>, String>) -> Input {
    let units = match answer {
        Ok(units) => units,
        Err(error) => {
            let series = Series::empty(metric.grid);
            return Input { series, messages: Vec::new(), failure: Some(error.clone()) };
        }
    };
    let mut units: Vec<_> = units.iter().filter(|series| !series.points.is_empty()).collect();
    units.sort_by_key(|series| series.unit.as_str());
    let series = units.first().map_or_else(|| Series::empty(metric.grid), |unit| values(metric, unit));
    let mut messages = Vec::new();
    if units.len() > 1 {
        messages.push(multiple_units(&units));
    }
    if !series.is_empty() {
        messages.extend(short_period(plan.prepared.request.start, plan.prepared.now, metric.stat.period));
    }
    Input { series, messages, failure: None }
}

/// The statistic of each period.
fn values(metric: &PlannedMetric, unit: &UnitSeries) -> Series {
    let count = unit.points.len();
    let (mut slots, mut values) = (Vec::with_capacity(count), Vec::with_capacity(count));
    for point in &unit.points {
        let value = metric.stat.statistic.evaluate(&point.cell);
        if let (Some(slot), Some(value)) = (metric.grid.slot(point.time), value) {
            slots.push(slot);
            values.push(value);
        }
    }
    Series::new(metric.grid, slots, values)
}

/// Says which units there are, when the query names none; the first of them is answered.
fn multiple_units(units: &[&UnitSeries]) -> Message {
    let names: Vec<_> = units.iter().map(|series| series.unit.as_str()).collect();
    Message { code: "MultipleUnits", value: format!("Multiple units returned: '[{}]'", names.join(", ")) }
}

/// Says that the data is coarser than the period where it is old; no datapoint is left out for that.
pub(crate) fn short_period(start: Timestamp, now: Timestamp, period: Period) -> Option<Message> {
    let multiple = least_multiple(start, now);
    let period = period.seconds();
    (period % multiple != 0).then(|| Message {
        code: "PeriodTooShort",
        value: format!(
            "The oldest data of this range is kept in steps of {multiple} seconds, and a period of {period} seconds is \
             no multiple of that: each step is reported in the period in which it begins."
        ),
    })
}
