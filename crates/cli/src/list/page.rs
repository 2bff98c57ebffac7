//! Metrics one by one, with a sparkline of the last hours on a terminal.

use std::collections::BTreeMap;

use aws_sdk_cloudwatch::Client;
use jiff::{Timestamp, ToSpan};
use nepho_engine::Period;
use serde::Serialize;

use super::Arguments;
use crate::dimension;
use crate::exit::Failure;
use crate::listing::{Filter, list};
use crate::metric::Metric;
use crate::number;
use crate::own_path;
use crate::print;
use crate::series::{self, Query, Series};
use crate::sparkline::sparkline;
use crate::table::{Side, Table};
use crate::terminal::Terminal;
use crate::time_range::TimeRange;

/// What a sparkline shows.
const HOURS: i64 = 3;
/// A character of a sparkline, in seconds: 36 characters, or half as many on a narrow terminal.
const PERIOD: i64 = 300;
const NARROW_PERIOD: i64 = 600;
/// Columns from which on a terminal is wide.
const WIDE: usize = 110;
/// Metrics with sparklines: two calls. The rest of a longer list goes without.
const SPARKLINES_MAX: usize = 1000;

pub(super) async fn text(
    client: &Client,
    arguments: &Arguments,
    filter: &Filter,
    limit: usize,
    terminal: Terminal,
) -> Result<String, Failure> {
    let listing = list(client, &arguments.endpoint, filter, limit).await?;
    if listing.metrics.is_empty() {
        print::note(&format!("no metric fits. To see what there is: nepho list{}", arguments.endpoint.flags()));
    }
    if !listing.is_complete {
        print::note(&format!(
            "only {} of more are listed: narrow with --name and --dimension, or list more with --limit",
            number::counted(listing.metrics.len() as u64, "metric")
        ));
    }
    if arguments.json {
        return Ok(listing.metrics.iter().map(json_line).collect());
    }
    if !terminal.is_terminal {
        return Ok(plain(&listing.metrics).tabbed());
    }
    if listing.metrics.is_empty() {
        return Ok(String::new());
    }
    let now = own_path::now(&arguments.endpoint).await;
    let period = if terminal.width >= WIDE { PERIOD } else { NARROW_PERIOD };
    let period = Period::from_seconds(period).expect("both are legal");
    let range = TimeRange::relative(now.checked_sub(HOURS.hours()).unwrap_or(now), now).rounded(period);
    let with = &listing.metrics[..listing.metrics.len().min(SPARKLINES_MAX)];
    let query = |metric| Query { metric, statistic: &arguments.stat, unit: None };
    let queries: Vec<_> = with.iter().map(query).collect();
    let series = series::fetch(client, &arguments.endpoint, &queries, range, period).await?;
    let has_namespaces = filter.namespace.is_none();
    let table = sparklines(&listing.metrics, &series, range, period, has_namespaces, arguments.stat.as_str());
    Ok(table.aligned(terminal.width, terminal.palette))
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Line<'a> {
    namespace: &'a str,
    metric_name: &'a str,
    dimensions: BTreeMap<&'a str, &'a str>,
}

fn json_line(metric: &Metric) -> String {
    let line = Line {
        namespace: &metric.namespace,
        metric_name: &metric.name,
        dimensions: dimension::map_of(&metric.dimensions),
    };
    serde_json::to_string(&line).expect("a line has only strings") + "\n"
}

fn plain(metrics: &[Metric]) -> Table {
    let mut table = Table::new([("NAMESPACE", Side::Left), ("METRIC", Side::Left), ("DIMENSIONS", Side::Left)]);
    for metric in metrics {
        table.row(vec![metric.namespace.clone(), metric.name.clone(), dimension::text_of(&metric.dimensions)]);
    }
    table
}

fn sparklines(
    metrics: &[Metric],
    series: &[Series],
    range: TimeRange,
    period: Period,
    has_namespaces: bool,
    statistic: &str,
) -> Table {
    let namespace = has_namespaces.then_some(("NAMESPACE".to_owned(), Side::Left));
    let header = namespace.into_iter().chain([
        ("METRIC".to_owned(), Side::Left),
        ("DIMENSIONS".to_owned(), Side::Left),
        (format!("LAST {HOURS} H, {statistic}"), Side::Left),
        ("LAST".to_owned(), Side::Right),
    ]);
    let mut table = Table::new(header);
    let none = Series::default();
    for (position, metric) in metrics.iter().enumerate() {
        let points = &series.get(position).unwrap_or(&none).points;
        let namespace = has_namespaces.then(|| metric.namespace.clone());
        table.row(
            namespace
                .into_iter()
                .chain([
                    metric.name.clone(),
                    dimension::text_of(&metric.dimensions),
                    sparkline(&places(points, range, period)),
                    points.last().map(|(_, value)| number::short(*value)).unwrap_or_default(),
                ])
                .collect(),
        );
    }
    table
}

/// A value or nothing for each period of the range.
fn places(points: &[(i64, f64)], range: TimeRange, period: Period) -> Vec<Option<f64>> {
    let start = range.start.as_second();
    let place = |time: Timestamp| ((time.as_second() - start).max(0) / period.seconds()) as usize;
    let mut places = vec![None; place(range.end) + 1];
    for (time, value) in points {
        if let Some(place) = places.get_mut(((time - start) / period.seconds()) as usize) {
            *place = Some(*value);
        }
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::terminal::Palette;

    #[test]
    fn metrics_have_sparklines_and_their_last_value() {
        let start: Timestamp = "2026-05-04T12:00:00Z".parse().unwrap();
        let range = TimeRange::relative(start, start.checked_add(59.minutes()).unwrap());
        let period = Period::from_seconds(600).unwrap();
        let web = crate::dimension::parse("Service=web").unwrap();
        let metrics = [Metric::new("Shop", "Orders", &[web]), Metric::new("Shop", "Refunds", &[])];
        let at = |minute: i64, value: f64| (start.as_second() + 60 * minute, value);
        let series = [Series { points: vec![at(0, 1.0), at(20, 3.0), at(50, 2.0)], messages: Vec::new() }];
        let table = sparklines(&metrics, &series, range, period, false, "Sum");
        let expected = "\
METRIC   DIMENSIONS   LAST 3 H, Sum  LAST
Orders   Service=web  ▁ █  ▅            2
Refunds
";
        assert_eq!(table.aligned(80, Palette::Plain), expected);
    }

    #[test]
    fn metrics_as_json() {
        let web = crate::dimension::parse("Service=web").unwrap();
        let expected = "{\"Namespace\":\"Shop\",\"MetricName\":\"Orders\",\"Dimensions\":{\"Service\":\"web\"}}\n";
        assert_eq!(json_line(&Metric::new("Shop", "Orders", &[web])), expected);
    }
}
