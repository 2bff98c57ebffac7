//! Statistics of metrics over one range of time.

use std::collections::HashMap;

use aws_sdk_cloudwatch::Client;
use aws_sdk_cloudwatch::primitives::DateTime;
use aws_sdk_cloudwatch::types::{MetricDataQuery, MetricStat, ScanBy, StandardUnit};
use nepho_engine::{Period, Statistic};
use nepho_model::Unit;

use crate::endpoint;
use crate::exit::Failure;
use crate::metric::Metric;
use crate::metric_data::{Found, ask};
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
        let queries = some.iter().enumerate().map(|(n, query)| query.to_wire(&id(n), period)).collect();
        let request = client
            .get_metric_data()
            .set_metric_data_queries(Some(queries))
            .start_time(time_to_wire(range.start))
            .end_time(time_to_wire(range.end))
            .scan_by(ScanBy::TimestampAscending);
        let answer = ask(request, &mut progress, &mut points).await;
        let answer = answer.map_err(|error| refusal::failure(arguments, &error))?;
        let mut found: HashMap<String, Series> =
            answer.results.into_iter().map(|result| (result.id.clone(), Series::of(result))).collect();
        all.extend((0..some.len()).map(|n| found.remove(&id(n)).unwrap_or_default()));
    }
    Ok(all)
}

fn id(position: usize) -> String {
    format!("m{position}")
}

impl Series {
    fn of(result: Found) -> Self {
        Series { messages: result.remarks(), points: result.points }
    }
}

impl Query<'_> {
    /// As the API has it.
    pub(crate) fn to_wire(&self, id: &str, period: Period) -> MetricDataQuery {
        let stat = MetricStat::builder()
            .metric(self.metric.to_wire())
            .period(seconds_to_wire(period))
            .stat(self.statistic.as_str())
            .set_unit(self.unit.map(|unit| StandardUnit::from(unit.as_str())));
        MetricDataQuery::builder().id(id).metric_stat(stat.build()).build()
    }
}

/// A period as the API has it.
pub(crate) fn seconds_to_wire(period: Period) -> i32 {
    i32::try_from(period.seconds()).unwrap_or(i32::MAX)
}

/// A time as the API has it.
pub(crate) fn time_to_wire(time: jiff::Timestamp) -> DateTime {
    DateTime::from_millis(time.as_millisecond())
}
