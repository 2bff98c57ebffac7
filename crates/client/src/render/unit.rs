//! Units of work to documents.

use std::collections::HashMap;

use nepho_emf::{Member, Target};
use nepho_model::Timestamp;

use super::members::Source;
use super::mended::{is_legal, mended};
use super::plan::{Additions, Document, Plan};
use crate::account::Cause;
use crate::core::{Core, OwnedProperty};
use crate::port::Property;
use crate::sink::Documents;
use crate::unit_of_work::{Entries, Entry, Finished, Rewritten, Track, Value};
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
    values: Vec<Value<'static>>,
    numbers: Vec<f64>,
}

#[derive(Debug)]
struct Shaped {
    track: Track,
    plan: Plan,
    /// The plan that was used after this one, the last time.
    next: usize,
}

impl Renderer {
    pub(crate) fn new(log_group: Option<&str>, log_stream: Option<&str>) -> Self {
        let owned = |name: Option<&str>| name.map(str::to_owned);
        Renderer { log_group: owned(log_group), log_stream: owned(log_stream), ..Renderer::default() }
    }

    /// Appends the documents of a unit. What cannot be in one is dropped and counted.
    pub(crate) fn unit(&mut self, unit: &Finished<'_>, core: &Core, out: &mut Documents) {
        let version = core.properties_version();
        if self.properties != version {
            self.forget(version);
        }
        let mut values = reuse(std::mem::take(&mut self.values));
        let likely = self.plans.get(self.latest).map_or(0, |shaped| shaped.next);
        let is_likely = self.plans.get(likely).is_some_and(|shaped| {
            shaped.plan.namespace == unit.head.namespace && shaped.track.follow(unit.bytes, &mut values).is_some()
        });
        if is_likely {
            self.latest = likely;
            if !self.documents(likely, unit, &values, core, out) {
                self.too_large(unit, &Entries::new(unit.bytes).collect::<Vec<_>>(), core, out);
            }
        } else {
            self.other(unit, core, out);
        }
        self.values = reuse(values);
    }

    /// Renders a unit of another shape than the one before, or with something to mend.
    fn other(&mut self, unit: &Finished<'_>, core: &Core, out: &mut Documents) {
        let entries: Vec<_> = Entries::new(unit.bytes).collect();
        if entries.iter().all(is_legal) {
            self.entries(unit, &entries, core, out);
        } else {
            let rewritten = mended(&entries, core);
            self.entries(unit, &Entries::new(rewritten.bytes()).collect::<Vec<_>>(), core, out);
        }
    }

    fn entries(&mut self, unit: &Finished<'_>, entries: &[Entry<'_>], core: &Core, out: &mut Documents) {
        let at = self.plan(unit, entries, core);
        if let Some(before) = self.plans.get_mut(self.latest) {
            before.next = at;
        }
        self.latest = at;
        let values: Vec<_> = entries.iter().map(Value::from).collect();
        if !self.documents(at, unit, &values, core, out) {
            self.too_large(unit, entries, core, out);
        }
    }

    /// Appends the documents of a plan; when one is too large, none.
    #[inline]
    fn documents(
        &mut self,
        at: usize,
        unit: &Finished<'_>,
        values: &[Value<'_>],
        core: &Core,
        out: &mut Documents,
    ) -> bool {
        let plan = &self.plans[at].plan;
        let timestamp = Timestamp::from_millis(unit.head.timestamp);
        for (before, document) in plan.documents.iter().enumerate() {
            let is_fitting = out.push_within(core.document_bytes_max, document.samples, |text| {
                if document.is_simple {
                    simple(document, values, timestamp, text);
                } else {
                    any(document, values, timestamp, core, &mut self.numbers, text);
                }
            });
            if !is_fitting {
                out.pop(before);
                return false;
            }
        }
        if plan.left_out > 0 {
            core.documents.drop_at_once(Cause::InvalidName, plan.left_out);
        }
        true
    }

    /// A unit whose documents are too large goes out without its text properties, or not at all.
    #[cold]
    fn too_large(&mut self, unit: &Finished<'_>, entries: &[Entry<'_>], core: &Core, out: &mut Documents) {
        let is_text = |entry: &Entry<'_>| matches!(entry, Entry::Property { value: Property::Text(_), .. });
        let largest = entries.iter().filter_map(|entry| match entry {
            Entry::Property { name, value: Property::Text(text) } => Some((text.len(), *name)),
            _ => None,
        });
        let Some((bytes, name)) = largest.max() else {
            let samples = entries.iter().filter(|entry| matches!(entry, Entry::Metric { .. })).count();
            core.documents.drop_at_once(Cause::TooLarge, samples as u64);
            let detail = format_args!("its document has more than {} bytes", core.document_bytes_max);
            core.warnings.dropped(Cause::TooLarge, "a unit of work", detail);
            return;
        };
        let detail = format_args!(
            "it has {bytes} bytes, and the document would have more than {}; texts are left out of it",
            core.document_bytes_max
        );
        core.warnings.notice(Notice::PropertyLeftOut, name, detail);
        let lighter: Vec<_> = entries.iter().filter(|entry| !is_text(entry)).copied().collect();
        self.entries(unit, &lighter, core, out);
    }

    /// The plan for entries like these.
    fn plan(&mut self, unit: &Finished<'_>, entries: &[Entry<'_>], core: &Core) -> usize {
        self.shape.clear();
        self.shape.extend_from_slice(&unit.head.namespace.to_le_bytes());
        for entry in entries {
            entry.write_shape(&mut self.shape);
        }
        match self.by_shape.get(&*self.shape) {
            Some(at) => *at,
            None => self.make(unit.head.namespace, entries, core),
        }
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
        let at = self.plans.len();
        let plan = Plan::new(namespace, entries, &additions, &core.warnings);
        let shape: Box<[u8]> = self.shape.as_slice().into();
        let mut bytes = Rewritten::default();
        entries.iter().for_each(|entry| bytes.push(entry));
        self.plans.push(Shaped { track: Track::of(bytes.bytes()), plan, next: at });
        self.by_shape.insert(shape, at);
        at
    }

    fn forget(&mut self, version: u64) {
        self.plans.clear();
        self.by_shape.clear();
        self.latest = 0;
        self.properties = version;
    }
}

/// Gives a list's memory to a list of another lifetime.
fn reuse<'a>(mut values: Vec<Value<'_>>) -> Vec<Value<'a>> {
    values.clear();
    values.into_iter().map(|_| unreachable!("the list is empty")).collect()
}

fn simple(document: &Document, values: &[Value<'_>], timestamp: Timestamp, text: &mut Vec<u8>) {
    let targets = document.metrics.iter().map(|of| Target::One(number(values[of[0]])));
    let members = document.members.iter().map(|source| match source {
        Source::Constant(value) => constant(value),
        Source::Entry(at) | Source::Personal(at, _) => member(values[*at]),
    });
    document.skeleton.write(text, timestamp, targets, members);
}

#[cold]
fn any(
    document: &Document,
    values: &[Value<'_>],
    timestamp: Timestamp,
    core: &Core,
    numbers: &mut Vec<f64>,
    text: &mut Vec<u8>,
) {
    numbers.clear();
    numbers.extend(document.metrics.iter().flatten().map(|at| number(values[*at])));
    let mut rest = &numbers[..];
    let targets = document.metrics.iter().map(|of| {
        let (several, after) = rest.split_at(of.len());
        rest = after;
        if let [value] = several { Target::One(*value) } else { Target::Many(several) }
    });
    let naming = &core.directory.naming;
    let hashed: Vec<Option<String>> = document
        .members
        .iter()
        .map(|source| match source {
            Source::Personal(at, name) => Some(naming.value(name, text_of(values[*at])).into_owned()),
            Source::Constant(_) | Source::Entry(_) => None,
        })
        .collect();
    let members = document.members.iter().zip(&hashed).map(|(source, hashed)| match (source, hashed) {
        (_, Some(hashed)) => Member::Text(hashed),
        (Source::Constant(value), None) => constant(value),
        (Source::Entry(at) | Source::Personal(at, _), None) => member(values[*at]),
    });
    document.skeleton.write(text, timestamp, targets, members);
}

#[inline]
fn number(value: Value<'_>) -> f64 {
    match value {
        Value::Number(number) => number,
        _ => unreachable!("the plan has metrics where metrics are"),
    }
}

fn text_of(value: Value<'_>) -> &str {
    match value {
        Value::Text(text) => text,
        _ => unreachable!("the plan has texts where texts are"),
    }
}

#[inline]
fn member(value: Value<'_>) -> Member<'_> {
    match value {
        Value::Text(text) => Member::Text(text),
        Value::Number(number) => Member::Number(number),
        Value::Integer(number) => Member::Integer(number),
        Value::Bool(is) => Member::Bool(is),
        Value::Nothing => unreachable!("the plan has members where members are"),
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
