//! Why series are empty, as far as ListMetrics tells, which costs nothing on Amazon either.

use std::collections::HashSet;

use aws_sdk_cloudwatch::Client;

use super::line::{Asked, Line};
use super::request::{Query, Request};
use crate::endpoint;
use crate::exit::Failure;
use crate::metric::Metric;
use crate::metric_data::Answer;
use crate::presence::{self, Absence, Instead, Presence};
use crate::shell;

/// Metrics that are looked for.
const LOOKED_FOR_MAX: usize = 5;

/// What there is to say about metrics that gave nothing: those that are shown, and those of expressions that are empty.
pub(super) async fn explain(
    client: &Client,
    arguments: &endpoint::Arguments,
    request: &Request,
    answer: &Answer,
) -> Result<Vec<String>, Failure> {
    let has_points =
        |query: &Query| answer.results.iter().any(|found| found.id == query.id && !found.points.is_empty());
    if request.shown().all(has_points) {
        return Ok(Vec::new());
    }
    let mut looked_for = HashSet::new();
    let mut notes = Vec::new();
    for query in request.queries.iter().filter(|query| !(query.is_shown && has_points(query))) {
        let Asked::Metric { metric, .. } = &query.asked else { continue };
        if looked_for.len() == LOOKED_FOR_MAX || !looked_for.insert(metric.to_string()) {
            continue;
        }
        if let Presence::Absent(absence) = presence::look(client, arguments, metric).await? {
            notes.push(note(query, metric, absence, request, arguments));
        }
    }
    Ok(notes)
}

fn note(
    query: &Query,
    metric: &Metric,
    absence: Absence,
    request: &Request,
    arguments: &endpoint::Arguments,
) -> String {
    let Absence { reason, instead } = absence;
    if request.find(&metric.namespace).is_some() {
        let text = query.text.trim();
        return format!(
            "{text}: this is read as the metric {} in the namespace {}, because two names stand side by side; {} is also \
             the id of a query: is an operator missing?",
            metric.name, metric.namespace, metric.namespace
        );
    }
    let command = match instead {
        Instead::Metric(nearest) if request.queries.len() > 1 => {
            return format!("{reason}Try instead:\n  {}", shell::quoted(&with_metric(query, nearest)));
        }
        Instead::Metric(nearest) => format!("query {}", shell::quoted(&with_metric(query, nearest))),
        Instead::Others => "list".to_owned(),
        Instead::Nothing => format!("put {} 1", metric.words()),
    };
    format!("{reason}Try:\n  nepho {command}{}", arguments.flags())
}

/// The query as it is typed, for another metric.
fn with_metric(query: &Query, metric: Metric) -> String {
    let mut line = Line::parse(&query.text).unwrap_or_else(|_| Line::of_metric(metric.clone()));
    if let Asked::Metric { metric: asked, .. } = &mut line.asked {
        *asked = metric;
    }
    line.to_string()
}
