//! How units of one shape become documents: decided once, and then followed.

use nepho_emf::{MAX_METRICS, MAX_VALUES, MetricDefinition, Shape, Skeleton};
use nepho_model::{MAX_DIMENSIONS, Resolution, Unit};

use crate::core::OwnedProperty;
use crate::mend;
use crate::naming::Naming;
use crate::unit_of_work::Entry;
use crate::warnings::{Notice, Warnings};

/// The member that EMF itself uses.
const RESERVED: &str = "_aws";

/// Everything that is the same for all units of a shape.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) namespace: u16,
    pub(super) documents: Vec<Document>,
    /// How many metrics have no place in any document.
    pub(super) left_out: u64,
}

#[derive(Debug)]
pub(super) struct Document {
    pub(super) skeleton: Skeleton,
    /// For each metric, the entries with its values.
    pub(super) metrics: Vec<Vec<usize>>,
    pub(super) members: Vec<Source>,
    pub(super) samples: u64,
    pub(super) is_simple: bool,
}

/// Where the value of a dimension or property comes from.
#[derive(Debug, Clone)]
pub(super) enum Source {
    Constant(OwnedProperty),
    Entry(usize),
    /// A text of an entry that is personal data, as a dimension or as a property.
    PersonalDimension(usize, Box<str>),
    PersonalProperty(usize, Box<str>),
}

/// What the client adds to every document.
pub(super) struct Additions<'a> {
    pub(super) namespace: &'a str,
    pub(super) naming: &'a Naming,
    pub(super) properties: &'a [(Box<str>, OwnedProperty)],
    pub(super) log_group: Option<&'a str>,
    pub(super) log_stream: Option<&'a str>,
}

struct Metric<'e> {
    name: std::borrow::Cow<'e, str>,
    unit: Unit,
    resolution: Resolution,
    entries: Vec<usize>,
}

struct Member {
    name: String,
    is_dimension: bool,
    source: Source,
}

impl Plan {
    /// The documents of units with these entries. Their dimensions are legal.
    pub(super) fn new(namespace: u16, entries: &[Entry<'_>], additions: &Additions<'_>, warnings: &Warnings) -> Self {
        let members = members(entries, additions, warnings);
        let sets = sets(entries, &members);
        let (mut groups, left_out) = metrics(entries, &members, warnings);
        let mut documents = Vec::new();
        for group in &mut groups {
            while !group.is_empty() {
                let beginnings: Vec<Metric<'_>> = group.iter_mut().take(MAX_METRICS).map(Metric::beginning).collect();
                documents.extend(document(&beginnings, &members, &sets, additions, warnings));
                group.retain(|metric| !metric.entries.is_empty());
            }
        }
        Plan { namespace, documents, left_out }
    }
}

impl<'e> Metric<'e> {
    /// Splits off as many values as one document takes.
    fn beginning(&mut self) -> Metric<'e> {
        let entries = self.entries.drain(..self.entries.len().min(MAX_VALUES)).collect();
        Metric { name: self.name.clone(), unit: self.unit, resolution: self.resolution, entries }
    }
}

fn document(
    metrics: &[Metric<'_>],
    members: &[Member],
    sets: &[Vec<&str>],
    additions: &Additions<'_>,
    warnings: &Warnings,
) -> Option<Document> {
    let definition = |metric: &Metric<'_>| (metric.name.to_string(), metric.unit, metric.resolution);
    let definitions: Vec<_> = metrics.iter().map(definition).collect();
    let definitions: Vec<_> = definitions
        .iter()
        .map(|(name, unit, resolution)| MetricDefinition { name, unit: *unit, resolution: *resolution })
        .collect();
    let sets: Vec<&[&str]> = sets.iter().map(Vec::as_slice).collect();
    let names: Vec<&str> = members.iter().map(|member| &*member.name).collect();
    let shape = Shape {
        namespace: additions.namespace,
        dimension_sets: &sets,
        metrics: &definitions,
        members: &names,
        log_group: additions.log_group,
        log_stream: additions.log_stream,
    };
    match Skeleton::new(&shape) {
        Ok(skeleton) => Some(Document {
            skeleton,
            samples: metrics.iter().map(|metric| metric.entries.len() as u64).sum(),
            is_simple: metrics.iter().all(|metric| metric.entries.len() == 1)
                && members.iter().all(|member| matches!(member.source, Source::Constant(_) | Source::Entry(_))),
            metrics: metrics.iter().map(|metric| metric.entries.clone()).collect(),
            members: members.iter().map(|member| member.source.clone()).collect(),
        }),
        Err(error) => {
            debug_assert!(false, "the plan makes legal shapes: {error}");
            warnings.notice(Notice::NameMended, additions.namespace, format_args!("{error}"));
            None
        }
    }
}

/// Dimensions, then properties, each name once; a later one takes an earlier one's place.
fn members(entries: &[Entry<'_>], additions: &Additions<'_>, warnings: &Warnings) -> Vec<Member> {
    let mut members: Vec<Member> = Vec::new();
    let mut set = |name: &str, is_dimension: bool, source: Source| {
        if name.is_empty() || name == RESERVED {
            warnings.notice(Notice::PropertyLeftOut, name, format_args!("a member of a document cannot be called so"));
            return;
        }
        let dimensions = members.iter().filter(|member| member.is_dimension).count();
        match members.iter_mut().find(|member| member.name == name) {
            Some(member) if member.is_dimension && !is_dimension => {
                warnings.notice(Notice::PropertyLeftOut, name, format_args!("a dimension is called so too"));
            }
            Some(member) => *member = Member { name: name.to_owned(), is_dimension, source },
            None if is_dimension && dimensions >= MAX_DIMENSIONS => {
                let detail = format_args!("the dimension is left out: {MAX_DIMENSIONS} is the limit");
                warnings.notice(Notice::TooManyDimensions, name, detail);
            }
            None => members.push(Member { name: name.to_owned(), is_dimension, source }),
        }
    };
    for (name, value) in &additions.naming.dimensions {
        let value = additions.naming.dimension_value(name, value);
        if let Some((name, value)) = mend::dimension("every metric", name, &value, warnings) {
            set(&name, true, Source::Constant(OwnedProperty::Text((*value).into())));
        }
    }
    for (name, value) in additions.properties {
        set(name, false, Source::Constant(value.clone()));
    }
    for (at, entry) in entries.iter().enumerate() {
        match entry {
            Entry::Dimension { name, .. } => {
                let is_dimension = additions.naming.is_allowed(name);
                let personal = additions.naming.personal.as_ref();
                let source = match personal.is_some_and(|personal| personal.is_dimension(name)) {
                    true => Source::PersonalDimension(at, (*name).into()),
                    false if !is_dimension && personal.is_some_and(|personal| personal.is_property(name)) => {
                        Source::PersonalProperty(at, (*name).into())
                    }
                    false => Source::Entry(at),
                };
                set(name, is_dimension, source);
            }
            Entry::Property { name, value } => {
                let is_personal = additions.naming.personal.as_ref().is_some_and(|personal| personal.is_property(name));
                let is_text = matches!(value, crate::Property::Text(_));
                match (is_personal, is_text) {
                    (true, true) => set(name, false, Source::PersonalProperty(at, (*name).into())),
                    (true, false) => {
                        let detail = format_args!("personal data can be hashed as text only; it is left out");
                        warnings.notice(Notice::PropertyLeftOut, name, detail);
                    }
                    (false, _) => set(name, false, Source::Entry(at)),
                }
            }
            Entry::Metric { .. } | Entry::Set { .. } => {}
        }
    }
    members
}

/// The sets that the unit names, without names that are no dimension of it; or one set of all.
fn sets<'m>(entries: &[Entry<'_>], members: &'m [Member]) -> Vec<Vec<&'m str>> {
    let dimensions = || members.iter().filter(|member| member.is_dimension).map(|member| &*member.name);
    let named = entries.iter().filter_map(|entry| match entry {
        Entry::Set { names } => Some(names),
        _ => None,
    });
    let mut sets: Vec<Vec<&str>> = named
        .map(|names| dimensions().filter(|name| names.split('\0').any(|wanted| wanted == *name)).collect())
        .collect();
    if sets.is_empty() {
        sets.push(dimensions().collect());
    }
    sets.sort_unstable();
    sets.dedup();
    sets
}

/// Metrics in groups: one of the same name in another unit cannot be in the same document.
fn metrics<'e>(entries: &[Entry<'e>], members: &[Member], warnings: &Warnings) -> (Vec<Vec<Metric<'e>>>, u64) {
    let mut groups: Vec<Vec<Metric<'e>>> = Vec::new();
    let mut left_out = 0;
    for (at, entry) in entries.iter().enumerate() {
        let Entry::Metric { name, unit, resolution, .. } = entry else { continue };
        let Some(name) = mend::metric_name(name, warnings) else {
            left_out += 1;
            continue;
        };
        if name == RESERVED || members.iter().any(|member| member.name == *name) {
            let detail = format_args!("a dimension or property of its document is called so too");
            warnings.dropped(crate::Cause::InvalidName, &name, detail);
            left_out += 1;
            continue;
        }
        let is_same =
            |metric: &Metric<'_>| metric.name == name && (metric.unit, metric.resolution) == (*unit, *resolution);
        if let Some(metric) = groups.iter_mut().flatten().find(|metric| is_same(metric)) {
            metric.entries.push(at);
            continue;
        }
        let metric = Metric { name: name.clone(), unit: *unit, resolution: *resolution, entries: vec![at] };
        match groups.iter_mut().find(|group| group.iter().all(|metric| metric.name != name)) {
            Some(group) => group.push(metric),
            None => groups.push(vec![metric]),
        }
    }
    (groups, left_out)
}
