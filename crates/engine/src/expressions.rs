//! The expressions of a request: read, put in order, checked.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};

use crate::insights::{InsightsQuery, MIN_INSIGHTS_PERIOD, is_insights, parse_insights};
use crate::math::{
    Checked, Expression, ExpressionFault, Named, Names, Periods, Type, UNSAID_PERIOD, check, check_result,
};
use crate::period::Period;
use crate::query::{Query, Source};
use crate::request_error::{DataError, ExpressionError};

/// The most wrong expressions that one answer tells of.
const MAX_ERRORS: usize = 10;

/// The text of a query, read.
#[derive(Debug)]
pub(crate) enum Parsed {
    /// There is none: the query is a metric.
    Metric,
    /// Metric math.
    Math(Expression),
    /// A query of Metrics Insights.
    Insights(InsightsQuery),
}

impl Parsed {
    fn math(&self) -> Option<&Expression> {
        match self {
            Parsed::Math(expression) => Some(expression),
            _ => None,
        }
    }
}

/// Reads the expressions.
pub(crate) fn parse(queries: &[Query]) -> Result<Vec<Parsed>, DataError> {
    let (mut parsed, mut errors) = (Vec::with_capacity(queries.len()), Vec::new());
    for query in queries {
        if errors.len() == MAX_ERRORS {
            break;
        }
        let read = match &query.source {
            Source::Metric(_) => Ok(Parsed::Metric),
            Source::Expression(asked) if is_insights(&asked.text) => {
                parse_insights(&asked.text).map(Parsed::Insights).map_err(ExpressionFault::from)
            }
            Source::Expression(asked) => Expression::parse(&asked.text).map(Parsed::Math),
        };
        match read {
            Ok(read) => parsed.push(read),
            Err(fault) => errors.push(ExpressionError { id: query.id.clone(), fault }),
        }
    }
    if errors.is_empty() { Ok(parsed) } else { Err(errors.into()) }
}

/// The queries that each query refers to. Ids that there are not are found out when the expression is checked.
pub(crate) fn references(queries: &[Query], parsed: &[Parsed]) -> Vec<Vec<usize>> {
    let positions: HashMap<_, _> = queries.iter().enumerate().map(|(at, query)| (query.id.as_str(), at)).collect();
    let metrics = |part: &str| {
        let has_part = |query: &Query| query.metric().is_some() && query.id.as_str().contains(part);
        (0..queries.len()).filter(|at| has_part(&queries[*at])).collect::<Vec<_>>()
    };
    let of = |expression: &Expression| {
        let mut all: Vec<_> = expression.ids().filter_map(|id| positions.get(id).copied()).collect();
        let parts: HashSet<_> = expression.metrics_calls().collect();
        all.extend(parts.into_iter().flat_map(metrics));
        all.sort_unstable();
        all.dedup();
        all
    };
    parsed.iter().map(|parsed| parsed.math().map(of).unwrap_or_default()).collect()
}

pub(crate) fn refuse_cycle(queries: &[Query], cycle: &[usize]) -> DataError {
    let ids: Vec<_> = cycle.iter().map(|query| queries[*query].id.as_str()).collect();
    let fault = ExpressionFault::Cycle(ids.join(" -> "));
    vec![ExpressionError { id: queries[cycle[0]].id.clone(), fault }].into()
}

/// What the ids of the queries that are checked already stand for.
struct Known<'a> {
    queries: &'a [Query],
    named: HashMap<&'a str, Named>,
    /// The periods of metrics, by the part of their ids that they were asked for with.
    parts: RefCell<HashMap<String, Periods>>,
    /// The id of the expression that is checked, which it had better not name.
    own: &'a str,
}

impl Names for Known<'_> {
    fn get(&self, id: &str) -> Option<&Named> {
        self.named.get(id)
    }

    fn all(&self) -> Vec<&str> {
        self.queries.iter().map(|query| query.id.as_str()).filter(|id| *id != self.own).collect()
    }

    fn metrics(&self, part: &str) -> Periods {
        if let Some(periods) = self.parts.borrow().get(part) {
            return periods.clone();
        }
        let periods = metric_periods(self.queries, part);
        self.parts.borrow_mut().insert(part.to_owned(), periods.clone());
        periods
    }
}

/// Checks the expressions, each after those that it refers to. One that refers to a wrong one is left out: what is
/// wrong is told once.
pub(crate) fn check_all(
    queries: &[Query],
    parsed: &[Parsed],
    order: &[usize],
) -> Result<Vec<Option<Checked>>, DataError> {
    let mut known = Known { queries, named: HashMap::new(), parts: RefCell::default(), own: "" };
    let mut all: Vec<Option<Checked>> = vec![None; queries.len()];
    let (mut errors, mut wrong) = (Vec::new(), HashSet::new());
    for at in order.iter().copied() {
        let query = &queries[at];
        let mut name = |gives, period| {
            let periods = Periods::One(period, query.id.to_string());
            known.named.insert(query.id.as_str(), Named { gives, periods });
        };
        let (expression, period) = match (&query.source, &parsed[at]) {
            (Source::Expression(asked), Parsed::Math(expression)) => (expression, asked.period),
            (Source::Expression(asked), Parsed::Insights(insights)) => {
                let gives = if insights.group_by.is_empty() { Type::Series } else { Type::Array };
                name(gives, insights_period(queries, asked.period));
                continue;
            }
            (Source::Metric(stat), _) => {
                name(Type::Metric, stat.period);
                continue;
            }
            (Source::Expression(_), Parsed::Metric) => unreachable!("an expression was read as one"),
        };
        known.own = query.id.as_str();
        if errors.len() == MAX_ERRORS || expression.ids().any(|id| wrong.contains(id)) {
            wrong.insert(query.id.as_str());
            continue;
        }
        match check_one(query, expression, &known, period) {
            Ok(checked) => {
                known.named.insert(query.id.as_str(), named(query, &checked));
                all[at] = Some(checked);
            }
            Err(fault) => {
                errors.push((at, ExpressionError { id: query.id.clone(), fault }));
                wrong.insert(query.id.as_str());
            }
        }
    }
    errors.sort_by_key(|(at, _)| *at);
    let errors: Vec<_> = errors.into_iter().map(|(_, error)| error).collect();
    if errors.is_empty() { Ok(all) } else { Err(errors.into()) }
}

/// The period of a query of Metrics Insights: its own, else that of all metrics of the request, else
/// [`UNSAID_PERIOD`]; a minute at least.
pub(crate) fn insights_period(queries: &[Query], given: Option<Period>) -> Period {
    let period = given.or_else(|| metric_periods(queries, "").one()).unwrap_or(UNSAID_PERIOD);
    if period.seconds() < MIN_INSIGHTS_PERIOD { Period::MINUTE } else { period }
}

/// The periods of the metrics of a request whose ids contain a text.
fn metric_periods(queries: &[Query], part: &str) -> Periods {
    let metrics = queries.iter().filter(|query| query.id.as_str().contains(part));
    let periods = metrics.filter_map(|query| Some(Periods::One(query.metric()?.period, query.id.to_string())));
    periods.fold(Periods::None, |all, one| all.and(&one))
}

/// An expression that is returned gives series; one that others are computed of may be a scalar.
fn check_one(
    query: &Query,
    expression: &Expression,
    known: &Known<'_>,
    period: Option<Period>,
) -> Result<Checked, ExpressionFault> {
    let checked = check(expression, known, period)?;
    match (checked.gives, query.return_data) {
        (Type::Scalar, false) => {}
        (gives, _) => check_result(gives)?,
    }
    Ok(checked)
}

/// What the id of an expression stands for.
fn named(query: &Query, checked: &Checked) -> Named {
    let gives = if checked.gives == Type::Metric { Type::Series } else { checked.gives };
    let periods = match &checked.periods {
        Periods::One(period, _) => Periods::One(*period, query.id.to_string()),
        other => other.clone(),
    };
    Named { gives, periods }
}
