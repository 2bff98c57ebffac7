//! Finding metrics by what is in their names: names first, then the lists of metrics that have them.
//!
//! A search is answered in short holds of the index's lock, so that however long it takes, writers wait for little of
//! it. Metrics that come meanwhile are not found, metrics that go are not answered.

mod lookup;
mod set;
mod step;
#[cfg(test)]
mod tests;
mod words;

use std::sync::{PoisonError, RwLock, RwLockReadGuard};

use nepho_model::Scope;

use super::Index;
use crate::error::StoreError;
use crate::search::{COMPARISONS_MAX, Found, SearchRequest};
use lookup::Lookup;
use step::{Kind, Step};
pub(super) use words::{WordAt, WordKind, Words};

/// So many metrics, and as many more as twice the limit, are looked at directly before names are compared.
const TRIED: usize = 4096;
/// They are tried again when so many times fewer are left.
const TRIED_AGAIN: usize = 4;

/// At most `limit` of the metrics that a search finds, ordered by id.
///
/// # Errors
/// [`StoreError::SearchTooBroad`].
pub(crate) fn search(
    index: &RwLock<Index>,
    scope: &Scope,
    request: &SearchRequest,
    limit: usize,
) -> Result<Found, StoreError> {
    let comparisons_max = request.comparisons_max.min(COMPARISONS_MAX);
    let Some(lookup) = Lookup::new(index, scope, request, comparisons_max) else { return Ok(Found::default()) };
    let mut within = lookup.of_schema(request.search.schema.as_ref());
    let mut left = within.len();
    let mut tried = usize::MAX;
    let steps = match lookup.step(&request.search.condition) {
        Step { kind: Kind::All(steps), .. } => steps,
        step => vec![step],
    };
    for step in steps {
        if !step.is_known() && left <= tried / TRIED_AGAIN {
            let looks = TRIED.saturating_add(limit.saturating_mul(2));
            if let Some(found) = lookup.found(&within, limit, looks)? {
                return Ok(Found { comparisons: comparisons_max - lookup.left(), ..found });
            }
            tried = left;
        }
        lookup.narrow(&step, &mut within)?;
        left = within.len();
    }
    let found = lookup.found(&within, limit, usize::MAX)?.unwrap_or_default();
    Ok(Found { comparisons: comparisons_max - lookup.left(), ..found })
}

fn read(index: &RwLock<Index>) -> RwLockReadGuard<'_, Index> {
    index.read().unwrap_or_else(PoisonError::into_inner)
}
