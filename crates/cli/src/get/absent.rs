//! Why there is nothing to show: the metric is spelt in another way, has other dimensions, or has no data at that
//! time.

use aws_sdk_cloudwatch::Client;
use jiff::{Timestamp, ToSpan};
use nepho_engine::{Period, Statistic};

use super::{Answer, Arguments};
use crate::dimension;
use crate::exit::Failure;
use crate::listing::{Filter, Listing, list};
use crate::metric::Metric;
use crate::nearest::nearest;
use crate::number::counted;
use crate::print;
use crate::series::{self, Query};
use crate::shell::quoted;
use crate::time_range::TimeRange;

/// Metrics that are looked through.
const LOOKED_AT_MAX: usize = 2000;
/// Sets of dimensions, or names, that are shown.
const SHOWN_MAX: usize = 10;
/// As long as anything is kept.
const KEPT_DAYS: i64 = 455;

/// Finds the reason, and tells it with a command that works.
///
/// # Errors
/// When the metric does not exist.
pub(super) async fn explain(
    client: &Client,
    arguments: &Arguments,
    answer: &Answer,
    now: Timestamp,
) -> Result<(), Failure> {
    let metric = &answer.metric;
    let filter = |namespace: Option<&str>, name: Option<&str>| Filter {
        namespace: namespace.map(str::to_owned),
        name: name.map(str::to_owned),
        ..Filter::default()
    };
    let look = async |filter: Filter| list(client, &arguments.endpoint, &filter, LOOKED_AT_MAX).await;
    // The last data first: a metric that has been idle for long is not listed, but is still there.
    if let Some(last) = last_day(client, arguments, metric, now).await? {
        print::note(&no_data(arguments, answer, last));
        return Ok(());
    }
    let same_name = look(filter(Some(&metric.namespace), Some(&metric.name))).await?;
    if same_name.metrics.contains(metric) {
        let (start, end) = (answer.range.start, answer.range.end);
        print::note(&format!("there is no data of {metric} between {start} and {end}"));
        return Ok(());
    }
    if !same_name.metrics.is_empty() {
        return Err(Failure::usage(other_dimensions(arguments, metric, &same_name)));
    }
    let same_namespace = look(filter(Some(&metric.namespace), None)).await?;
    if !same_namespace.metrics.is_empty() {
        return Err(Failure::usage(other_names(arguments, metric, &same_namespace)));
    }
    let all = look(Filter::default()).await?;
    Err(Failure::usage(other_namespaces(arguments, metric, &all)))
}

/// The start of the last day that has data.
async fn last_day(
    client: &Client,
    arguments: &Arguments,
    metric: &Metric,
    now: Timestamp,
) -> Result<Option<Timestamp>, Failure> {
    let day = Period::from_seconds(24 * 3600).expect("a day is a period");
    let start = now.checked_sub((24 * KEPT_DAYS).hours()).unwrap_or(now);
    let end = now.checked_add(3.hours()).unwrap_or(now);
    let query = Query { metric, statistic: &Statistic::SAMPLE_COUNT, unit: arguments.unit };
    let range = TimeRange::relative(start, end).rounded(day);
    let series = series::fetch(client, &arguments.endpoint, &[query], range, day).await?;
    let last = series.first().and_then(|series| series.points.last());
    Ok(last.and_then(|(time, _)| Timestamp::from_second(*time).ok()))
}

fn no_data(arguments: &Arguments, answer: &Answer, last: Timestamp) -> String {
    let words = answer.metric.words();
    let (start, end) = (answer.range.start, answer.range.end);
    let flags = arguments.endpoint.flags();
    let day = last.strftime("%Y-%m-%d");
    let after = last.checked_add(24.hours()).unwrap_or(last).strftime("%Y-%m-%d");
    let statistics: Vec<_> = answer.series.iter().map(|(statistic, _)| statistic.to_string()).collect();
    let unit = arguments.unit.map(|unit| format!(" in {unit}")).unwrap_or_default();
    format!(
        "{} of {}{unit} has no point between {start} and {end}; its last data is of {day}. Try:\n  \
         nepho get {words} --from {day} --to {after} --utc{flags}",
        statistics.join(", "),
        answer.metric,
    )
}

fn other_dimensions(arguments: &Arguments, metric: &Metric, found: &Listing) -> String {
    let asked = match dimension::text_of(&metric.dimensions).as_str() {
        "" => "without dimensions".to_owned(),
        text => format!("with exactly the dimensions {text}"),
    };
    let count = found.metrics.len();
    let at_least = if found.is_complete { "" } else { "at least " };
    let sets = found.metrics.iter().take(SHOWN_MAX).map(|one| match dimension::text_of(&one.dimensions).as_str() {
        "" => "  (none)\n".to_owned(),
        text => format!("  {text}\n"),
    });
    let more = match count.saturating_sub(SHOWN_MAX) {
        0 => String::new(),
        more => {
            format!("  and {more} more: nepho list {} --name {}\n", quoted(&metric.namespace), quoted(&metric.name))
        }
    };
    format!(
        "there is no {} in {} {asked}; it exists with {at_least}{}:\n{}{more}Try:\n  nepho get {}{}",
        metric.name,
        metric.namespace,
        counted(count as u64, "other set"),
        sets.collect::<String>(),
        found.metrics[nearest_set(metric, &found.metrics)].words(),
        arguments.endpoint.flags(),
    )
}

/// The one that shares most dimensions with what was asked for.
fn nearest_set(metric: &Metric, found: &[Metric]) -> usize {
    let shared = |one: &Metric| one.dimensions.iter().filter(|dimension| metric.dimensions.contains(dimension)).count();
    let by_shared = |(_, one): &(usize, &Metric)| (shared(one), std::cmp::Reverse(one.dimensions.len()));
    found.iter().enumerate().max_by_key(by_shared).map_or(0, |(position, _)| position)
}

fn other_names(arguments: &Arguments, metric: &Metric, found: &Listing) -> String {
    let mut names: Vec<&str> = found.metrics.iter().map(|one| one.name.as_str()).collect();
    names.dedup();
    let meant = nearest(&metric.name, names.iter().copied());
    let example =
        found.metrics.iter().find(|one| meant.is_none_or(|name| name == one.name)).unwrap_or(&found.metrics[0]);
    let there_is = match meant {
        Some(name) => format!("did you mean {name}?"),
        None => format!("it has {}", shown(&names)),
    };
    format!(
        "there is no metric {} in {}: {there_is} Try:\n  nepho get {}{}",
        metric.name,
        metric.namespace,
        example.words(),
        arguments.endpoint.flags(),
    )
}

fn other_namespaces(arguments: &Arguments, metric: &Metric, found: &Listing) -> String {
    let mut names: Vec<&str> = found.metrics.iter().map(|one| one.namespace.as_str()).collect();
    names.dedup();
    let flags = arguments.endpoint.flags();
    if names.is_empty() {
        return format!("there are no metrics yet. Try:\n  nepho put {} 1{flags}", metric.words());
    }
    let there_is = match nearest(&metric.namespace, names.iter().copied()) {
        Some(name) => format!("did you mean {name}?"),
        None => format!("there is {}", shown(&names)),
    };
    format!("there is no namespace {}: {there_is} Try:\n  nepho list{flags}", metric.namespace)
}

/// Some of the names, and that there are more.
fn shown(names: &[&str]) -> String {
    let some = names.iter().take(SHOWN_MAX).copied().collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(SHOWN_MAX) {
        0 => format!("{some}."),
        more => format!("{some} and {more} more."),
    }
}
