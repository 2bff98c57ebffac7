//! From what was read to the answer of GetMetricData.

use nepho_model::{Timestamp, UnitSeries};

use crate::aggregate::Aggregate;
use crate::compute::{Outcome, compute, labelled};
use crate::insights::InsightsAnswer;
use crate::math::{BandModel, Series, Value};
use crate::page::{Part, Place, cut};
use crate::plan::Plan;
use crate::query::ScanBy;

/// One page of the answer.
#[derive(Debug, Clone, PartialEq)]
pub struct DataAnswer {
    /// The results of each query that returns data, in the order of the request. An expression that gives an array has
    /// one for each series of it.
    pub results: Vec<QueryResult>,
    /// What to ask the next page with; `None` on the last.
    pub next_token: Option<String>,
    /// What is to be known of the call as a whole.
    pub messages: Vec<Message>,
}

/// The datapoints of one series on one page.
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
    /// A later page has more of it, or, when it is of a query of Metrics Insights, a limit has cut it.
    PartialData,
    /// It could not be read or computed; a message says why.
    InternalError,
}

/// A remark on a result or on a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// What kind of remark.
    pub code: &'static str,
    /// The remark.
    pub value: String,
}

/// One result over the whole range.
#[derive(Debug)]
pub(crate) struct Whole {
    pub(crate) place: Place,
    pub(crate) series: Series,
    label: String,
    messages: Vec<Message>,
    is_failed: bool,
    is_partial: bool,
}

/// Answers a request with what was read: one answer for each of [`Plan::reads`], or what went wrong with it.
///
/// # Panics
/// When there are fewer or more answers than reads.
pub fn finish(plan: &Plan, answers: &[Result<Vec<UnitSeries>, String>]) -> DataAnswer {
    finish_with(plan, &Answers { reads: answers, ..Answers::default() })
}

/// What was found out for a plan.
#[derive(Clone, Copy, Default)]
pub struct Answers<'a> {
    /// One for each of [`Plan::reads`], or what went wrong with it.
    pub reads: &'a [Result<Vec<UnitSeries>, String>],
    /// One for each of [`Prepared::bands`](crate::Prepared::bands). A band without a model is a result that could not be
    /// computed.
    pub models: &'a [Option<&'a dyn BandModel>],
    /// One for each of [`Prepared::insights`](crate::Prepared::insights).
    pub insights: &'a [InsightsAnswer],
    /// What [`Aggregating`](crate::Aggregating) has made of [`Plan::aggregated`], if there is any.
    pub aggregates: &'a [Aggregate],
}

/// Answers a request that has bands or queries of Metrics Insights.
///
/// # Panics
/// When there are fewer or more answers than reads, than queries of Metrics Insights, or than aggregated searches.
pub fn finish_with(plan: &Plan, answers: &Answers<'_>) -> DataAnswer {
    assert_eq!(answers.reads.len(), plan.reads().len(), "every read has an answer");
    assert_eq!(answers.insights.len(), plan.prepared.insights().len(), "every query of Metrics Insights has an answer");
    assert_eq!(answers.aggregates.len(), plan.aggregations.len(), "every aggregated search has an answer");
    let outcomes = compute(plan, answers);
    let prepared = &plan.prepared;
    let returned = outcomes.into_iter().enumerate().filter(|(at, _)| prepared.request.queries[*at].return_data);
    let wholes: Vec<_> =
        returned.filter_map(|(query, outcome)| Some(wholes(plan, query, outcome?))).flatten().collect();
    let page = cut(&prepared.request, prepared.position, prepared.now, &wholes);
    let results = wholes.into_iter().zip(page.parts).map(|(whole, part)| result(plan, whole, part)).collect();
    DataAnswer { results, next_token: page.next_token, messages: plan.messages.clone() }
}

/// The results of a query.
fn wholes(plan: &Plan, query: usize, outcome: Outcome) -> Vec<Whole> {
    let Outcome { value, label, messages, is_partial } = outcome;
    let whole = |index, series, label| {
        let place = Place { query, index };
        Whole { place, series, label, messages: messages.clone(), is_failed: false, is_partial }
    };
    match value {
        Ok(Value::Array(all)) => {
            let one = |(index, series)| {
                let label = label_in_array(plan, query, &series);
                whole(index, series, label)
            };
            all.into_iter().enumerate().map(one).collect()
        }
        Ok(value) => value.into_array().into_iter().map(|series| whole(0, series, label.clone())).collect(),
        Err(fault) => {
            let messages = vec![Message { code: "InternalError", value: fault.to_string() }];
            let series = Series::empty(plan.grid(query));
            vec![Whole { place: Place { query, index: 0 }, series, label, messages, is_failed: true, is_partial }]
        }
    }
}

/// What a series of an array is called: the label of the query in front of its own, or, where that is dynamic, what it
/// says of this series.
fn label_in_array(plan: &Plan, query: usize, series: &Series) -> String {
    let query = &plan.prepared.request.queries[query];
    let own = series.origin.as_ref().map_or(query.id.as_str(), |origin| &origin.label);
    match query.label.as_ref().map(|label| (label, label.fixed_text())) {
        None | Some((_, Some(""))) => own.to_owned(),
        Some((_, Some(text))) => format!("{text} {own}"),
        Some((label, None)) => {
            let metric = series.origin.as_ref().and_then(|origin| origin.metric.as_ref());
            labelled(plan, label, own, metric, series)
        }
    }
}

fn result(plan: &Plan, whole: Whole, part: Part) -> QueryResult {
    let request = &plan.prepared.request;
    let (grid, Part { points, is_last }) = (whole.series.grid(), part);
    let times = whole.series.slots()[points.clone()].iter().map(|slot| grid.time(*slot));
    // Adding 0 makes 0 of -0, which no client expects.
    let values = whole.series.values()[points].iter().map(|value| value + 0.0);
    let (timestamps, values) = match request.scan_by {
        ScanBy::TimestampAscending => (times.collect(), values.collect()),
        ScanBy::TimestampDescending => (times.rev().collect(), values.rev().collect()),
    };
    let status = match (whole.is_failed, is_last && !whole.is_partial) {
        (true, _) => StatusCode::InternalError,
        (false, true) => StatusCode::Complete,
        (false, false) => StatusCode::PartialData,
    };
    let (id, label, messages) = (request.queries[whole.place.query].id.to_string(), whole.label, whole.messages);
    QueryResult { id, label, timestamps, values, status, messages }
}
