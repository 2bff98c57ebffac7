//! Whether a metric is listed, and what there is instead: it is spelt in another way, or has other dimensions.

use std::cmp::Reverse;

use aws_sdk_cloudwatch::Client;
use jiff::{Timestamp, ToSpan};
use nepho_engine::{Period, Statistic};
use nepho_model::Unit;

use crate::dimension::{self, Dimension};
use crate::endpoint;
use crate::exit::Failure;
use crate::listing::{Filter, Listing, list};
use crate::metric::Metric;
use crate::nearest::nearest;
use crate::number::counted;
use crate::series::{self, Query};
use crate::shell::quoted;
use crate::time_range::TimeRange;

/// Metrics that are looked through.
const LOOKED_AT_MAX: usize = 2000;
/// As long as anything is kept.
const KEPT_DAYS: i64 = 455;
/// Sets of dimensions, or names, that are shown.
const SHOWN_MAX: usize = 10;

/// What is known of a metric by its names.
#[derive(Debug, PartialEq)]
pub(crate) enum Presence {
    Listed,
    Absent(Absence),
}

/// Why a metric is not there.
#[derive(Debug, PartialEq)]
pub(crate) struct Absence {
    /// A sentence, and the white space behind it.
    pub(crate) reason: String,
    pub(crate) instead: Instead,
}

/// What can be asked for instead.
#[derive(Debug, PartialEq)]
pub(crate) enum Instead {
    /// A metric that was probably meant.
    Metric(Metric),
    /// There are others, but none comes close.
    Others,
    /// There are none yet.
    Nothing,
}

/// Looks for a metric, first by its names, then by what is near.
pub(crate) async fn look(
    client: &Client,
    arguments: &endpoint::Arguments,
    metric: &Metric,
) -> Result<Presence, Failure> {
    let filter = |namespace: Option<&str>, name: Option<&str>| Filter {
        namespace: namespace.map(str::to_owned),
        name: name.map(str::to_owned),
        ..Filter::default()
    };
    let look = async |filter: Filter| list(client, arguments, &filter, LOOKED_AT_MAX).await;
    let same_name = look(filter(Some(&metric.namespace), Some(&metric.name))).await?;
    if same_name.metrics.contains(metric) {
        return Ok(Presence::Listed);
    }
    if !same_name.metrics.is_empty() {
        return Ok(Presence::Absent(other_dimensions(metric, &same_name)));
    }
    let same_namespace = look(filter(Some(&metric.namespace), None)).await?;
    if !same_namespace.metrics.is_empty() {
        return Ok(Presence::Absent(other_names(metric, &same_namespace)));
    }
    let all = look(Filter::default()).await?;
    Ok(Presence::Absent(other_namespaces(metric, &all)))
}

/// The start of the last day that has data of a metric. One that has been idle for long is not listed, but is still there.
pub(crate) async fn last_day(
    client: &Client,
    arguments: &endpoint::Arguments,
    metric: &Metric,
    unit: Option<Unit>,
    now: Timestamp,
) -> Result<Option<Timestamp>, Failure> {
    let day = Period::from_seconds(24 * 3600).expect("a day is a period");
    let start = now.checked_sub((24 * KEPT_DAYS).hours()).unwrap_or(now);
    let end = now.checked_add(3.hours()).unwrap_or(now);
    let query = Query { metric, statistic: &Statistic::SAMPLE_COUNT, unit };
    let range = TimeRange::relative(start, end).rounded(day);
    let series = series::fetch(client, arguments, &[query], range, day).await?;
    let last = series.first().and_then(|series| series.points.last());
    Ok(last.and_then(|(time, _)| Timestamp::from_second(*time).ok()))
}

fn other_dimensions(metric: &Metric, found: &Listing) -> Absence {
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
    let reason = format!(
        "there is no {} in {} {asked}; it exists with {at_least}{}:\n{}{more}",
        metric.name,
        metric.namespace,
        counted(count as u64, "other set"),
        sets.collect::<String>(),
    );
    let nearest = nearest_set(metric, &found.metrics).unwrap_or(metric);
    Absence { reason, instead: Instead::Metric(nearest.clone()) }
}

/// The one that shares most dimensions with what was asked for, or at least their names, or is spelt most alike.
fn nearest_set<'a>(metric: &Metric, found: impl IntoIterator<Item = &'a Metric>) -> Option<&'a Metric> {
    let text = dimension::text_of(&metric.dimensions);
    let likeness = |one: &Metric| {
        let shared = one.dimensions.iter().filter(|dimension| metric.dimensions.contains(dimension)).count();
        let is_named = |one: &&Dimension| metric.dimensions.iter().any(|dimension| dimension.name == one.name);
        let named = one.dimensions.iter().filter(is_named).count();
        let more = one.dimensions.len().saturating_sub(metric.dimensions.len());
        (shared, named, Reverse(more), Reverse(strsim::osa_distance(&dimension::text_of(&one.dimensions), &text)))
    };
    found.into_iter().max_by_key(|one| likeness(one))
}

fn other_names(metric: &Metric, found: &Listing) -> Absence {
    let mut names: Vec<&str> = found.metrics.iter().map(|one| one.name.as_str()).collect();
    names.dedup();
    let meant = nearest(&metric.name, names.iter().copied());
    let of_name = found.metrics.iter().filter(|one| meant.is_none_or(|name| name == one.name));
    let example = nearest_set(metric, of_name).unwrap_or(metric);
    let there_is = match meant {
        Some(name) => format!("did you mean {name}?"),
        None => format!("it has {}", shown(&names)),
    };
    let reason = format!("there is no metric {} in {}: {there_is} ", metric.name, metric.namespace);
    Absence { reason, instead: Instead::Metric(example.clone()) }
}

fn other_namespaces(metric: &Metric, found: &Listing) -> Absence {
    let mut names: Vec<&str> = found.metrics.iter().map(|one| one.namespace.as_str()).collect();
    names.dedup();
    if names.is_empty() {
        return Absence { reason: "there are no metrics yet. ".to_owned(), instead: Instead::Nothing };
    }
    let there_is = match nearest(&metric.namespace, names.iter().copied()) {
        Some(name) => format!("did you mean {name}?"),
        None => format!("there is {}", shown(&names)),
    };
    let reason = format!("there is no namespace {}: {there_is} ", metric.namespace);
    Absence { reason, instead: Instead::Others }
}

/// Some of the names, and that there are more.
fn shown(names: &[&str]) -> String {
    let some = names.iter().take(SHOWN_MAX).copied().collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(SHOWN_MAX) {
        0 => format!("{some}."),
        more => format!("{some} and {more} more."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_set_of_dimensions() {
        let metric = |dimensions: &str| {
            let dimensions: Vec<_> = dimensions.split_whitespace().map(|one| dimension::parse(one).unwrap()).collect();
            Metric::new("Shop", "Orders", &dimensions)
        };
        let found = ["Service=api", "Service=web", "Service=web Stage=live", "Host=a Stage=live", ""].map(metric);
        let cases = [
            ("Service=web", "Service=web"),
            ("Service=wbe", "Service=web"),
            ("Service=web Stage=test", "Service=web Stage=live"),
            ("Stage=live", "Host=a Stage=live"),
            ("Zone=1", ""),
            ("", ""),
        ];
        for (asked, expected) in cases {
            assert_eq!(nearest_set(&metric(asked), &found), Some(&metric(expected)), "{asked}");
        }
        assert_eq!(nearest_set(&metric(""), &[]), None);
    }
}
