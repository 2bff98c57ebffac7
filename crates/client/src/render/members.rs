//! The dimensions and properties of a unit's documents, and the sets of its dimensions.

use std::collections::{BTreeSet, HashMap, HashSet};

use nepho_emf::{MAX_METRICS, MAX_SAMPLES};
use nepho_model::MAX_DIMENSIONS;

use super::plan::Additions;
use crate::core::{ONLY_TEXT_IS_HASHED, OwnedProperty, RESERVED};
use crate::port::Property;
use crate::unit_of_work::Entry;
use crate::warnings::{Notice, Warnings};

/// The most sets of dimensions of a unit: each metric of a full document is kept once for each.
pub(super) const SETS_MAX: usize = MAX_SAMPLES / MAX_METRICS;

/// A dimension or a property.
#[derive(Debug)]
pub(super) struct Member {
    pub(super) name: String,
    pub(super) is_dimension: bool,
    pub(super) source: Source,
}

/// Where the value of a dimension or property comes from.
#[derive(Debug, Clone)]
pub(super) enum Source {
    Constant(OwnedProperty),
    Entry(usize),
    /// A text of an entry that is personal data, and what it is called.
    Personal(usize, Box<str>),
}

/// Members, each name once. A later one takes an earlier one's place; a property gives way to a dimension and to a metric.
struct Members<'a> {
    list: Vec<Member>,
    places: HashMap<String, usize>,
    dimensions: usize,
    metrics: &'a HashSet<&'a str>,
    warnings: &'a Warnings,
}

/// The members of units with these entries, whose dimensions are legal.
pub(super) fn members(
    entries: &[Entry<'_>],
    additions: &Additions<'_>,
    metrics: &HashSet<&str>,
    warnings: &Warnings,
) -> Vec<Member> {
    let Additions { naming, .. } = additions;
    let mut members = Members { list: Vec::new(), places: HashMap::new(), dimensions: 0, metrics, warnings };
    for (name, value) in &naming.dimensions {
        let value = naming.value(name, value);
        if !value.trim().is_empty() {
            members.dimension(name, Source::Constant(OwnedProperty::Text((*value).into())));
        }
    }
    for (name, value) in additions.properties {
        members.property(name, Source::Constant(value.clone()));
    }
    for (at, entry) in entries.iter().enumerate() {
        let source = |name: &str| match naming.is_personal(name) {
            true => Source::Personal(at, name.into()),
            false => Source::Entry(at),
        };
        match entry {
            Entry::Dimension { name, .. } if naming.is_allowed(name) => members.dimension(name, source(name)),
            Entry::Dimension { name, .. } => members.property(name, source(name)),
            Entry::Property { name, value } => match source(name) {
                Source::Personal(..) if !matches!(value, Property::Text(_)) => {
                    warnings.notice(Notice::PropertyLeftOut, name, format_args!("{ONLY_TEXT_IS_HASHED}"));
                }
                source => members.property(name, source),
            },
            Entry::Metric { .. } | Entry::Set { .. } => {}
        }
    }
    members.list
}

impl Members<'_> {
    fn dimension(&mut self, name: &str, source: Source) {
        let known = self.places.get(name).map(|place| &mut self.list[*place]);
        if let Some(dimension) = known.filter(|member| member.is_dimension) {
            dimension.source = source;
        } else if self.dimensions == MAX_DIMENSIONS {
            let detail = format_args!("the dimension is left out: {MAX_DIMENSIONS} is the limit");
            self.warnings.notice(Notice::TooManyDimensions, name, detail);
        } else {
            self.dimensions += 1;
            self.put(Member { name: name.to_owned(), is_dimension: true, source });
        }
    }

    fn property(&mut self, name: &str, source: Source) {
        let left_out = |why: &str| self.warnings.notice(Notice::PropertyLeftOut, name, format_args!("{why}"));
        if name.is_empty() || name == RESERVED {
            left_out("a property cannot be called so");
        } else if self.metrics.contains(name) {
            left_out("a metric of its document is called so too");
        } else if self.places.get(name).is_some_and(|place| self.list[*place].is_dimension) {
            left_out("a dimension of its document is called so too");
        } else {
            self.put(Member { name: name.to_owned(), is_dimension: false, source });
        }
    }

    fn put(&mut self, member: Member) {
        match self.places.get(&member.name) {
            Some(place) => self.list[*place] = member,
            None => {
                self.places.insert(member.name.clone(), self.list.len());
                self.list.push(member);
            }
        }
    }
}

/// The sets that entries name, of those names that are among `dimensions`, each set once; or one set of all dimensions.
pub(super) fn sets<'d>(entries: &[Entry<'_>], dimensions: &[&'d str], warnings: &Warnings) -> Vec<Vec<&'d str>> {
    let (mut sets, mut known) = (Vec::new(), BTreeSet::new());
    for entry in entries {
        let Entry::Set { names } = entry else { continue };
        let is_named = |dimension: &&&str| names.split('\0').any(|name| name == **dimension);
        let set: Vec<&str> = dimensions.iter().filter(is_named).copied().collect();
        if known.contains(&set) {
            continue;
        }
        if sets.len() == SETS_MAX {
            let detail = format_args!("a set of dimensions is left out: {SETS_MAX} sets are the limit");
            warnings.notice(Notice::TooManyDimensions, "a unit of work", detail);
            break;
        }
        known.insert(set.clone());
        sets.push(set);
    }
    if sets.is_empty() {
        sets.push(dimensions.to_vec());
    }
    sets
}
