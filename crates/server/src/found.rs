//! Metrics that are found by what they are.

use nepho_engine::search::SEARCHED_SECONDS;
use nepho_model::search::Search;
use nepho_model::{Scope, Timestamp};
use nepho_store::{COMPARISONS_MAX, Found, Samples, SearchRequest, StoreError};

/// Metrics that had data in the last two weeks.
///
/// # Errors
/// What the store said.
pub(crate) fn recent(
    samples: &dyn Samples,
    scope: &Scope,
    search: &Search,
    limit: usize,
    now: Timestamp,
) -> Result<Found, StoreError> {
    Searches::new(samples, scope, now).find(search, limit)
}

/// The searches of one request. Equal ones are done once, and all of them together may compare as many names as one alone.
pub(crate) struct Searches<'a> {
    samples: &'a dyn Samples,
    scope: &'a Scope,
    seen_since: Timestamp,
    comparisons_left: usize,
    done: Vec<(Search, usize, Found)>,
}

impl<'a> Searches<'a> {
    pub(crate) fn new(samples: &'a dyn Samples, scope: &'a Scope, now: Timestamp) -> Self {
        let seen_since = now.plus_seconds(-SEARCHED_SECONDS);
        Searches { samples, scope, seen_since, comparisons_left: COMPARISONS_MAX, done: Vec::new() }
    }

    /// At most `limit` of the metrics that had data in the last two weeks.
    ///
    /// # Errors
    /// What the store said.
    pub(crate) fn find(&mut self, search: &Search, limit: usize) -> Result<Found, StoreError> {
        if let Some((.., found)) = self.done.iter().find(|(done, of, _)| *of == limit && done == search) {
            return Ok(found.clone());
        }
        let (seen_since, comparisons_max) = (Some(self.seen_since), self.comparisons_left);
        let request = SearchRequest { search: search.clone(), seen_since, comparisons_max };
        let found = self.samples.search(self.scope, &request, limit)?;
        self.comparisons_left -= found.comparisons;
        self.done.push((request.search, limit, found.clone()));
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use nepho_model::search::Condition;
    use nepho_model::{Batch, Read, UnitSeries};
    use nepho_store::{Figures, Filter, Listed, Page, Receipt};

    use super::*;

    /// Compares a third of what may be compared in each search, and writes down what it was asked.
    #[derive(Default)]
    struct Third(Mutex<Vec<usize>>);

    impl Samples for Third {
        fn append(&self, _: &Scope, _: &Batch, _: Timestamp) -> Receipt {
            Receipt::settled(Ok(()))
        }

        fn read(&self, _: &Scope, _: &[Read]) -> Vec<Result<Vec<UnitSeries>, StoreError>> {
            Vec::new()
        }

        fn list(&self, _: &Scope, _: &Filter, _: &Page) -> Result<Listed, StoreError> {
            Ok(Listed::default())
        }

        fn search(&self, _: &Scope, request: &SearchRequest, _: usize) -> Result<Found, StoreError> {
            self.0.lock().unwrap().push(request.comparisons_max);
            let comparisons = COMPARISONS_MAX / 3;
            match comparisons <= request.comparisons_max {
                true => Ok(Found { comparisons, ..Found::default() }),
                false => Err(StoreError::SearchTooBroad { limit: COMPARISONS_MAX }),
            }
        }

        fn maintain(&self, _: Timestamp) -> Result<(), StoreError> {
            Ok(())
        }

        fn figures(&self) -> Figures {
            Figures::default()
        }

        fn close(&self) -> Result<(), StoreError> {
            Ok(())
        }
    }

    #[test]
    fn searches_of_one_request_share_what_they_may_compare() {
        let (samples, scope) = (Third::default(), Scope::new("000000000000", "us-east-1"));
        let mut searches = Searches::new(&samples, &scope, Timestamp::from_seconds(1_777_896_000));
        let search = Search::new(Condition::ALWAYS);
        for limit in [1, 1, 2, 2, 3] {
            assert!(searches.find(&search, limit).is_ok(), "{limit}");
        }
        assert!(matches!(searches.find(&search, 4), Err(StoreError::SearchTooBroad { limit: COMPARISONS_MAX })));
        let asked: Vec<_> = samples.0.lock().unwrap().clone();
        let third = COMPARISONS_MAX / 3;
        assert_eq!(asked, [COMPARISONS_MAX, COMPARISONS_MAX - third, COMPARISONS_MAX - 2 * third, COMPARISONS_MAX % 3]);
    }
}
