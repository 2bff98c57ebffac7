//! The namespaces, with the number of metrics in each.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_cloudwatch::Client;
use serde::Serialize;

use super::Arguments;
use crate::exit::Failure;
use crate::listing::{Filter, Listing, list};
use crate::number::{counted, grouped};
use crate::print;
use crate::table::{Side, Table};
use crate::terminal::Terminal;

/// Names of metrics that are shown for a namespace; the rest is cut where the terminal ends.
const NAMES_MAX: usize = 20;

#[derive(Default)]
struct Namespace<'a> {
    metrics: u64,
    names: BTreeSet<&'a str>,
}

pub(super) async fn text(
    client: &Client,
    arguments: &Arguments,
    filter: &Filter,
    limit: usize,
    terminal: Terminal,
) -> Result<String, Failure> {
    let listing = list(client, &arguments.endpoint, filter, limit).await?;
    if listing.metrics.is_empty() {
        let lately = if filter.is_recent { " with data in the last three hours" } else { "" };
        let flags = arguments.endpoint.flags();
        print::note(&format!("there are no metrics{lately}. To put one: nepho put Shop Orders 3 --unit Count{flags}"));
    }
    if !listing.is_complete {
        print::note(&format!(
            "only the first {} are counted: name a namespace, or count more with --limit",
            counted(listing.metrics.len() as u64, "metric")
        ));
    }
    let namespaces = namespaces(&listing);
    Ok(match (arguments.json, terminal.is_terminal) {
        (true, _) => json_lines(&namespaces),
        (false, true) if namespaces.is_empty() => String::new(),
        (false, true) => table(&namespaces).aligned(terminal.width, terminal.palette),
        (false, false) => table(&namespaces).tabbed(),
    })
}

fn namespaces(listing: &Listing) -> BTreeMap<&str, Namespace<'_>> {
    let mut namespaces: BTreeMap<&str, Namespace<'_>> = BTreeMap::new();
    for metric in &listing.metrics {
        let namespace = namespaces.entry(&metric.namespace).or_default();
        namespace.metrics += 1;
        namespace.names.insert(&metric.name);
    }
    namespaces
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Line<'a> {
    namespace: &'a str,
    metrics: u64,
    metric_names: usize,
}

fn json_lines(namespaces: &BTreeMap<&str, Namespace<'_>>) -> String {
    let line = |(name, found): (&&str, &Namespace<'_>)| {
        let line = Line { namespace: name, metrics: found.metrics, metric_names: found.names.len() };
        serde_json::to_string(&line).expect("a line has only strings and numbers") + "\n"
    };
    namespaces.iter().map(line).collect()
}

fn table(namespaces: &BTreeMap<&str, Namespace<'_>>) -> Table {
    let mut table = Table::new([
        ("NAMESPACE", Side::Left),
        ("METRICS", Side::Right),
        ("NAMES", Side::Right),
        ("SUCH AS", Side::Left),
    ]);
    for (name, namespace) in namespaces {
        let names: Vec<_> = namespace.names.iter().take(NAMES_MAX).copied().collect();
        table.row(vec![
            (*name).to_owned(),
            grouped(namespace.metrics),
            grouped(namespace.names.len() as u64),
            names.join(", "),
        ]);
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metric::Metric;
    use crate::terminal::Palette;

    #[test]
    fn namespaces_are_counted() {
        let dimension = crate::dimension::parse("Service=web").unwrap();
        let metrics = vec![
            Metric::new("Jobs", "Failed", &[]),
            Metric::new("Shop", "Orders", &[]),
            Metric::new("Shop", "Orders", &[dimension]),
        ];
        let listing = Listing { metrics, is_complete: true };
        let namespaces = namespaces(&listing);
        let expected = "\
NAMESPACE  METRICS  NAMES  SUCH AS
Jobs             1      1  Failed
Shop             2      1  Orders
";
        assert_eq!(table(&namespaces).aligned(80, Palette::Plain), expected);
        let expected = "\
{\"Namespace\":\"Jobs\",\"Metrics\":1,\"MetricNames\":1}
{\"Namespace\":\"Shop\",\"Metrics\":2,\"MetricNames\":1}
";
        assert_eq!(json_lines(&namespaces), expected);
    }
}
