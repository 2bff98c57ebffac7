//! Finding metrics by what is in their names.

use nepho_model::search::Search;
use nepho_model::{Metric, Scope, Timestamp};

use crate::error::StoreError;
use crate::samples::{Filter, Page, Samples};

/// Which metrics are looked for.
#[derive(Debug, Clone, PartialEq)]
pub struct SearchRequest {
    /// By their names.
    pub search: Search,
    /// With data at this time or later.
    pub seen_since: Option<Timestamp>,
    /// How often a pattern may be compared with a name before the search is given up; [`COMPARISONS_MAX`] at most.
    pub comparisons_max: usize,
}

/// How often the searches of a request compare patterns with names before they are given up: some seconds of work. A
/// search of a million metrics with two terms takes two million at most.
pub const COMPARISONS_MAX: usize = 100_000_000;

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Found {
    /// The metrics, in no particular order, but in the same one as long as no metric comes or goes.
    pub metrics: Vec<Metric>,
    /// Whether there are more than were asked for.
    pub has_more: bool,
    /// How often a pattern was compared with a name.
    pub comparisons: usize,
}

/// Metrics looked at in one go.
const PAGE: usize = 1000;

/// What a search means: every metric is looked at until enough are found.
pub(crate) fn look_at_all<S: Samples + ?Sized>(
    samples: &S,
    scope: &Scope,
    request: &SearchRequest,
    limit: usize,
) -> Result<Found, StoreError> {
    let namespace = request.search.schema.as_ref().map(|schema| schema.namespace().to_owned());
    let filter = Filter { namespace, seen_since: request.seen_since, ..Filter::default() };
    let mut page = Page { after: None, limit: PAGE };
    let mut found = Found::default();
    loop {
        let listed = samples.list(scope, &filter, &page)?;
        for metric in listed.metrics.into_iter().filter(|metric| request.search.matches(scope, metric.key())) {
            if found.metrics.len() == limit {
                found.has_more = true;
                return Ok(found);
            }
            found.metrics.push(metric);
        }
        page.after = match listed.next {
            None => return Ok(found),
            next => next,
        };
    }
}
