//! From what was read to the answer of GetMetricData.

use nepho_model::{Point, Timestamp, UnitSeries};

use crate::label::{LabelSubject, default_labels};
use crate::page::{Part, cut};
use crate::period::{Period, least_multiple};
use crate::plan::Plan;
use crate::query::ScanBy;

/// One page of the answer.
#[derive(Debug, Clone, PartialEq)]
pub struct DataAnswer {
    /// A result for each query that returns data, in the order of the request.
    pub results: Vec<QueryResult>,
    /// What to ask the next page with; `None` on the last.
    pub next_token: Option<String>,
}

/// The datapoints of one query on one page.
#[derive(Debug, Clone, PartialEq)]
pub struct QueryResult {
    /// The query's id.
    pub id: String,
    /// Its label, with the dynamic parts filled in.
    pub label: String,
    /// Starts of the periods that have a value, in the order that was asked for.
    pub timestamps: Vec<Timestamp>,
    /// As many values.
    pub values: Vec<f64>,
    /// Whether this is all.
    pub status: StatusCode,
    /// What else is to be known about it.
    pub messages: Vec<Message>,
}

/// How complete a result is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StatusCode {
    /// No later page has more of it.
    Complete,
    /// A later page has more of it.
    PartialData,
    /// It could not be read; a message says why.
    InternalError,
}

/// A remark on a result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// What kind of remark.
    pub code: &'static str,
    /// The remark.
    pub value: String,
}

/// The values of one query over the whole range, oldest first.
#[derive(Debug)]
pub(crate) struct Series {
    /// Position of the query in the request.
    pub(crate) query: usize,
    pub(crate) points: Vec<(Timestamp, f64)>,
    messages: Vec<Message>,
    is_failed: bool,
}

/// Answers a request with what was read: one answer for each of [`Plan::reads`], or what went wrong with it.
///
/// # Panics
/// When there are fewer or more answers than reads.
pub fn finish(plan: &Plan, answers: &[Result<Vec<UnitSeries>, String>]) -> DataAnswer {
    assert_eq!(answers.len(), plan.reads().len(), "every read has an answer");
    let series: Vec<_> = plan.returned().map(|(query, read)| series(plan, query, &answers[read])).collect();
    let page = cut(&plan.request, plan.position, plan.now, &series);
    let metrics: Vec<_> = plan.request.queries.iter().map(|query| &query.stat).collect();
    let defaults = default_labels(&metrics);
    let result = |(series, part): (Series, Part)| result(plan, &defaults[series.query], series, part);
    DataAnswer { results: series.into_iter().zip(page.parts).map(result).collect(), next_token: page.next_token }
}

fn result(plan: &Plan, default: &str, series: Series, part: Part) -> QueryResult {
    let query = &plan.request.queries[series.query];
    let label = match &query.label {
        Some(label) => label.of(&LabelSubject {
            default,
            metric: Some(&query.stat),
            period: query.stat.period,
            scope: &plan.scope,
            points: &series.points,
            now: plan.now,
            zone: plan.request.zone,
        }),
        None => default.to_owned(),
    };
    let mut points = series.points[part.points].to_vec();
    if plan.request.scan_by == ScanBy::TimestampDescending {
        points.reverse();
    }
    let (timestamps, values) = points.into_iter().unzip();
    let status = match (series.is_failed, part.is_last) {
        (true, _) => StatusCode::InternalError,
        (false, true) => StatusCode::Complete,
        (false, false) => StatusCode::PartialData,
    };
    QueryResult { id: query.id.to_string(), label, timestamps, values, status, messages: series.messages }
}

fn series(plan: &Plan, query: usize, answer: &Result<Vec<UnitSeries>, String>) -> Series {
    let units = match answer {
        Ok(units) => units,
        Err(error) => {
            let message = Message { code: "InternalError", value: error.clone() };
            return Series { query, points: Vec::new(), messages: vec![message], is_failed: true };
        }
    };
    let asked = &plan.request.queries[query].stat;
    let mut units: Vec<_> = units.iter().filter(|series| !series.points.is_empty()).collect();
    units.sort_by_key(|series| series.unit.as_str());
    let points = units.first().map_or(&[][..], |series| &series.points);
    let evaluate = |point: &Point| Some((point.time, asked.statistic.evaluate(&point.cell)?));
    let points: Vec<_> = points.iter().filter_map(evaluate).collect();
    let mut messages = Vec::new();
    if units.len() > 1 {
        messages.push(multiple_units(&units));
    }
    if !points.is_empty() {
        messages.extend(short_period(plan, asked.period));
    }
    Series { query, points, messages, is_failed: false }
}

/// Says which units there are, when the query names none; the first of them is answered.
fn multiple_units(units: &[&UnitSeries]) -> Message {
    let names: Vec<_> = units.iter().map(|series| series.unit.as_str()).collect();
    Message { code: "MultipleUnits", value: format!("Multiple units returned: '[{}]'", names.join(", ")) }
}

/// Says that the data is coarser than the period where it is old; no datapoint is left out for that.
fn short_period(plan: &Plan, period: Period) -> Option<Message> {
    let multiple = least_multiple(plan.request.start, plan.now);
    let period = period.seconds();
    (period % multiple != 0).then(|| Message {
        code: "PeriodTooShort",
        value: format!(
            "The oldest data of this range is kept in steps of {multiple} seconds, and a period of {period} seconds is \
             no multiple of that: each step is reported in the period in which it begins."
        ),
    })
}
