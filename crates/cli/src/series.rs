//! GetMetricData, page by page.

use std::collections::HashMap;

use aws_sdk_cloudwatch::Client;
use aws_sdk_cloudwatch::primitives::DateTime;
use aws_sdk_cloudwatch::types::{MetricDataQuery, MetricDataResult, MetricStat, ScanBy, StandardUnit, StatusCode};
use nepho_engine::{Period, Statistic};
use nepho_model::Unit;

use crate::endpoint;
use crate::exit::Failure;
use crate::metric::Metric;
use crate::progress::Progress;
use crate::refusal;
use crate::time_range::TimeRange;

/// Queries of one call.
const QUERIES_MAX: usize = 500;

/// A statistic of a metric.
#[derive(Debug)]
pub(crate) struct Query<'a> {
    pub(crate) metric: &'a Metric,
    pub(crate) statistic: &'a Statistic,
    pub(crate) unit: Option<Unit>,
}

/// What a query gave.
#[derive(Debug, Default, Clone, PartialEq)]
pub(crate) struct Series {
    /// The starts of periods in seconds, ascending, with the value of each.
    pub(crate) points: Vec<(i64, f64)>,
    /// What the service has to say about it.
    pub(crate) messages: Vec<String>,
}

/// Asks for all queries over one range. The answers are in the order of the queries.
pub(crate) async fn fetch(
    client: &Client,
    arguments: &endpoint::Arguments,
    queries: &[Query<'_>],
    range: TimeRange,
    period: Period,
) -> Result<Vec<Series>, Failure> {
    let mut progress = Progress::of("point");
    let mut all = Vec::with_capacity(queries.len());
    let mut points = 0;
    for some in queries.chunks(QUERIES_MAX) {
        let request = client
            .get_metric_data()
            .set_metric_data_queries(Some(
                some.iter().enumerate().map(|(n, query)| to_wire(n, query, period)).collect(),
            ))
            .start_time(time_to_wire(range.start))
            .end_time(time_to_wire(range.end))
            .scan_by(ScanBy::TimestampAscending);
        let mut found: HashMap<String, Series> = HashMap::new();
        let mut token = None;
        loop {
            let page = request.clone().set_next_token(token).send().await;
            let mut page = page.map_err(|error| refusal::failure(arguments, &error))?;
            token = page.next_token.take().filter(|token| !token.is_empty());
            for result in page.metric_data_results() {
                points += result.values().len() as u64;
                add(found.entry(result.id().unwrap_or_default().to_owned()).or_default(), result, token.is_some());
            }
            progress.show(points);
            if token.is_none() {
                break;
            }
        }
        all.extend((0..some.len()).map(|n| found.remove(&id(n)).unwrap_or_default()));
    }
    Ok(all)
}

fn id(position: usize) -> String {
    format!("m{position}")
}

fn to_wire(position: usize, query: &Query<'_>, period: Period) -> MetricDataQuery {
    let stat = MetricStat::builder()
        .metric(query.metric.to_wire())
        .period(i32::try_from(period.seconds()).unwrap_or(i32::MAX))
        .stat(query.statistic.as_str())
        .set_unit(query.unit.map(|unit| StandardUnit::from(unit.as_str())));
    MetricDataQuery::builder().id(id(position)).metric_stat(stat.build()).build()
}

/// A time as the API has it.
pub(crate) fn time_to_wire(time: jiff::Timestamp) -> DateTime {
    DateTime::from_millis(time.as_millisecond())
}

fn add(series: &mut Series, result: &MetricDataResult, has_more: bool) {
    series.points.extend(result.timestamps().iter().map(DateTime::secs).zip(result.values().iter().copied()));
    let say = |message: String, series: &mut Series| {
        if !series.messages.contains(&message) {
            series.messages.push(message);
        }
    };
    for message in result.messages() {
        say(message.value().or(message.code()).unwrap_or_default().to_owned(), series);
    }
    match result.status_code() {
        Some(StatusCode::Complete) | None => {}
        Some(StatusCode::PartialData) if has_more => {}
        Some(status) => say(format!("the result is not whole: {status}"), series),
    }
}
