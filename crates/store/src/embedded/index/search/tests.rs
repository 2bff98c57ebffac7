use std::collections::BTreeSet;

use nepho_model::search::{Condition, Pattern, Phrase, Place, Schema, Search, Term as Wanted};
use nepho_model::{Metric, MetricKey, Timestamp};
use proptest::prelude::*;

use super::*;

const NAMESPACES: [&str; 3] = ["AWS/EC2", "Shop", "shop/Web2"];
const NAMES: [&str; 5] = ["CPUUtilization", "NetworkIn", "network-in", "Errors", "Größe"];
const DIMENSIONS: [&str; 3] = ["Host", "Zone", "Errors"];
const VALUES: [&str; 6] = ["web-1", "Web1", "a", "NetworkIn", "i-0ab12", "--"];
const PHRASES: [&str; 14] = [
    "network",
    "NetworkIn",
    "network/in",
    "web",
    "Web1",
    "web1",
    "1",
    "errors",
    "EC2",
    "host",
    "a",
    "größe",
    "ab",
    "x",
];

fn metrics() -> impl Strategy<Value = Metric> {
    let dimensions = prop::collection::btree_map(0..DIMENSIONS.len(), 0..VALUES.len(), 0..3);
    (0..NAMESPACES.len(), 0..NAMES.len(), dimensions).prop_map(|(namespace, name, dimensions)| {
        let dimensions: Vec<_> =
            dimensions.into_iter().map(|(name, value)| (DIMENSIONS[name], VALUES[value])).collect();
        Metric::new(NAMESPACES[namespace], NAMES[name], &dimensions).unwrap()
    })
}

fn conditions() -> impl Strategy<Value = Condition> {
    let place = prop_oneof![
        4 => Just(Place::Anywhere),
        1 => Just(Place::Namespace),
        1 => Just(Place::MetricName),
        1 => Just(Place::DimensionName),
        2 => prop::sample::select(DIMENSIONS.to_vec()).prop_map(|name| Place::Dimension(name.to_owned())),
        1 => Just(Place::Account),
    ];
    let exact = prop::sample::select([&NAMESPACES[..], &NAMES, &DIMENSIONS, &VALUES, &["111122223333", ""]].concat());
    let pattern = prop_oneof![
        exact.prop_map(|text| Pattern::Exact(text.to_owned())),
        prop::sample::select(PHRASES.to_vec()).prop_map(|text| Pattern::Phrase(Phrase::parse(text).unwrap())),
    ];
    let term = (place, pattern).prop_map(|(place, pattern)| Condition::Term(Wanted { place, pattern }));
    term.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            3 => prop::collection::vec(inner.clone(), 0..4).prop_map(Condition::All),
            2 => prop::collection::vec(inner.clone(), 0..4).prop_map(Condition::Any),
            1 => inner.prop_map(|one| Condition::Not(Box::new(one))),
        ]
    })
}

fn searches() -> impl Strategy<Value = Search> {
    let namespace = prop::sample::select(NAMESPACES.to_vec());
    let names = prop::collection::vec(prop::sample::select(DIMENSIONS.to_vec()), 0..3);
    let schema = prop_oneof![
        2 => Just(None),
        1 => namespace.clone().prop_map(|namespace| Some(Schema::of_namespace(namespace))),
        1 => (namespace, names).prop_map(|(namespace, names)| {
            Some(Schema::exact(namespace, names.into_iter().map(str::to_owned).collect()))
        }),
    ];
    (schema, conditions()).prop_map(|(schema, condition)| Search { schema, condition })
}

fn scopes() -> [Scope; 2] {
    [Scope::new("111122223333", "us-east-1"), Scope::new("444455556666", "us-east-1")]
}

/// An index of metrics, each in one of two scopes and last seen then; 0 for never.
fn index(metrics: &[(Metric, usize, u32)]) -> RwLock<Index> {
    let index = RwLock::default();
    metrics.iter().for_each(|one| add(&index, one));
    index
}

fn add(index: &RwLock<Index>, (metric, scope, seen): &(Metric, usize, u32)) {
    let mut index = index.write().unwrap();
    let scope = index.scope(&scopes()[*scope]);
    let id = index.resolve(scope, metric.key(), usize::MAX).unwrap();
    index.saw(id, *seen);
}

/// The metrics that are left when a search has gone through all its steps, by their names alone.
fn narrowed(index: &RwLock<Index>, scope: &Scope, request: &SearchRequest) -> BTreeSet<Metric> {
    let Some(lookup) = Lookup::new(index, scope, request, usize::MAX) else { return BTreeSet::new() };
    let mut within = lookup.of_schema(request.search.schema.as_ref());
    lookup.narrow(&lookup.step(&request.search.condition), &mut within).unwrap();
    let index = index.read().unwrap();
    within.iter().map(|id| MetricKey::from_written(&index.metrics[id as usize].key).to_metric()).collect()
}

fn check(index: &RwLock<Index>, live: &[(Metric, usize, u32)], wanted: &Search, since: u32, limit: usize) {
    let request = SearchRequest {
        search: wanted.clone(),
        seen_since: Some(Timestamp::from_seconds(i64::from(since))),
        comparisons_max: COMPARISONS_MAX,
    };
    for (number, scope) in scopes().iter().enumerate() {
        let matching = live.iter().filter(|(metric, of, _)| *of == number && wanted.matches(scope, metric.key()));
        let expected: BTreeSet<_> = matching.clone().map(|(metric, ..)| metric.clone()).collect();
        assert_eq!(narrowed(index, scope, &request), expected, "{wanted:?}");
        let seen =
            |metric: &Metric| live.iter().filter(|one| one.0 == *metric && one.1 == number).map(|one| one.2).max();
        let expected: BTreeSet<_> =
            expected.into_iter().filter(|metric| seen(metric).is_some_and(|seen| seen > 0 && seen >= since)).collect();
        let found = search(index, scope, &request, limit).unwrap();
        assert_eq!(found.has_more, expected.len() > limit);
        assert_eq!(found.metrics.len(), expected.len().min(limit));
        let distinct: BTreeSet<_> = found.metrics.into_iter().collect();
        assert!(distinct.is_subset(&expected) && distinct.len() == expected.len().min(limit), "{wanted:?}");
    }
}

proptest! {
    #[test]
    fn the_index_finds_what_the_search_means(
        metrics in prop::collection::vec((metrics(), 0usize..2, 0u32..40), 0..60),
        searches in prop::collection::vec(searches(), 1..8),
        more in prop::collection::vec((metrics(), 0usize..2, 20u32..60), 0..10),
        since in 0u32..30,
        limit in 0usize..70,
    ) {
        let index = index(&metrics);
        searches.iter().for_each(|one| check(&index, &metrics, one, since, limit));
        // Names are gathered anew when metrics are forgotten, and some come back.
        let last_seen = |one: &(Metric, usize, u32)| {
            metrics.iter().filter(|other| other.0 == one.0 && other.1 == one.1).map(|other| other.2).max()
        };
        let kept = |one: &&(Metric, usize, u32)| last_seen(one).is_some_and(|seen| seen == 0 || seen >= 20);
        let mut live: Vec<_> = metrics.iter().filter(kept).cloned().collect();
        index.write().unwrap().forget(20);
        searches.iter().for_each(|one| check(&index, &live, one, since, limit));
        for one in more {
            add(&index, &one);
            live.push(one);
        }
        searches.iter().for_each(|one| check(&index, &live, one, since, limit));
    }
}

fn anywhere(text: &str) -> Condition {
    Condition::Term(Wanted { place: Place::Anywhere, pattern: Pattern::Phrase(Phrase::parse(text).unwrap()) })
}

#[test]
fn more_metrics_than_are_tried_at_once() {
    let hosts = TRIED * 3;
    let metrics: Vec<_> = (0..hosts)
        .map(|n| {
            let host = format!("host-{n}");
            let name = if n % 100 == 0 { "Rare" } else { "Frequent" };
            (Metric::new("Shop", name, &[("Host", &host)]).unwrap(), 0, 1)
        })
        .collect();
    let index = index(&metrics);
    for (texts, expected) in [
        (&["host", "rare"][..], hosts.div_ceil(100)),
        (&["host", "frequent"], hosts - hosts.div_ceil(100)),
        (&["host"], hosts),
        (&["rare", "frequent"], 0),
        (&["host-77"], 1),
    ] {
        let condition = Condition::All(texts.iter().map(|text| anywhere(text)).collect());
        let request =
            SearchRequest { search: Search::new(condition), seen_since: None, comparisons_max: COMPARISONS_MAX };
        for limit in [0, 1, expected.saturating_sub(1), expected, expected + 1] {
            let found = search(&index, &scopes()[0], &request, limit).unwrap();
            assert_eq!(
                (found.metrics.len(), found.has_more),
                (expected.min(limit), expected > limit),
                "{texts:?} {limit}"
            );
        }
    }
}

#[test]
fn keys_that_are_longer_than_any_metric_has_are_searched_as_far_as_they_can_be() {
    let long = format!("Shop\0{}\0Host\0web", "x".repeat(usize::from(u16::MAX) + 7));
    let index = index(&[(MetricKey::from_written(&long).to_metric(), 0, 1)]);
    let request =
        SearchRequest { search: Search::new(anywhere("shop")), seen_since: None, comparisons_max: COMPARISONS_MAX };
    assert_eq!(search(&index, &scopes()[0], &request, 10).unwrap().metrics.len(), 1);
    assert_eq!(narrowed(&index, &scopes()[0], &request).len(), 1);
}

#[test]
fn a_search_that_compares_too_often_is_given_up() {
    let metrics: Vec<_> = (0..10).map(|n| (Metric::new("Shop", &format!("m-{n}"), &[]).unwrap(), 0, 1)).collect();
    let index = index(&metrics);
    let request =
        SearchRequest { search: Search::new(anywhere("m")), seen_since: None, comparisons_max: COMPARISONS_MAX };
    let scope = &scopes()[0];
    let narrow = |comparisons: usize| {
        let lookup = Lookup::new(&index, scope, &request, comparisons).unwrap();
        let mut within = lookup.of_schema(None);
        lookup.narrow(&lookup.step(&request.search.condition), &mut within)
    };
    assert!(narrow(10).is_ok());
    assert!(matches!(narrow(9), Err(StoreError::SearchTooBroad { limit: COMPARISONS_MAX })));
    let found = |comparisons: usize| {
        let lookup = Lookup::new(&index, scope, &request, comparisons).unwrap();
        lookup.found(&lookup.of_schema(None), 10, usize::MAX)
    };
    assert!(found(40).is_ok_and(|found| found.is_some_and(|found| found.metrics.len() == 10)));
    assert!(matches!(found(39), Err(StoreError::SearchTooBroad { .. })));
}
