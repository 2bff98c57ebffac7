use hashbrown::HashTable;

use super::graveyard::{Graveyard, NAMES_MAX};
use super::key::{KEY_BYTES_MAX, Scope};
use super::registry::{self, Place, Room};
use super::*;

const CAPS: Caps = Caps { per_metric: 10, total: 10 };

fn registry() -> Registry {
    Registry::new(CAPS)
}

/// One metric by many names: its dimension says which.
fn with_key<R>(value: &str, with: impl FnOnce(&Key<'_>) -> R) -> R {
    let scope = Scope { directory: 0, namespace: 0, unit: 0, kind: Kind::default() };
    with(&Key::new(scope, "m", &[("d", value)], 7))
}

fn place(registry: &Registry, value: &str) -> Arc<Alias> {
    let metric = Arc::new(MetricName { name: "m".into(), dimensions: Box::default() });
    let identity = Identity { namespace: 0, metric, unit: Unit::None, resolution: Resolution::Minute, is_gauge: false };
    with_key(value, |key| match registry.place(key, key.hash(), &identity, Room::Capped) {
        Place::Found(alias) => alias,
        _ => panic!("there is room for one series"),
    })
}

fn is_known(registry: &Registry, value: &str) -> bool {
    with_key(value, |key| registry.known(key, key.hash()).is_some())
}

#[test]
fn a_registry_forgets_without_dropping_anything() {
    let registry = registry();
    (0..registry::ALIASES_MAX).for_each(|at| drop(place(&registry, &at.to_string())));
    assert!(is_known(&registry, "0"), "there is room for all");
    let first = with_key("0", |key| registry.known(key, key.hash())).unwrap();
    place(&registry, "one past");
    assert_eq!((is_known(&registry, "0"), is_known(&registry, "one past")), (false, true));
    assert_eq!(Arc::strong_count(&first), 2, "it waits to be dropped");
    registry.bury();
    assert_eq!(Arc::strong_count(&first), 1);
}

#[test]
fn a_thread_forgets_without_dropping_anything() {
    let graveyard = Graveyard::new();
    let alias = place(&registry(), "0");
    let remember = |at: usize, generation| local::remember(&graveyard, Arc::clone(&alias), generation, at as u64);
    for at in 0..local::ALIASES_MAX {
        remember(at, 0);
    }
    assert_eq!(local::len(), local::ALIASES_MAX);
    remember(0, 0);
    assert_eq!(local::len(), 1, "one past");
    remember(0, 1);
    assert_eq!(local::len(), 1, "of another generation");
    assert_eq!(Arc::strong_count(&alias), local::ALIASES_MAX + 3);
    graveyard.bury();
    assert_eq!(Arc::strong_count(&alias), 2);
}

#[test]
fn what_finds_no_place_to_be_dropped_stays() {
    let graveyard = Graveyard::new();
    let alias = place(&registry(), "0");
    let table = |names: usize| {
        let mut table = HashTable::new();
        for hash in 0..names as u64 {
            table.insert_unique(hash, Arc::clone(&alias), |alias| alias.hash);
        }
        table
    };
    assert!(graveyard.take(&mut table(NAMES_MAX)));
    let mut one = table(1);
    assert_eq!((graveyard.take(&mut one), one.len()), (false, 1));
    assert!(graveyard.take(&mut table(0)), "nothing is always taken");
    graveyard.bury();
    assert_eq!((graveyard.take(&mut one), one.len()), (true, 0));
}

#[test]
fn long_names_are_not_remembered() {
    let short = "x".repeat(KEY_BYTES_MAX - "md".len());
    let long = format!("{short}x");
    for (value, expected) in [(&short, true), (&long, false)] {
        let registry = registry();
        let alias = place(&registry, value);
        assert_eq!(is_known(&registry, value), expected, "{} bytes", value.len());
        let found = |known: &mut u32| {
            let find = |_| {
                *known += 1;
                Some(Arc::clone(&alias))
            };
            with_key(value, |key| local::with(key, find, |_| ())).unwrap();
        };
        let mut asked = 0;
        found(&mut asked);
        found(&mut asked);
        assert_eq!(asked, if expected { 1 } else { 2 });
    }
}
