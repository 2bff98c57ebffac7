//! Which metrics there are: identity to id and back, and the lists of ids that answer a filter.

mod search;

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::{BuildHasher, Hash, Hasher};
use std::sync::atomic::{AtomicU32, Ordering};

use foldhash::fast::FixedState;
use hashbrown::HashTable;
use nepho_model::{MetricKey, Scope, Timestamp};

use crate::embedded::entry::{Definitions, MetricDefinition, ScopeDefinition};
use crate::error::StoreError;
use crate::samples::{Filter, Listed, Page};
pub(crate) use search::search;
use search::{WordAt, WordKind, Words};

/// The seeds only spread the hashes; nothing on disk depends on them.
const HASHER: FixedState = FixedState::with_seed(0x6e65_7068);

/// Metrics by identity, by id, and by what a filter asks for. Ids count up from 0 and are never used again.
#[derive(Debug, Default)]
pub(crate) struct Index {
    /// `None` where a definition was lost.
    scopes: Vec<Option<Scope>>,
    metrics: Vec<Known>,
    by_identity: HashTable<u32>,
    /// Ids by the hash of what a filter may ask for. A hash that two terms share lengthens a list, and hides one of the
    /// two names from searches that do not spell it out; among a million terms that happens once in 10^7 stores.
    by_term: HashMap<u64, Ids, foldhash::fast::FixedState>,
    /// The names that can be searched, by scope.
    words: Vec<Words>,
    forgotten: usize,
}

#[derive(Debug)]
struct Known {
    scope: u32,
    /// Empty once the metric is forgotten.
    key: Box<str>,
    /// Seconds since the epoch of the latest sample that is durable; 0 before the first.
    seen: AtomicU32,
}

/// Ascending ids; most dimension values belong to one metric.
#[derive(Debug)]
enum Ids {
    One {
        id: u32,
        /// Which of the scope's words it is that one metric has.
        word: u32,
    },
    Many(Vec<u32>),
}

impl Ids {
    fn as_slice(&self) -> &[u32] {
        match self {
            Ids::One { id, .. } => std::slice::from_ref(id),
            Ids::Many(ids) => ids,
        }
    }

    /// Keeps only some; `false` when none are left.
    fn retain(&mut self, keep: impl Fn(&u32) -> bool) -> bool {
        match self {
            Ids::One { id, .. } => keep(id),
            Ids::Many(ids) => {
                ids.retain(keep);
                !ids.is_empty()
            }
        }
    }

    /// Adds an id; gives back the word that from now on more than one metric has.
    fn push(&mut self, id: u32) -> Option<u32> {
        match self {
            Ids::One { id: first, word } => {
                let word = *word;
                *self = Ids::Many(vec![*first, id]);
                Some(word)
            }
            Ids::Many(ids) => {
                ids.push(id);
                None
            }
        }
    }
}

/// What a filter may ask for.
#[derive(Hash, Clone, Copy)]
enum Term<'a> {
    Scope,
    Namespace(&'a str),
    Name(&'a str),
    Dimension(&'a str),
    DimensionValue(&'a str, &'a str),
    /// The hash of a namespace and of all names of dimensions.
    Schema(u64),
}

impl<'a> Term<'a> {
    /// The name that can be searched, and what it is to its metric.
    fn word(self) -> Option<(WordKind, &'a str)> {
        match self {
            Term::Namespace(text) => Some((WordKind::Namespace, text)),
            Term::Name(text) => Some((WordKind::MetricName, text)),
            Term::Dimension(text) => Some((WordKind::Dimension, text)),
            Term::DimensionValue(_, text) => Some((WordKind::DimensionValue, text)),
            Term::Scope | Term::Schema(_) => None,
        }
    }
}

impl Index {
    /// The id of a scope, made if need be.
    pub(crate) fn scope(&mut self, scope: &Scope) -> u32 {
        self.scope_id(scope).unwrap_or_else(|| {
            self.scopes.push(Some(scope.clone()));
            self.scopes.len() as u32 - 1
        })
    }

    /// The id of a scope that is known.
    pub(crate) fn scope_id(&self, scope: &Scope) -> Option<u32> {
        self.scopes.iter().position(|known| known.as_ref() == Some(scope)).map(|id| id as u32)
    }

    /// The id of a metric that is known.
    pub(crate) fn find(&self, scope: u32, key: MetricKey<'_>) -> Option<u32> {
        let is_same = |id: &u32| {
            let known = &self.metrics[*id as usize];
            known.scope == scope && *known.key == *key.as_str()
        };
        self.by_identity.find(identity_hash(scope, key.as_str()), is_same).copied()
    }

    /// The id of a metric, made if need be.
    ///
    /// # Errors
    /// [`StoreError::TooManyMetrics`] when it would be more than `limit`.
    pub(crate) fn resolve(&mut self, scope: u32, key: MetricKey<'_>, limit: usize) -> Result<u32, StoreError> {
        if let Some(id) = self.find(scope, key) {
            return Ok(id);
        }
        if self.live() >= limit {
            return Err(StoreError::TooManyMetrics { limit });
        }
        Ok(self.add(scope, key.as_str().into()))
    }

    /// How many metrics there are.
    pub(crate) fn live(&self) -> usize {
        self.metrics.len() - self.forgotten
    }

    /// One past the greatest id.
    pub(crate) fn end(&self) -> u32 {
        self.metrics.len() as u32
    }

    /// How many scopes there are.
    pub(crate) fn scope_count(&self) -> u32 {
        self.scopes.len() as u32
    }

    /// The definitions of the metrics from this id on, and of the scopes they are in.
    pub(crate) fn definitions(&self, from: u32) -> Definitions {
        let metrics = self.metrics.iter().enumerate().skip(from as usize).filter(|(_, known)| !known.key.is_empty());
        let metrics =
            metrics.map(|(id, known)| MetricDefinition { id: id as u32, scope: known.scope, key: known.key.clone() });
        let scopes = self.scopes.iter().enumerate();
        let scopes = scopes.filter_map(|(id, scope)| Some(ScopeDefinition { id: id as u32, scope: scope.clone()? }));
        Definitions { scopes: scopes.collect(), metrics: metrics.collect() }
    }

    /// Takes definitions over from disk; one that is known already changes nothing.
    ///
    /// # Errors
    /// In words, when one does not fit what is known. The others are taken.
    pub(crate) fn define(&mut self, definitions: Definitions) -> Result<(), String> {
        let scopes: Vec<_> = definitions.scopes.into_iter().map(|one| self.define_scope(one)).collect();
        let metrics: Vec<_> = definitions.metrics.into_iter().map(|one| self.define_metric(one)).collect();
        scopes.into_iter().chain(metrics).collect()
    }

    fn define_scope(&mut self, definition: ScopeDefinition) -> Result<(), String> {
        let ScopeDefinition { id, scope } = definition;
        let end = self.scope_count().max(id.saturating_add(1));
        if end - self.scope_count() > MAX_GAP {
            return Err(format!("scope id {id} is out of range"));
        }
        self.scopes.resize(end as usize, None);
        match &mut self.scopes[id as usize] {
            Some(known) if *known != scope => Err(format!("scope id {id} is defined twice")),
            known => {
                *known = Some(scope);
                Ok(())
            }
        }
    }

    fn define_metric(&mut self, definition: MetricDefinition) -> Result<(), String> {
        let MetricDefinition { id, scope, key } = definition;
        match self.metrics.get(id as usize) {
            Some(known) if known.key == key && known.scope == scope => Ok(()),
            Some(_) => Err(format!("metric id {id} is defined twice")),
            None if self.scopes.get(scope as usize).is_none_or(Option::is_none) => {
                Err(format!("metric id {id} is of unknown scope {scope}"))
            }
            None => {
                self.reserve(id)?;
                self.add(scope, key);
                Ok(())
            }
        }
    }

    /// Notes that a metric that has data gets more, so that it is not forgotten meanwhile.
    pub(crate) fn touch(&self, id: u32, seconds: u32) {
        if self.metrics.get(id as usize).is_some_and(|known| known.seen.load(Ordering::Relaxed) > 0) {
            self.saw(id, seconds);
        }
    }

    /// Notes that a metric has durable data at this time.
    pub(crate) fn saw(&self, id: u32, seconds: u32) {
        if let Some(known) = self.metrics.get(id as usize)
            && known.seen.load(Ordering::Relaxed) < seconds
        {
            known.seen.fetch_max(seconds, Ordering::Relaxed);
        }
    }

    /// When each metric was last seen, by id.
    pub(crate) fn activity(&self) -> Vec<u32> {
        self.metrics.iter().map(|known| known.seen.load(Ordering::Relaxed)).collect()
    }

    /// Removes metrics that were last seen before `oldest`, and says how many there were. Their ids stay taken.
    pub(crate) fn forget(&mut self, oldest: u32) -> usize {
        let mut count = 0;
        for known in &mut self.metrics {
            let seen = *known.seen.get_mut();
            if !known.key.is_empty() && seen > 0 && seen < oldest {
                *known = Known { scope: known.scope, key: "".into(), seen: AtomicU32::new(0) };
                count += 1;
            }
        }
        if count > 0 {
            let metrics = &self.metrics;
            let is_live = |id: &u32| !metrics[*id as usize].key.is_empty();
            self.by_identity.retain(|id| is_live(id));
            self.by_term.retain(|_, ids| ids.retain(is_live));
            self.collect_words();
        }
        self.forgotten += count;
        count
    }

    /// Leaves ids below `end` unused that are not defined: data on disk may carry them.
    ///
    /// # Errors
    /// In words, when `end` is so far off that it cannot be right.
    pub(crate) fn reserve(&mut self, end: u32) -> Result<(), String> {
        let missing = end.saturating_sub(self.end());
        if missing > MAX_GAP {
            return Err(format!("metric id {end} is out of range"));
        }
        for _ in 0..missing {
            self.metrics.push(Known { scope: 0, key: "".into(), seen: AtomicU32::new(0) });
        }
        self.forgotten += missing as usize;
        Ok(())
    }

    /// One page of the metrics of a scope that match, ordered by id.
    pub(crate) fn list(&self, scope: &Scope, filter: &Filter, page: &Page) -> Result<Listed, StoreError> {
        let from = match page.after.as_deref() {
            None => 0,
            Some(token) => {
                let last: u32 = token.parse().map_err(|_| StoreError::BadToken(token.to_owned()))?;
                last.saturating_add(1)
            }
        };
        let Some(scope) = self.scope_id(scope) else { return Ok(Listed::default()) };
        let Some(candidates) = self.candidates(scope, filter) else { return Ok(Listed::default()) };
        let start = candidates.partition_point(|id| *id < from);
        let mut listed = Listed::default();
        let mut last = 0;
        for id in &candidates[start..] {
            let known = &self.metrics[*id as usize];
            let seen = known.seen.load(Ordering::Relaxed);
            let key = MetricKey::from_written(&known.key);
            let is_wanted = seen > 0
                && known.scope == scope
                && !known.key.is_empty()
                && filter.matches(key, Timestamp::from_seconds(i64::from(seen)));
            if !is_wanted {
                continue;
            }
            if listed.metrics.len() == page.limit {
                listed.next = Some(last.to_string());
                break;
            }
            last = *id;
            listed.metrics.push(key.to_metric());
        }
        Ok(listed)
    }

    /// The shortest list that has every match; `None` when nothing can match.
    fn candidates(&self, scope: u32, filter: &Filter) -> Option<&[u32]> {
        let mut terms = vec![Term::Scope];
        terms.extend(filter.namespace.as_deref().map(Term::Namespace));
        terms.extend(filter.name.as_deref().map(Term::Name));
        terms.extend(filter.dimensions.iter().map(|(name, value)| match value {
            Some(value) => Term::DimensionValue(name, value),
            None => Term::Dimension(name),
        }));
        let lists = terms.into_iter().map(|term| self.by_term.get(&term_hash(scope, term)).map(Ids::as_slice));
        let lists: Option<Vec<&[u32]>> = lists.collect();
        lists?.into_iter().min_by_key(|list| list.len())
    }

    fn add(&mut self, scope: u32, key: Box<str>) -> u32 {
        let id = self.end();
        self.words.resize_with(self.scopes.len(), Words::default);
        let words = &mut self.words[scope as usize];
        each_word(MetricKey::from_written(&key), id, |term, at| match self.by_term.entry(term_hash(scope, term)) {
            Entry::Occupied(mut ids) => ids.get_mut().push(id).into_iter().for_each(|word| words.share(word)),
            Entry::Vacant(place) => {
                let word = at.map_or(NO_WORD, |(text, at)| words.push(text, at));
                place.insert(Ids::One { id, word });
            }
        });
        let hash = identity_hash(scope, &key);
        self.metrics.push(Known { scope, key, seen: AtomicU32::new(0) });
        let metrics = &self.metrics;
        self.by_identity.insert_unique(hash, id, |id| {
            let known = &metrics[*id as usize];
            identity_hash(known.scope, &known.key)
        });
        id
    }

    /// Gathers the names anew that the metrics have, each by the first that has it.
    fn collect_words(&mut self) {
        let mut places = Vec::with_capacity(self.by_term.len());
        for (hash, ids) in &self.by_term {
            // A list that has become short still grows without the word being told.
            let is_shared = matches!(ids, Ids::Many(_));
            let first = ids.as_slice()[0];
            let known = &self.metrics[first as usize];
            each_word(MetricKey::from_written(&known.key), first, |term, at| {
                if let Some((_, at)) = at
                    && term_hash(known.scope, term) == *hash
                {
                    places.push((WordAt { is_shared, ..at }, *hash));
                }
            });
        }
        // In the order of the metrics, as they are when each was added in its turn.
        places.sort_unstable();
        self.words.iter_mut().for_each(|words| *words = Words::default());
        for (at, hash) in places {
            let known = &self.metrics[at.metric as usize];
            let text = at.of(&known.key).word().map_or("", |(_, text)| text);
            let number = self.words[known.scope as usize].push(text, at);
            if let Some(Ids::One { word, .. }) = self.by_term.get_mut(&hash) {
                *word = number;
            }
        }
    }
}

/// In the place of a word's number, for a term that is no word.
const NO_WORD: u32 = u32::MAX;

/// The most ids that may be missing in a row in what is read from disk: a guard against a damaged number.
const MAX_GAP: u32 = 1 << 26;

/// Calls `on_term` with each term of a metric, and where in its key it stands, if it is a word.
fn each_word(key: MetricKey<'_>, metric: u32, mut on_term: impl FnMut(Term<'_>, Option<(&str, WordAt)>)) {
    let mut start = 0;
    each_term(key, |term| {
        let word = term.word().map(|(kind, text)| {
            let at = WordAt { metric, start: start as u16, kind, is_shared: false };
            start += text.len() + 1;
            (text, at)
        });
        on_term(term, word);
    });
}

/// Calls `on_term` with each term of a metric; those that are words in the order of the key.
fn each_term(key: MetricKey<'_>, mut on_term: impl FnMut(Term<'_>)) {
    on_term(Term::Scope);
    on_term(schema_term(key.namespace(), key.dimensions().map(|(name, _)| name)));
    on_term(Term::Namespace(key.namespace()));
    on_term(Term::Name(key.name()));
    for (name, value) in key.dimensions() {
        on_term(Term::Dimension(name));
        on_term(Term::DimensionValue(name, value));
    }
}

fn schema_term<'a>(namespace: &str, dimensions: impl Iterator<Item = &'a str>) -> Term<'static> {
    let mut hasher = HASHER.build_hasher();
    namespace.hash(&mut hasher);
    dimensions.for_each(|name| name.hash(&mut hasher));
    Term::Schema(hasher.finish())
}

fn identity_hash(scope: u32, key: &str) -> u64 {
    HASHER.hash_one((scope, key))
}

fn term_hash(scope: u32, term: Term<'_>) -> u64 {
    HASHER.hash_one((scope, term))
}

#[cfg(test)]
mod tests {
    use nepho_model::Metric;

    use super::*;

    fn index() -> (Index, Scope) {
        let scope = Scope::new("000000000000", "us-east-1");
        let mut index = Index::default();
        let id = index.scope(&scope);
        for n in 0..20u32 {
            let metric = Metric::new(
                if n % 2 == 0 { "Even" } else { "Odd" },
                &format!("m{}", n % 5),
                &[("Host", &format!("h{n}")), ("Zone", if n < 10 { "a" } else { "b" })],
            )
            .unwrap();
            let id = index.resolve(id, metric.key(), 100).unwrap();
            index.saw(id, 1000 + n);
        }
        (index, scope)
    }

    fn listed(index: &Index, scope: &Scope, filter: &Filter, limit: usize) -> Vec<String> {
        let mut page = Page { after: None, limit };
        let mut found = Vec::new();
        loop {
            let listed = index.list(scope, filter, &page).unwrap();
            assert!(listed.metrics.len() <= limit);
            found.extend(
                listed.metrics.iter().map(|metric| {
                    metric.key().dimensions().next().map(|(_, host)| host.to_owned()).unwrap_or_default()
                }),
            );
            match listed.next {
                Some(next) => page.after = Some(next),
                None => return found,
            }
        }
    }

    #[test]
    fn filters_find_what_they_name_and_pages_add_up() {
        let (mut index, scope) = index();
        let dimension = |name: &str, value: Option<&str>| (name.to_owned(), value.map(str::to_owned));
        let everything: Vec<String> = (0..20).map(|n| format!("h{n}")).collect();
        for limit in [1, 3, 19, 20, 21] {
            assert_eq!(listed(&index, &scope, &Filter::default(), limit), everything);
        }
        let even = Filter { namespace: Some("Even".into()), name: Some("m2".into()), ..Filter::default() };
        assert_eq!(listed(&index, &scope, &even, 500), ["h2", "h12"]);
        let zone = Filter { dimensions: vec![dimension("Zone", Some("a")), dimension("Host", None)], ..even };
        assert_eq!(listed(&index, &scope, &zone, 500), ["h2"]);
        let recent = Filter { seen_since: Some(Timestamp::from_seconds(1018)), ..Filter::default() };
        assert_eq!(listed(&index, &scope, &recent, 500), ["h18", "h19"]);
        let none = Filter { dimensions: vec![dimension("Zone", Some("c"))], ..Filter::default() };
        assert_eq!(listed(&index, &scope, &none, 500), [""; 0]);
        assert_eq!(listed(&index, &Scope::new("1", "x"), &Filter::default(), 500), [""; 0]);

        assert_eq!(index.forget(1015), 15);
        assert_eq!(listed(&index, &scope, &Filter::default(), 500), everything[15..]);
        assert_eq!(index.live(), 5);
        assert_eq!(index.definitions(0).metrics.len(), 5);
    }

    #[test]
    fn definitions_rebuild_the_index() {
        let (index, scope) = index();
        let mut copy = Index::default();
        copy.define(index.definitions(0)).unwrap();
        copy.define(index.definitions(18)).unwrap();
        for (id, seen) in index.activity().into_iter().enumerate() {
            copy.saw(id as u32, seen);
        }
        assert_eq!(listed(&copy, &scope, &Filter::default(), 500).len(), 20);
        let bad = |id, scope| {
            let metrics = vec![MetricDefinition { id, scope, key: "a\0b".into() }];
            Definitions { metrics, ..Definitions::default() }
        };
        assert_eq!(copy.define(bad(3, 0)), Err("metric id 3 is defined twice".to_owned()));
        assert_eq!(copy.define(bad(30, 9)), Err("metric id 30 is of unknown scope 9".to_owned()));
    }

    #[test]
    fn there_is_a_limit_to_metrics() {
        let (mut index, _) = index();
        let metric = Metric::new("New", "one", &[]).unwrap();
        assert!(index.resolve(0, metric.key(), 21).is_ok());
        let metric = Metric::new("New", "two", &[]).unwrap();
        assert!(matches!(index.resolve(0, metric.key(), 21), Err(StoreError::TooManyMetrics { limit: 21 })));
    }
}
