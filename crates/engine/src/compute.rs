//! The values of all queries of a request, expressions after what they are computed of.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::sync::Arc;

use crate::aggregate::{Aggregate, Made};
use crate::finish::{Answers, Message};
use crate::input::{Input, inputs, short_period};
use crate::insights::{InsightsAnswer, InsightsSeries};
use crate::label::{Label, LabelSubject, default_labels};
use crate::math::{BandModel, Budget, EvaluationFault, Inputs, Origin, Series, Value, evaluate};
use crate::plan::{Found, Plan};
use crate::prepare::PreparedExpression;
use crate::query::MetricStat;

/// The most remarks on metrics that are told again on what is computed of them.
const MAX_MESSAGES: usize = 10;

/// What came of one query.
#[derive(Debug, Clone)]
pub(crate) struct Outcome {
    pub(crate) value: Result<Value, EvaluationFault>,
    /// What it is called when it is one series, or none at all.
    pub(crate) label: String,
    pub(crate) messages: Vec<Message>,
    /// Whether a limit has cut what it is computed of.
    pub(crate) is_partial: bool,
}

/// Computes every query whose value is needed.
pub(crate) fn compute(plan: &Plan, answers: &Answers<'_>) -> Vec<Option<Outcome>> {
    let mut inputs = inputs(plan, answers.reads);
    name_inputs(plan, &mut inputs);
    compute_all(plan, inputs, answers, true)
}

/// The same for a caller that wants values and no labels, and has made the inputs itself: one for each metric of the
/// plan.
pub(crate) fn compute_unnamed(
    plan: &Plan,
    inputs: Vec<Input>,
    models: &[Option<&dyn BandModel>],
) -> Vec<Option<Outcome>> {
    compute_all(plan, inputs, &Answers { models, ..Answers::default() }, false)
}

fn compute_all(plan: &Plan, inputs: Vec<Input>, answers: &Answers<'_>, is_named: bool) -> Vec<Option<Outcome>> {
    let queries = &plan.prepared.request.queries;
    let ids = queries.iter().enumerate().map(|(at, query)| (query.id.as_str(), at)).collect();
    let outcomes = vec![None; queries.len()];
    let Answers { models, aggregates, insights, .. } = *answers;
    let budget = Budget::whole();
    let mut computing = Computing { plan, ids, inputs, models, aggregates, outcomes, budget, is_named };
    for (asked, answer) in plan.prepared.insights.iter().zip(insights) {
        computing.outcomes[asked.at] = Some(computing.insights(asked.at, answer));
    }
    for query in plan.prepared.order.iter().copied() {
        let outcome = match (plan.of_query[query], &plan.prepared.expressions[query]) {
            (Some(input), _) => computing.metric(input),
            (None, Some(expression)) => computing.expression(query, expression),
            (None, None) => continue,
        };
        computing.outcomes[query] = Some(outcome);
    }
    computing.outcomes
}

/// Gives each series its label among the others: those of the request, and those of each search, apart.
fn name_inputs(plan: &Plan, inputs: &mut [Input]) {
    let queries = &plan.prepared.request.queries;
    let metrics: Vec<_> = queries.iter().filter_map(|query| query.metric()).collect();
    let mut defaults = default_labels(&metrics).into_iter();
    for (query, input) in queries.iter().zip(&plan.of_query) {
        let default = query.metric().and_then(|_| defaults.next());
        if let (Some(default), Some(input)) = (default, *input) {
            let metric = query.metric();
            let series = &inputs[input].series;
            let label = match &query.label {
                Some(label) => labelled(plan, label, &default, metric, series),
                None => default,
            };
            name(&mut inputs[input], label, metric);
        }
    }
    for found in &plan.found {
        let Found::Series(found) = found else { continue };
        let stats: Vec<_> = found.iter().map(|metric| &plan.metrics[*metric].stat).collect();
        for ((label, stat), input) in default_labels(&stats).into_iter().zip(stats).zip(found) {
            name(&mut inputs[*input], label, Some(stat));
        }
    }
}

fn name(input: &mut Input, label: String, metric: Option<&MetricStat>) {
    input.series.origin = Some(Arc::new(Origin { label, metric: metric.cloned() }));
}

/// What a label says of a series.
pub(crate) fn labelled(
    plan: &Plan,
    label: &Label,
    default: &str,
    metric: Option<&MetricStat>,
    series: &Series,
) -> String {
    if let Some(text) = label.fixed_text() {
        return text.to_owned();
    }
    let prepared = &plan.prepared;
    let (scope, now, zone) = (&prepared.scope, prepared.now, prepared.request.zone);
    let (period, points) = (series.grid().period(), series.points().collect::<Vec<_>>());
    label.of(&LabelSubject { default, metric, period, scope, points: &points, now, zone })
}

struct Computing<'a> {
    plan: &'a Plan,
    ids: HashMap<&'a str, usize>,
    inputs: Vec<Input>,
    models: &'a [Option<&'a dyn BandModel>],
    aggregates: &'a [Aggregate],
    /// For each query, once it is computed.
    outcomes: Vec<Option<Outcome>>,
    budget: Budget,
    /// Whether what is computed gets a label.
    is_named: bool,
}

impl Computing<'_> {
    fn metric(&self, input: usize) -> Outcome {
        let input = &self.inputs[input];
        let label = input.series.origin.as_ref().map_or_else(String::new, |origin| origin.label.clone());
        Outcome { value: input.series().map(Value::Series), label, messages: input.messages.clone(), is_partial: false }
    }

    fn insights(&self, query: usize, answer: &InsightsAnswer) -> Outcome {
        let (grid, id) = (self.plan.grid(query), self.plan.prepared.request.queries[query].id.as_str());
        let series = |one: &InsightsSeries| {
            let points = one.points.iter().filter_map(|(time, value)| Some((grid.slot(*time)?, *value)));
            let label = one.label.clone().unwrap_or_else(|| id.to_owned());
            Series::of_pairs(grid, points).with_origin(Some(Arc::new(Origin { label, metric: None })))
        };
        let mut all: Vec<_> = answer.series.iter().map(series).collect();
        let is_one = answer.series.iter().any(|series| series.label.is_none());
        let (value, label) = match is_one {
            true => {
                let series = all.remove(0);
                let label = self.label(query, None, &series);
                let origin = Origin { label: label.clone(), metric: None };
                (Value::Series(series.with_origin(Some(Arc::new(origin)))), label)
            }
            false => (Value::Array(all), id.to_owned()),
        };
        Outcome { value: Ok(value), label, messages: answer.messages.clone(), is_partial: answer.is_partial }
    }

    fn expression(&self, query: usize, prepared: &PreparedExpression) -> Outcome {
        let sources = Sources { computing: self, prepared, messages: RefCell::default(), is_partial: Cell::new(false) };
        let grid = self.plan.grid(query);
        let value = evaluate(&prepared.expression, &sources, grid).and_then(|value| {
            // What is only named takes nothing to compute, but it is answered once more.
            let answered = if self.plan.prepared.request.queries[query].return_data { value.weight() } else { 0 };
            self.budget.take(answered)?;
            Ok(value)
        });
        let (messages, is_partial) = (sources.messages.into_inner(), sources.is_partial.get());
        if !self.is_named {
            return Outcome { value, label: String::new(), messages, is_partial };
        }
        // A series that is the value of an expression is called by the expression.
        match value {
            Ok(Value::Series(series)) => {
                let metric = series.origin.as_ref().and_then(|origin| origin.metric.clone());
                let label = self.label(query, metric.as_ref(), &series);
                let series = series.with_origin(Some(Arc::new(Origin { label: label.clone(), metric })));
                Outcome { value: Ok(Value::Series(series)), label, messages, is_partial }
            }
            value => Outcome { value, label: self.label(query, None, &Series::empty(grid)), messages, is_partial },
        }
    }

    fn label(&self, query: usize, metric: Option<&MetricStat>, series: &Series) -> String {
        let query = &self.plan.prepared.request.queries[query];
        let id = query.id.as_str();
        query.label.as_ref().map_or_else(|| id.to_owned(), |label| labelled(self.plan, label, id, metric, series))
    }
}

impl Input {
    fn series(&self) -> Result<Series, EvaluationFault> {
        match &self.failure {
            Some(failure) => Err(EvaluationFault::Input(failure.clone())),
            None => Ok(self.series.clone()),
        }
    }
}

/// What one expression is computed of.
struct Sources<'a> {
    computing: &'a Computing<'a>,
    prepared: &'a PreparedExpression,
    /// What is to be known of everything that was used.
    messages: RefCell<Vec<Message>>,
    /// Whether a limit has cut some of it.
    is_partial: Cell<bool>,
}

impl Sources<'_> {
    fn note(&self, messages: &[Message]) {
        let mut noted = self.messages.borrow_mut();
        for message in messages {
            if noted.len() < MAX_MESSAGES && !noted.contains(message) {
                noted.push(message.clone());
            }
        }
    }

    fn query(&self, query: usize) -> Result<Value, EvaluationFault> {
        let outcome = self.computing.outcomes[query].as_ref().expect("what is referred to is computed first");
        self.note(&outcome.messages);
        self.is_partial.set(self.is_partial.get() || outcome.is_partial);
        outcome.value.clone()
    }
}

impl Sources<'_> {
    /// The one series that stands for those of a search.
    fn aggregated(&self, aggregation: usize) -> Result<Series, EvaluationFault> {
        let Computing { plan, aggregates, budget, .. } = self.computing;
        match &aggregates[aggregation].0 {
            Made::Failed(failure) => Err(EvaluationFault::Input(failure.clone())),
            Made::SeveralUnits => unreachable!("the plan was taken apart"),
            Made::Series { series, cells } => {
                budget.take(*cells)?;
                if !series.is_empty() {
                    let message = short_period(plan.prepared.request.start, plan.prepared.now, series.grid().period());
                    self.note(message.as_slice());
                }
                Ok(series.clone())
            }
        }
    }
}

impl Inputs for Sources<'_> {
    fn value(&self, id: &str) -> Result<Value, EvaluationFault> {
        self.query(self.computing.ids[id])
    }

    fn metrics(&self, part: &str) -> Result<Vec<Series>, EvaluationFault> {
        let queries = self.computing.plan.prepared.request.queries.iter().enumerate();
        let metrics = queries.filter(|(_, query)| query.metric().is_some() && query.id.as_str().contains(part));
        let series = metrics.map(|(at, _)| self.query(at).map(Value::into_array));
        Ok(series.collect::<Result<Vec<_>, _>>()?.concat())
    }

    fn found(&self, node: usize) -> Result<Vec<Series>, EvaluationFault> {
        let calls = &self.prepared.checked.searches;
        let call = calls.iter().position(|call| call.node == node).expect("searches are gathered");
        let found = match &self.computing.plan.found[self.prepared.first_search + call] {
            Found::Series(found) => found,
            Found::Aggregated(aggregation) => return self.aggregated(*aggregation).map(|series| vec![series]),
        };
        let input = |input: &usize| {
            let input = &self.computing.inputs[*input];
            self.note(&input.messages);
            input.series()
        };
        found.iter().map(input).collect()
    }

    fn model(&self, node: usize) -> Result<&dyn BandModel, EvaluationFault> {
        let calls = &self.prepared.checked.bands;
        let call = calls.iter().position(|call| call.node == node).expect("bands are gathered");
        let model = self.computing.models.get(self.prepared.first_band + call).copied().flatten();
        let model = model.ok_or_else(|| EvaluationFault::NoModel(calls[call].of.clone()))?;
        if let Some(value) = model.remark() {
            self.note(&[Message { code: "InsufficientData", value }]);
        }
        Ok(model)
    }

    fn budget(&self) -> &Budget {
        &self.computing.budget
    }
}
