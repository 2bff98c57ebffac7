//! GetMetricData: many metrics in one call.

use std::sync::Arc;

use nepho_engine::anomaly::Model;
use nepho_engine::insights::{InsightsAnswer, InsightsPlan, MAX_INSIGHTS_METRICS};
use nepho_engine::math::BandModel;
use nepho_engine::search::MAX_SEARCH_RESULTS;
use nepho_engine::{
    Answers, DataAnswer, DataError, DataRequest, ExpressionQuery, FoundMetrics, InsightsUse, Label, MetricStat,
    Prepared,
};
use nepho_engine::{Query, QueryId, ScanBy, SearchQuery, Source, Statistic, StatusCode, Zone, finish_with, prepare};
use nepho_model::search::Search;
use nepho_model::{Scope, Timestamp, UnitSeries};
use nepho_protocol::error::{ServiceError, code};
use nepho_protocol::shapes::get_metric_data as wire;
use nepho_protocol::value::{Double, Timestamp as WireTimestamp};
use nepho_store::{Found, StoreError};

use super::call::{Call, Reply};
use super::metric::{metric, period, unit};
use super::violations::Violations;
use crate::found::Searches;
use crate::{aggregation, detectors};

/// What finds metrics for an expression: the id of its query, what is searched, how many at most.
type OnSearch<'a> = dyn FnMut(&QueryId, &Search, usize) -> Result<Found, ServiceError> + 'a;

/// Prepares, searches, plans, reads, finishes. A query whose data cannot be read fails alone.
pub(super) fn answer(call: &Call, body: &[u8]) -> Result<Reply, ServiceError> {
    let input: wire::GetMetricDataInput = call.decode(body)?;
    let request = request(call, &input)?;
    let prepared = prepare(request, &call.scope, call.now).map_err(|error| refusal(&error))?;
    let models = models(call, &prepared)?;
    let mut searches = Searches::new(&*call.instance.samples, &call.scope, call.now);
    let mut search = |id: &QueryId, search: &Search, limit| {
        searches.find(search, limit).map_err(|error| match error {
            StoreError::SearchTooBroad { .. } => {
                code::VALIDATION.message(format!("Error in expression '{id}': {error}"))
            }
            _ => call.read_failed(&error),
        })
    };
    let found = prepared.searches().iter().map(|query| found(&mut search, query)).collect::<Result<_, _>>()?;
    let insights: Vec<_> =
        prepared.insights().iter().map(|asked| insights(call, &mut search, asked)).collect::<Result<_, _>>()?;
    let mut plan = prepared.plan_aggregated(found).map_err(|error| refusal(&error))?;
    let failed = |error: &StoreError| call.read_failed(error).message.unwrap_or_default();
    let aggregates = aggregation::searches(&*call.instance.samples, &call.scope, &plan, &failed);
    plan.take_apart(&aggregates);
    let reads: Vec<Result<Vec<UnitSeries>, String>> = call
        .instance
        .samples
        .read(&call.scope, plan.reads())
        .into_iter()
        .map(|answer| answer.map_err(|error| failed(&error)))
        .collect();
    let models: Vec<_> = models.iter().map(|model| model.as_deref().map(|model| model as &dyn BandModel)).collect();
    let answers = Answers { reads: &reads, models: &models, insights: &insights, aggregates: &aggregates };
    Ok(call.encode(&to_wire(finish_with(&plan, &answers))))
}

fn refusal(error: &DataError) -> ServiceError {
    let code = match error {
        DataError::NextToken => code::INVALID_NEXT_TOKEN,
        _ => code::VALIDATION,
    };
    code.message(error.to_string())
}

/// What every ANOMALY_DETECTION_BAND is told by.
fn models(call: &Call, prepared: &Prepared) -> Result<Vec<Option<Arc<Model>>>, ServiceError> {
    let subjects = prepared.subjects().map_err(|error| refusal(&error))?;
    let model = |(subject, period)| detectors::model(&call.instance, &call.scope, &subject, period, call.now);
    Ok(subjects.into_iter().map(model).collect())
}

/// The metrics that a SEARCH finds, in an order that does not change.
fn found(search: &mut OnSearch<'_>, query: &SearchQuery) -> Result<FoundMetrics, ServiceError> {
    let mut found = search(&query.id, &query.search, MAX_SEARCH_RESULTS)?;
    found.metrics.sort_unstable();
    Ok(FoundMetrics { metrics: found.metrics, is_cut: found.has_more })
}

/// The answer to a query of Metrics Insights. What cannot be read is missing from it, and it says so.
fn insights(call: &Call, search: &mut OnSearch<'_>, asked: &InsightsUse) -> Result<InsightsAnswer, ServiceError> {
    let found = search(&asked.id, &asked.query.search(), MAX_INSIGHTS_METRICS)?;
    let plan = InsightsPlan::new(asked.query.clone(), asked.range, &call.scope, found.metrics, found.has_more);
    let failed = |error: &StoreError| call.read_failed(error).message.unwrap_or_default();
    Ok(aggregation::insights(&*call.instance.samples, &call.scope, &plan, &failed))
}

fn request(call: &Call, input: &wire::GetMetricDataInput) -> Result<DataRequest, ServiceError> {
    let mut violations = Violations::default();
    let time = |parameter: &str, given: Option<WireTimestamp>, violations: &mut Violations| {
        if given.is_none() {
            violations.missing(parameter);
        }
        Timestamp::from_millis(given.unwrap_or_default().ms())
    };
    let start = time("StartTime", input.start_time, &mut violations);
    let end = time("EndTime", input.end_time, &mut violations);
    let queries = input.metric_data_queries.as_deref().unwrap_or_default();
    let queries = queries.iter().enumerate().filter_map(|(position, query)| {
        self::query(&call.scope, &format!("MetricDataQueries.member.{}", position + 1), query, &mut violations)
    });
    let mut request = DataRequest::new(queries.collect(), start, end);
    request.scan_by = scan_by(input.scan_by.as_deref(), &mut violations);
    request.zone = zone(input.label_options.as_ref(), &mut violations);
    request.next_token.clone_from(&input.next_token);
    if let Some(datapoints) = input.max_datapoints {
        // What is no size of a page is refused by the plan, with the limit.
        request.max_datapoints = usize::try_from(datapoints).unwrap_or(0);
    }
    violations.check_as(code::VALIDATION)?;
    Ok(request)
}

pub(super) fn query(
    scope: &Scope,
    path: &str,
    query: &wire::MetricDataQuery,
    violations: &mut Violations,
) -> Option<Query> {
    let id = id(path, query.id.as_deref(), violations);
    let label = match query.label.as_deref().map(Label::parse) {
        None => None,
        Some(Ok(label)) => Some(label),
        Some(Err(fault)) => {
            violations.invalid(format!("The parameter {path}.Label is invalid: {fault}."));
            None
        }
    };
    if let Some(account) = query.account_id.as_ref().filter(|account| **account != scope.account) {
        violations.invalid(format!(
            "The value {account} for parameter {path}.AccountId is invalid: no accounts are linked to {}.",
            scope.account
        ));
    }
    let source = source(path, query, violations);
    Some(Query { id: id?, source: source?, label, return_data: query.return_data.unwrap_or(true) })
}

/// A metric or an expression.
fn source(path: &str, query: &wire::MetricDataQuery, violations: &mut Violations) -> Option<Source> {
    match (&query.metric_stat, &query.expression) {
        (Some(_), Some(_)) => violations.invalid(format!(
            "The parameters {path}.MetricStat and {path}.Expression are mutually exclusive and you have specified both."
        )),
        (None, None) => violations.invalid(format!("The parameter {path}.MetricStat is required.\n")),
        (None, Some(text)) => {
            let period = match query.period {
                None => None,
                given => Some(period(format!("{path}.Period"), given, violations)?),
            };
            return Some(Source::Expression(ExpressionQuery { text: text.clone(), period }));
        }
        (Some(stat), None) => {
            let stat = metric_stat(&format!("{path}.MetricStat"), stat, violations)?;
            if query.period.is_some_and(|given| i64::from(given) != stat.period.seconds()) {
                violations.invalid(format!(
                    "The parameter {path}.Period is that of an expression and must not differ from \
                     {path}.MetricStat.Period."
                ));
            }
            return Some(Source::Metric(stat));
        }
    }
    None
}

fn id(path: &str, id: Option<&str>, violations: &mut Violations) -> Option<QueryId> {
    let Some(id) = id else {
        violations.missing(format!("{path}.Id"));
        return None;
    };
    let parsed = QueryId::parse(id);
    if let Err(fault) = &parsed {
        violations.invalid(format!("The value {id} for parameter {path}.Id is invalid: {fault}."));
    }
    parsed.ok()
}

fn metric_stat(path: &str, stat: &wire::MetricStat, violations: &mut Violations) -> Option<MetricStat> {
    let metric = match &stat.metric {
        None => {
            violations.missing(format!("{path}.Metric"));
            None
        }
        Some(named) => {
            let (namespace, name) = (named.namespace.as_deref(), named.metric_name.as_deref());
            metric(&format!("{path}.Metric."), namespace, name, named.dimensions.as_deref(), violations)
        }
    };
    let period = period(format!("{path}.Period"), stat.period, violations);
    let statistic = statistic(path, stat.stat.as_deref(), violations);
    let unit = unit(format!("{path}.Unit"), stat.unit.as_deref(), violations);
    Some(MetricStat { metric: metric?, period: period?, statistic: statistic?, unit })
}

fn statistic(path: &str, name: Option<&str>, violations: &mut Violations) -> Option<Statistic> {
    let Some(name) = name else {
        violations.missing(format!("{path}.Stat"));
        return None;
    };
    let parsed = Statistic::parse(name);
    if parsed.is_err() {
        violations.invalid(format!("The value {name} for parameter {path}.Stat is not a valid statistic."));
    }
    parsed.ok()
}

fn scan_by(name: Option<&str>, violations: &mut Violations) -> ScanBy {
    match name {
        None | Some("TimestampDescending") => ScanBy::TimestampDescending,
        Some("TimestampAscending") => ScanBy::TimestampAscending,
        Some(_) => {
            let set = "[ TimestampDescending, TimestampAscending ]";
            violations.invalid(format!("The parameter ScanBy must be a value in the set {set}."));
            ScanBy::default()
        }
    }
}

fn zone(options: Option<&wire::LabelOptions>, violations: &mut Violations) -> Zone {
    let Some(text) = options.and_then(|options| options.timezone.as_deref()) else { return Zone::default() };
    Zone::parse(text).unwrap_or_else(|fault| {
        violations.invalid(format!("The parameter LabelOptions.Timezone is invalid: {fault}."));
        Zone::default()
    })
}

fn to_wire(answer: DataAnswer) -> wire::GetMetricDataOutput {
    let message = |message: nepho_engine::Message| wire::MessageData {
        code: Some(message.code.to_owned()),
        value: Some(message.value),
    };
    let result = |result: nepho_engine::QueryResult| wire::MetricDataResult {
        id: Some(result.id),
        label: Some(result.label),
        timestamps: Some(result.timestamps.iter().map(|time| WireTimestamp::from_ms(time.millis())).collect()),
        values: Some(result.values.into_iter().map(Double).collect()),
        status_code: Some(status_code(result.status).to_owned()),
        messages: (!result.messages.is_empty()).then(|| result.messages.into_iter().map(message).collect()),
    };
    wire::GetMetricDataOutput {
        metric_data_results: Some(answer.results.into_iter().map(result).collect()),
        next_token: answer.next_token,
        messages: Some(answer.messages.into_iter().map(message).collect()),
    }
}

const fn status_code(status: StatusCode) -> &'static str {
    match status {
        StatusCode::Complete => "Complete",
        StatusCode::PartialData => "PartialData",
        StatusCode::InternalError => "InternalError",
    }
}
