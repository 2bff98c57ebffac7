//! Answering the steps of a search.

use std::cell::Cell;
use std::sync::RwLock;
use std::sync::atomic::Ordering;

use nepho_model::search::{Condition, Place, Schema, Term as Wanted};
use nepho_model::{MetricKey, Scope};

use super::read;
use super::set::Set;
use super::step::{Kind, Step, comparisons};
use super::words::{WordKind, Words};
use crate::embedded::index::{Ids, Index, Term, schema_term, term_hash};
use crate::error::StoreError;
use crate::search::{COMPARISONS_MAX, Found, SearchRequest};

/// Metrics looked at in one hold of the lock.
const METRICS_PER_LOCK: usize = 4096;

/// A search on its way.
pub(super) struct Lookup<'a> {
    index: &'a RwLock<Index>,
    scope: &'a Scope,
    scope_id: u32,
    request: &'a SearchRequest,
    /// Metrics from this id on came after the search began.
    end: u32,
    /// Comparisons that are left.
    comparisons: Cell<usize>,
}

impl<'a> Lookup<'a> {
    /// `None` when nothing is known of the scope.
    pub(super) fn new(
        index: &'a RwLock<Index>,
        scope: &'a Scope,
        request: &'a SearchRequest,
        comparisons: usize,
    ) -> Option<Self> {
        let (scope_id, end) = {
            let index = read(index);
            (index.scope_id(scope)?, index.end())
        };
        Some(Lookup { index, scope, scope_id, request, end, comparisons: Cell::new(comparisons) })
    }

    /// What has to be done for a condition.
    pub(super) fn step<'c>(&self, condition: &'c Condition) -> Step<'c> {
        match read(self.index).words.get(self.scope_id as usize) {
            Some(words) => Step::of(condition, self.scope, words),
            None => Step::of(condition, self.scope, &Words::default()),
        }
    }

    /// The metrics of a schema.
    pub(super) fn of_schema(&self, schema: Option<&Schema>) -> Set {
        let mut set = self.empty();
        let term = match schema {
            None => Term::Scope,
            Some(schema) => match schema.dimensions() {
                None => Term::Namespace(schema.namespace()),
                Some(names) => schema_term(schema.namespace(), names.iter().map(|name| &**name)),
            },
        };
        self.insert(&read(self.index), term, &mut set);
        set
    }

    /// Leaves those in the set for which a condition holds.
    ///
    /// # Errors
    /// [`StoreError::SearchTooBroad`].
    pub(super) fn narrow(&self, step: &Step<'_>, within: &mut Set) -> Result<(), StoreError> {
        let left = within.len();
        if step.is_direct(left) {
            self.spend(left.saturating_mul(comparisons(step.condition)))?;
            self.try_each(step.condition, within);
            return Ok(());
        }
        match &step.kind {
            Kind::Settled(true) => {}
            Kind::Settled(false) => *within = self.empty(),
            Kind::Known(term) => {
                let mut set = self.empty();
                self.insert(&read(self.index), *term, &mut set);
                within.intersect(&set);
            }
            Kind::Names(term) => within.intersect(&self.of_names(term)?),
            Kind::Not(one) => {
                let mut set = within.clone();
                self.narrow(one, &mut set)?;
                within.subtract(&set);
            }
            Kind::All(all) => all.iter().try_for_each(|one| self.narrow(one, within))?,
            Kind::Any(any) => {
                let mut rest = within.clone();
                for one in any {
                    let mut set = rest.clone();
                    self.narrow(one, &mut set)?;
                    rest.subtract(&set);
                }
                within.subtract(&rest);
            }
        }
        Ok(())
    }

    /// The first metrics that are wanted, after looking at no more than so many; `None` when that is too few to know.
    ///
    /// # Errors
    /// [`StoreError::SearchTooBroad`].
    pub(super) fn found(&self, within: &Set, limit: usize, looks: usize) -> Result<Option<Found>, StoreError> {
        let since = self.request.seen_since.map_or(i64::MIN, |since| since.seconds());
        let cost = comparisons(&self.request.search.condition);
        let mut found = Found::default();
        let mut looked = 0;
        let mut ids = within.iter().peekable();
        while ids.peek().is_some() {
            let index = read(self.index);
            for id in ids.by_ref().take(METRICS_PER_LOCK) {
                if looked == looks {
                    return Ok(None);
                }
                looked += 1;
                self.spend(cost)?;
                let known = &index.metrics[id as usize];
                let seen = i64::from(known.seen.load(Ordering::Relaxed));
                let key = MetricKey::from_written(&known.key);
                // Two terms of one hash share a list, so that what is on it has to be looked at.
                let is_wanted = seen > 0
                    && seen >= since
                    && known.scope == self.scope_id
                    && self.request.search.matches(self.scope, key);
                if !is_wanted {
                    continue;
                }
                if found.metrics.len() == limit {
                    found.has_more = true;
                    return Ok(Some(found));
                }
                found.metrics.push(key.to_metric());
            }
        }
        Ok(Some(found))
    }

    fn empty(&self) -> Set {
        Set::empty(self.end)
    }

    fn insert(&self, index: &Index, term: Term<'_>, set: &mut Set) {
        if let Some(ids) = index.by_term.get(&term_hash(self.scope_id, term)) {
            set.insert(Ids::as_slice(ids));
        }
    }

    /// How many comparisons are left.
    pub(super) fn left(&self) -> usize {
        self.comparisons.get()
    }

    fn spend(&self, comparisons: usize) -> Result<(), StoreError> {
        let left = self.comparisons.get().checked_sub(comparisons);
        self.comparisons.set(left.ok_or(StoreError::SearchTooBroad { limit: COMPARISONS_MAX })?);
        Ok(())
    }

    /// Leaves those for which a condition holds, by trying it on each.
    fn try_each(&self, condition: &Condition, within: &mut Set) {
        let (mut held, mut looked) = (None, 0);
        within.retain(|id| {
            if looked % METRICS_PER_LOCK == 0 {
                held = None;
            }
            looked += 1;
            let index = held.get_or_insert_with(|| read(self.index));
            condition.matches(self.scope, MetricKey::from_written(&index.metrics[id as usize].key))
        });
    }

    /// The metrics that have a name which a term asks for.
    fn of_names(&self, wanted: &Wanted) -> Result<Set, StoreError> {
        let mut set = self.empty();
        let index = read(self.index);
        let Some(words) = index.words.get(self.scope_id as usize) else { return Ok(set) };
        for at in words.candidates(&wanted.pattern) {
            self.spend(1)?;
            let term = at.of(&index.metrics[at.metric as usize].key);
            let Some((kind, text)) = term.word() else { continue };
            let is_there = match (&wanted.place, kind) {
                (Place::Anywhere, _)
                | (Place::Namespace, WordKind::Namespace)
                | (Place::MetricName, WordKind::MetricName)
                | (Place::DimensionName, WordKind::Dimension) => true,
                (Place::Dimension(wanted), WordKind::DimensionValue) => {
                    matches!(term, Term::DimensionValue(name, _) if name == wanted)
                }
                _ => false,
            };
            if is_there && wanted.pattern.matches(text) {
                match at.is_shared {
                    true => self.insert(&index, term, &mut set),
                    false => set.insert(&[at.metric]),
                }
            }
        }
        Ok(set)
    }
}
