//! Metrics that are found by what they are.

use nepho_engine::search::SEARCHED_SECONDS;
use nepho_model::search::Search;
use nepho_model::{Scope, Timestamp};
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
