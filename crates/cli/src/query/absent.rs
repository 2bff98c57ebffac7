//! Why series are empty, and what expressions read that is not there, as far as ListMetrics tells, which costs nothing on
//! Amazon either.

use std::collections::HashSet;

use aws_sdk_cloudwatch::Client;
use jiff::Timestamp;

use super::line::{Asked, Line};
use super::request::{Query, Request};
use crate::endpoint;
use crate::exit::Failure;
use crate::metric::Metric;
use crate::metric_data::Answer;
use crate::presence::{self, Absence, Instead, Presence};
use crate::shell;

/// Metrics that are looked for.
const LOOKED_FOR_MAX: usize = 20;

/// What there is to say about metrics that gave nothing: those that are shown, and those that expressions read, which may
/// come to something without them.
pub(super) async fn explain(
    client: &Client,
    arguments: &endpoint::Arguments,
    request: &Request,
    answer: &Answer,
    now: Timestamp,
) -> Result<Vec<String>, Failure> {
    let has_points =
        |query: &Query| answer.results.iter().any(|found| found.id == query.id && !found.points.is_empty());
    let is_answered = request.shown().all(has_points);
    let mut looked_for = HashSet::new();
    let mut notes = Vec::new();
    for query in request.queries.iter().filter(|query| !(query.is_shown && has_points(query))) {
        let Asked::Metric { metric, .. } = &query.asked else { continue };
        if looked_for.len() == LOOKED_FOR_MAX || !looked_for.insert(metric.to_string()) {
            continue;
        }
        let found = match is_answered {
            true => look_beside_answer(client, arguments, query, metric, now).await,
            false => presence::look(client, arguments, metric).await?,
        };
        if let Presence::Absent(absence) = found {
            notes.push(note(query, metric, absence, request, arguments));
        }
    }
    Ok(notes)
}

/// Looks for a metric where there is a result already. That stands even if nobody may list metrics; and a metric that has
/// only been idle for long, or is another account's, is none to warn of.
async fn look_beside_answer(
    client: &Client,
    arguments: &endpoint::Arguments,
    query: &Query,
    metric: &Metric,
    now: Timestamp,
) -> Presence {
    if query.account.is_some() {
        return Presence::Listed;
    }
    match presence::look(client, arguments, metric).await {
        Ok(Presence::Absent(absence)) => match presence::last_day(client, arguments, metric, None, now).await {
            Ok(None) => Presence::Absent(absence),
            _ => Presence::Listed,
        },
        _ => Presence::Listed,
    }
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
