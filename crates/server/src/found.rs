//! Metrics that are found by what they are, and what they come to together.

use nepho_engine::insights::{InsightsAnswer, InsightsPlan};
use nepho_engine::search::SEARCHED_SECONDS;
use nepho_model::search::Search;
use nepho_model::{Cell, Scope, Timestamp};
use nepho_store::{Found, Samples, SearchRequest, StoreError};

/// Metrics that had data in the last two weeks.
///
/// # Errors
/// What the store said.
pub(crate) fn recent(
    samples: &dyn Samples,
    scope: &Scope,
    search: Search,
    limit: usize,
    now: Timestamp,
) -> Result<Found, StoreError> {
    let request = SearchRequest { search, seen_since: Some(now.plus_seconds(-SEARCHED_SECONDS)) };
    samples.search(scope, &request, limit)
}

/// The answer to a query of Metrics Insights. What cannot be read is missing from it, and it says so in the words of
/// `failed`.
pub(crate) fn aggregate(
    samples: &dyn Samples,
    scope: &Scope,
    plan: &InsightsPlan,
    failed: &dyn Fn(&StoreError) -> String,
) -> InsightsAnswer {
    let mut gathering = plan.gathering();
    let mut add = |read, time, cell: &Cell| gathering.add(read, time, cell);
    let outcomes = samples.each_cell(scope, plan.reads(), &mut add);
    let failures = outcomes.into_iter().filter_map(Result::err);
    failures.for_each(|error| gathering.fail(failed(&error)));
    gathering.finish()
}
