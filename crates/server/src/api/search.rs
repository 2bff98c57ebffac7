//! Finding the metrics that a request searches for.

use nepho_engine::search::{MAX_SEARCH_RESULTS, SEARCHED_SECONDS};
use nepho_engine::{FoundMetrics, SearchQuery};
use nepho_model::search::Search;
use nepho_protocol::error::ServiceError;
use nepho_store::{Found, SearchRequest};

use super::call::Call;

/// Metrics that had data in the last two weeks.
pub(super) fn search(call: &Call, search: Search, limit: usize) -> Result<Found, ServiceError> {
    let request = SearchRequest { search, seen_since: Some(call.now.plus_seconds(-SEARCHED_SECONDS)) };
    call.instance.samples.search(&call.scope, &request, limit).map_err(|error| call.read_failed(&error))
}

/// The metrics that a SEARCH finds, in an order that does not change.
pub(super) fn found(call: &Call, query: &SearchQuery) -> Result<FoundMetrics, ServiceError> {
    let mut found = search(call, query.search.clone(), MAX_SEARCH_RESULTS)?;
    found.metrics.sort_unstable();
    Ok(FoundMetrics { metrics: found.metrics, is_cut: found.has_more })
}
