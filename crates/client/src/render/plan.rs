//! How units of one shape become documents: decided once, and then followed.

use std::borrow::Cow;
use std::collections::HashMap;

use nepho_emf::{MAX_METRICS, MAX_VALUES, MetricDefinition, Shape, Skeleton};
use nepho_model::{Resolution, Unit};

use super::members::{Member, Source, members, sets};
use crate::account::Cause;
use crate::core::OwnedProperty;
use crate::mend;
use crate::naming::Naming;
use crate::unit_of_work::Entry;
use crate::warnings::Warnings;

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

/// What the client adds to every document.
pub(super) struct Additions<'a> {
    pub(super) namespace: &'a str,
    pub(super) naming: &'a Naming,
    pub(super) properties: &'a [(Box<str>, OwnedProperty)],
    pub(super) log_group: Option<&'a str>,
    pub(super) log_stream: Option<&'a str>,
}

struct Metric<'e> {
    name: Cow<'e, str>,
    unit: Unit,
    resolution: Resolution,
    entries: Vec<usize>,
}

impl Plan {
    /// The documents of units with these entries. Their dimensions are legal.
    pub(super) fn new(namespace: u16, entries: &[Entry<'_>], additions: &Additions<'_>, warnings: &Warnings) -> Self {
        let named: Vec<_> = named(entries, warnings).collect();
        let metric_names = named.iter().map(|(_, name)| &**name).collect();
        let members = members(entries, additions, &metric_names, warnings);
        let dimensions = members.iter().filter(|member| member.is_dimension).map(|member| &*member.name);
        let dimensions: Vec<&str> = dimensions.collect();
        let sets = sets(entries, &dimensions, warnings);
        let mut groups = groups(entries, named, &dimensions, warnings);
        let mut documents = Vec::new();
        for group in &mut groups {
            while !group.is_empty() {
                let beginnings: Vec<Metric<'_>> = group.iter_mut().take(MAX_METRICS).map(Metric::beginning).collect();
                documents.extend(document(&beginnings, &members, &sets, additions, warnings));
                group.retain(|metric| !metric.entries.is_empty());
            }
        }
        let samples = entries.iter().filter(|entry| matches!(entry, Entry::Metric { .. })).count() as u64;
        let left_out = samples - documents.iter().map(|document: &Document| document.samples).sum::<u64>();
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
            warnings.dropped(Cause::InvalidName, additions.namespace, format_args!("{error}"));
            None
        }
    }
}

/// The metrics of a unit that have a name, with the places of their entries.
fn named<'e>(entries: &[Entry<'e>], warnings: &Warnings) -> impl Iterator<Item = (usize, Cow<'e, str>)> {
    entries.iter().enumerate().filter_map(|(at, entry)| match entry {
        Entry::Metric { name, .. } => Some((at, mend::metric_name(name, warnings)?)),
        _ => None,
    })
}

/// Metrics in groups: one of the same name in another unit cannot be in the same document.
fn groups<'e>(
    entries: &[Entry<'e>],
    named: Vec<(usize, Cow<'e, str>)>,
    dimensions: &[&str],
    warnings: &Warnings,
) -> Vec<Vec<Metric<'e>>> {
    let mut groups: Vec<Vec<Metric<'e>>> = Vec::new();
    let mut variants: HashMap<Cow<'e, str>, Vec<(Unit, Resolution, usize)>> = HashMap::new();
    for (at, name) in named {
        let Entry::Metric { unit, resolution, .. } = &entries[at] else { continue };
        if dimensions.contains(&&*name) {
            let detail = format_args!("a dimension of its document is called so too");
            warnings.dropped(Cause::InvalidName, &name, detail);
            continue;
        }
        let known = variants.entry(name.clone()).or_default();
        let is_same = |of: &&(Unit, Resolution, usize)| (of.0, of.1) == (*unit, *resolution);
        let group = known.iter().position(|of| is_same(&of));
        if let Some(group) = group {
            groups[group][known[group].2].entries.push(at);
            continue;
        }
        if known.len() == groups.len() {
            groups.push(Vec::new());
        }
        let group = &mut groups[known.len()];
        known.push((*unit, *resolution, group.len()));
        group.push(Metric { name, unit: *unit, resolution: *resolution, entries: vec![at] });
    }
    groups
}
