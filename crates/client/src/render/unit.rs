//! Units of work to documents.

use std::collections::HashMap;

use nepho_emf::{MAX_DOCUMENT_BYTES, Member, Target};
use nepho_model::{MAX_DIMENSION_VALUE, Timestamp};

use super::plan::{Additions, Document, Plan, Source};
use crate::account::Cause;
use crate::core::{Core, OwnedProperty};
use crate::mend;
use crate::port::Property;
use crate::sink::Documents;
use crate::unit_of_work::{Entries, Entry, Finished, Rewritten};
use crate::warnings::Notice;

/// The most shapes whose plans are kept; then all are forgotten.
const PLANS_MAX: usize = 512;

/// Renders units of work. Units of one shape (namespace, names, units, in their order) follow one plan.
#[derive(Debug, Default)]
pub(crate) struct Renderer {
    log_group: Option<String>,
    log_stream: Option<String>,
    plans: Vec<Shaped>,
    by_shape: HashMap<Box<[u8]>, usize, foldhash::fast::RandomState>,
    /// The plan of the unit before: most often of the next one too.
    latest: usize,
    /// The properties that the plans know.
    properties: u64,
    shape: Vec<u8>,
    /// An empty list, for its memory.
    entries: Vec<Entry<'static>>,
    numbers: Vec<f64>,
}

#[derive(Debug)]
struct Shaped {
    shape: Box<[u8]>,
    plan: Plan,
}

impl Renderer {
    pub(crate) fn new(log_group: Option<&str>, log_stream: Option<&str>) -> Self {
        let owned = |name: Option<&str>| name.map(str::to_owned);
        Renderer { log_group: owned(log_group), log_stream: owned(log_stream), ..Renderer::default() }
    }

    /// Appends the documents of a unit. What cannot be in one is dropped and counted.
    pub(crate) fn unit(&mut self, unit: &Finished<'_>, core: &Core, out: &mut Documents) {
        let mut entries = reuse(std::mem::take(&mut self.entries));
        entries.extend(Entries::new(unit.bytes));
        if entries.iter().all(is_legal) {
            self.entries(unit, &entries, core, out);
        } else {
            self.mended(unit, &entries, core, out);
        }
        self.entries = reuse(entries);
    }

    /// Renders a unit again, with dimensions that are legal.
    #[cold]
    fn mended(&mut self, unit: &Finished<'_>, entries: &[Entry<'_>], core: &Core, out: &mut Documents) {
        let mut rewritten = Rewritten::default();
        for entry in entries {
            match entry {
                Entry::Dimension { name, value } => {
                    let metric = entries.iter().find_map(|entry| match entry {
                        Entry::Metric { name, .. } => Some(*name),
                        _ => None,
                    });
                    if let Some((name, value)) =
                        mend::dimension(metric.unwrap_or_default(), name, value, &core.warnings)
                    {
                        rewritten.push(&Entry::Dimension { name: &name, value: &value });
                    }
                }
                Entry::Property { name, .. } => {
                    let detail = format_args!("its value is not finite, or its name is blank");
                    if is_legal(entry) {
                        rewritten.push(entry);
                    } else {
                        core.warnings.notice(Notice::PropertyLeftOut, name, detail);
                    }
                }
                entry => rewritten.push(entry),
            }
        }
        let entries: Vec<_> = Entries::new(rewritten.bytes()).collect();
        self.entries(unit, &entries, core, out);
    }

    fn entries(&mut self, unit: &Finished<'_>, entries: &[Entry<'_>], core: &Core, out: &mut Documents) {
        let at = self.plan(unit.head.namespace, entries, core);
        let plan = &self.plans[at].plan;
        if plan.left_out > 0 {
            core.front.drop_at_once(Cause::InvalidName, plan.left_out);
        }
        let timestamp = Timestamp::from_millis(unit.head.timestamp);
        let mut too_large = 0;
        for document in &plan.documents {
            let is_fitting = out.push_within(MAX_DOCUMENT_BYTES, document.samples, |text| {
                if document.is_simple {
                    simple(document, entries, timestamp, text);
                } else {
                    any(document, entries, timestamp, core, &mut self.numbers, text);
                }
            });
            too_large += usize::from(!is_fitting);
        }
        if too_large > 0 {
            self.too_large(unit, entries, core, out, too_large);
        }
    }

    /// A unit whose documents are too large goes out without its text properties, or not at all.
    #[cold]
    fn too_large(
        &mut self,
        unit: &Finished<'_>,
        entries: &[Entry<'_>],
        core: &Core,
        out: &mut Documents,
        documents: usize,
    ) {
        let is_text = |entry: &Entry<'_>| matches!(entry, Entry::Property { value: Property::Text(_), .. });
        let largest = entries.iter().filter_map(|entry| match entry {
            Entry::Property { name, value: Property::Text(text) } => Some((text.len(), *name)),
            _ => None,
        });
        let Some((bytes, name)) = largest.max() else {
            let samples = entries.iter().filter(|entry| matches!(entry, Entry::Metric { .. })).count();
            core.front.drop_at_once(Cause::TooLarge, samples as u64);
            let detail = format_args!("its document has more than {MAX_DOCUMENT_BYTES} bytes");
            core.warnings.dropped(Cause::TooLarge, "a unit of work", detail);
            return;
        };
        let detail = format_args!(
            "it has {bytes} bytes, and the document would have more than {MAX_DOCUMENT_BYTES}; texts are left out of it"
        );
        core.warnings.notice(Notice::PropertyLeftOut, name, detail);
        // All of its documents have the same properties; those that fitted did so only because they share nothing else.
        let whole = self.plans[self.latest].plan.documents.len();
        debug_assert!(documents <= whole);
        out.pop(whole - documents);
        let lighter: Vec<_> = entries.iter().filter(|entry| !is_text(entry)).copied().collect();
        self.entries(unit, &lighter, core, out);
    }

    /// The plan for entries like these.
    fn plan(&mut self, namespace: u16, entries: &[Entry<'_>], core: &Core) -> usize {
        let version = core.properties_version();
        if self.properties != version {
            self.forget(version);
        }
        self.shape.clear();
        self.shape.extend_from_slice(&namespace.to_le_bytes());
        for entry in entries {
            entry.write_shape(&mut self.shape);
        }
        if self.plans.get(self.latest).is_some_and(|shaped| *shaped.shape == *self.shape) {
            return self.latest;
        }
        self.latest = match self.by_shape.get(&*self.shape) {
            Some(at) => *at,
            None => self.make(namespace, entries, core),
        };
        self.latest
    }

    #[cold]
    fn make(&mut self, namespace: u16, entries: &[Entry<'_>], core: &Core) -> usize {
        if self.plans.len() >= PLANS_MAX {
            self.forget(self.properties);
        }
        let name = core.namespaces.name(namespace);
        let properties = core.properties().list.clone();
        let additions = Additions {
            namespace: &name,
            naming: &core.directory.naming,
            properties: &properties,
            log_group: self.log_group.as_deref(),
            log_stream: self.log_stream.as_deref(),
        };
        let plan = Plan::new(entries, &additions, &core.warnings);
        let shape: Box<[u8]> = self.shape.as_slice().into();
        self.plans.push(Shaped { shape: shape.clone(), plan });
        self.by_shape.insert(shape, self.plans.len() - 1);
        self.plans.len() - 1
    }

    fn forget(&mut self, version: u64) {
        self.plans.clear();
        self.by_shape.clear();
        self.latest = 0;
        self.properties = version;
    }
}

/// Gives a list's memory to a list of another lifetime.
fn reuse<'a>(mut entries: Vec<Entry<'_>>) -> Vec<Entry<'a>> {
    entries.clear();
    entries.into_iter().map(|_| unreachable!("the list is empty")).collect()
}

/// Whether the documents can have it as it is.
fn is_legal(entry: &Entry<'_>) -> bool {
    match entry {
        Entry::Dimension { name, value } => {
            is_plain(name, mend::DIMENSION_NAME_MAX) && !name.starts_with(':') && is_plain(value, MAX_DIMENSION_VALUE)
        }
        Entry::Property { value: Property::Number(number), name } => number.is_finite() && !name.is_empty(),
        Entry::Property { name, .. } => !name.is_empty(),
        Entry::Metric { .. } | Entry::Set { .. } => true,
    }
}

/// Printable ASCII, not too long, with something else than spaces at its beginning or end.
fn is_plain(text: &str, limit: usize) -> bool {
    let (Some(first), Some(last)) = (text.as_bytes().first(), text.as_bytes().last()) else { return false };
    text.len() <= limit
        && (*first != b' ' || *last != b' ')
        && text.bytes().fold(true, |is, byte| is & (0x20..0x7f).contains(&byte))
}

fn simple(document: &Document, entries: &[Entry<'_>], timestamp: Timestamp, text: &mut Vec<u8>) {
    let targets = document.metrics.iter().map(|of| Target::One(number(&entries[of[0]])));
    let members = document.members.iter().map(|source| match source {
        Source::Constant(value) => constant(value),
        Source::Entry(at) | Source::PersonalDimension(at, _) | Source::PersonalProperty(at, _) => member(&entries[*at]),
    });
    document.skeleton.write(text, timestamp, targets, members);
}

#[cold]
fn any(
    document: &Document,
    entries: &[Entry<'_>],
    timestamp: Timestamp,
    core: &Core,
    numbers: &mut Vec<f64>,
    text: &mut Vec<u8>,
) {
    numbers.clear();
    numbers.extend(document.metrics.iter().flatten().map(|at| number(&entries[*at])));
    let mut rest = &numbers[..];
    let targets = document.metrics.iter().map(|of| {
        let (values, after) = rest.split_at(of.len());
        rest = after;
        if let [value] = values { Target::One(*value) } else { Target::Many(values) }
    });
    let naming = &core.directory.naming;
    let hashed: Vec<Option<String>> = document
        .members
        .iter()
        .map(|source| match source {
            Source::PersonalDimension(at, name) => {
                Some(naming.dimension_value(name, texts(&entries[*at])).into_owned())
            }
            Source::PersonalProperty(at, name) => Some(naming.property_value(name, texts(&entries[*at])).into_owned()),
            Source::Constant(_) | Source::Entry(_) => None,
        })
        .collect();
    let members = document.members.iter().zip(&hashed).map(|(source, hashed)| match (source, hashed) {
        (_, Some(hashed)) => Member::Text(hashed),
        (Source::Constant(value), None) => constant(value),
        (Source::Entry(at) | Source::PersonalDimension(at, _) | Source::PersonalProperty(at, _), None) => {
            member(&entries[*at])
        }
    });
    document.skeleton.write(text, timestamp, targets, members);
}

fn number(entry: &Entry<'_>) -> f64 {
    match entry {
        Entry::Metric { value, .. } => *value,
        _ => unreachable!("the plan has metrics where metrics are"),
    }
}

fn texts<'e>(entry: &Entry<'e>) -> &'e str {
    match entry {
        Entry::Dimension { value, .. } | Entry::Property { value: Property::Text(value), .. } => value,
        _ => unreachable!("the plan has texts where texts are"),
    }
}

fn member<'e>(entry: &Entry<'e>) -> Member<'e> {
    match entry {
        Entry::Dimension { value, .. } => Member::Text(value),
        Entry::Property { value, .. } => match *value {
            Property::Text(text) => Member::Text(text),
            Property::Number(number) => Member::Number(number),
            Property::Integer(number) => Member::Integer(number),
            Property::Bool(is) => Member::Bool(is),
        },
        Entry::Metric { .. } | Entry::Set { .. } => unreachable!("the plan has members where members are"),
    }
}

pub(super) fn constant(value: &OwnedProperty) -> Member<'_> {
    match value {
        OwnedProperty::Text(text) => Member::Text(text),
        OwnedProperty::Number(number) => Member::Number(*number),
        OwnedProperty::Integer(number) => Member::Integer(*number),
        OwnedProperty::Bool(is) => Member::Bool(*is),
    }
}
