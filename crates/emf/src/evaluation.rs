//! From the members of a document to the samples that its template asks for.

use std::collections::BTreeMap;

use nepho_model::{Batch, Cell, DimensionFault, MAX_DIMENSION_VALUE, MetricKey, Timestamp};

use crate::outcome::{Cause, Refusal, Rejection, Rejections, quoted, shortened};
use crate::root::{Member, is_called};
use crate::scan::{Scanned, Shape, unescaped};
use crate::target;
use crate::template::{Definition, Directive, Template};

/// The most bytes of namespaces, names and dimensions that the samples of one document may take.
/// CloudWatch names no such limit; without one, a megabyte could ask for hundreds.
pub const MAX_KEY_BYTES: usize = 8 * 1024 * 1024;
/// The most members whose order is remembered with a template.
pub(crate) const MAX_REMEMBERED_ORDER: usize = 256;
/// The most members, targets and bytes of dimensions for which memory is kept from one document to the next.
const MAX_KEPT: usize = 16 * 1024;
/// The longest member that is read again for every metric that wants it; the cells of longer ones are kept.
const MAX_READ_AGAIN_BYTES: usize = 1024;
/// The longest that a legal dimension value can be written: every character as an escape.
const MAX_WRITTEN_VALUE_BYTES: usize = MAX_DIMENSION_VALUE * "\\u0041".len();
/// No member of the root.
const NONE: u32 = u32::MAX;

/// The working memory for one document, used again for the next.
#[derive(Debug, Default)]
pub(crate) struct Evaluation {
    /// The root's members.
    members: Vec<Member>,
    /// The member that each target of the template has: the last one where several have the same name.
    found: Vec<u32>,
    rejections: Rejections,
    /// The dimension parts of one directive's keys, one after the other, and where each ends.
    dimensions: String,
    dimension_ends: Vec<usize>,
    /// How much of [`MAX_KEY_BYTES`] is used up.
    key_bytes: usize,
    values: Vec<f64>,
    /// What became of members longer than [`MAX_READ_AGAIN_BYTES`], by target.
    long_cells: BTreeMap<u32, Result<Cell, Refusal>>,
}

impl Evaluation {
    /// Starts with the next document: the place for its members.
    pub(crate) fn members(&mut self) -> &mut Vec<Member> {
        self.rejections.clear();
        self.members.clear();
        self.members.shrink_to(MAX_KEPT);
        &mut self.members
    }

    /// Refuses the whole document.
    pub(crate) fn refuse(&mut self, refusal: Refusal) {
        self.rejections.add(refusal);
    }

    /// What was refused in the document.
    pub(crate) fn rejections(&self) -> &[Rejection] {
        self.rejections.as_slice()
    }

    /// Pushes the samples of the document. `order` is what was learnt from the template's last one.
    pub(crate) fn run(
        &mut self,
        text: &str,
        template: &Template,
        order: &mut Vec<Option<u32>>,
        time: Timestamp,
        batch: &mut Batch,
    ) {
        self.rejections.set(&template.rejections);
        self.key_bytes = 0;
        self.long_cells.clear();
        self.resolve(text, template, order);
        for directive in &template.directives {
            self.dimension_sets(text, template, directive);
            self.metrics(text, template, directive, time, batch);
        }
        self.found.shrink_to(MAX_KEPT);
        self.dimensions.shrink_to(MAX_KEPT);
        self.dimension_ends.shrink_to(MAX_KEPT);
    }

    /// Finds the member of each target.
    fn resolve(&mut self, text: &str, template: &Template, order: &mut Vec<Option<u32>>) {
        self.found.clear();
        self.found.resize(template.targets.len(), NONE);
        for (position, member) in self.members.iter().enumerate() {
            let remembered = order.get(position).copied().flatten();
            let target = match remembered {
                Some(target) if is_called(member.key, text, &template.targets[target as usize]) => remembered,
                _ => {
                    let target = template.target(&unescaped(member.key, text));
                    remember(order, position, target);
                    target
                }
            };
            if let Some(target) = target {
                self.found[target as usize] = position as u32;
            }
        }
    }

    fn member(&self, target: u32) -> Option<Scanned> {
        self.members.get(self.found[target as usize] as usize).map(|member| member.value)
    }

    /// Writes the dimensions of each set that can be used.
    fn dimension_sets(&mut self, text: &str, template: &Template, directive: &Directive) {
        self.dimensions.clear();
        self.dimension_ends.clear();
        for set in &directive.sets {
            let start = self.dimensions.len();
            match self.dimension_set(text, template, directive, set) {
                Ok(()) => self.dimension_ends.push(self.dimensions.len()),
                Err(refusal) => {
                    self.dimensions.truncate(start);
                    self.rejections.add(refusal);
                }
            }
        }
    }

    fn dimension_set(
        &mut self,
        text: &str,
        template: &Template,
        directive: &Directive,
        set: &[u32],
    ) -> Result<(), Refusal> {
        let start = self.dimensions.len();
        for target in set {
            self.dimension(text, template, *target)?;
        }
        let dimensions = self.dimensions.len() - start;
        let key_bytes = self.key_bytes + directive.name_bytes + directive.metrics.len() * dimensions;
        if key_bytes > MAX_KEY_BYTES {
            let detail =
                format!("{key_bytes} bytes of names and dimensions exceed the limit of {MAX_KEY_BYTES} in a document");
            return Err((Cause::TooManySamples, detail));
        }
        self.key_bytes = key_bytes;
        Ok(())
    }

    fn dimension(&mut self, text: &str, template: &Template, target: u32) -> Result<(), Refusal> {
        let name = &template.targets[target as usize];
        let member = self.member(target).ok_or_else(|| no_member(Cause::DimensionMissing, "dimension", name))?;
        if !matches!(member.shape, Shape::String | Shape::EscapedString) {
            let detail =
                format!("dimension {} is {}, which is no string", quoted(name), shortened(member.span.of(text)));
            return Err((Cause::DimensionNotString, detail));
        }
        if member.span.range().len() > MAX_WRITTEN_VALUE_BYTES {
            let value = quoted(member.span.of(text));
            let detail =
                format!("value {value} of dimension {} exceeds the limit of {MAX_DIMENSION_VALUE}", quoted(name));
            return Err((Cause::DimensionValue, detail));
        }
        let value = unescaped(member, text);
        MetricKey::write_dimension(&mut self.dimensions, name, &value)
            .map_err(|fault| refused_value(name, &value, &fault))
    }

    /// Pushes each metric of a directive once for every dimension set.
    fn metrics(&mut self, text: &str, template: &Template, directive: &Directive, time: Timestamp, batch: &mut Batch) {
        if self.dimension_ends.is_empty() {
            return;
        }
        for metric in &directive.metrics {
            match self.cell(text, template, metric) {
                Ok(cell) => self.push(template, metric, time, cell, batch),
                Err(refusal) => self.rejections.add(refusal),
            }
        }
    }

    fn cell(&mut self, text: &str, template: &Template, metric: &Definition) -> Result<Cell, Refusal> {
        let name = &template.targets[metric.target as usize];
        let member = self.member(metric.target).ok_or_else(|| no_member(Cause::MetricMissing, "metric", name))?;
        if member.span.range().len() <= MAX_READ_AGAIN_BYTES {
            return target::cell(text, name, member, &mut self.values);
        }
        // Thousands of definitions may want the same half megabyte.
        let read = || target::cell(text, name, member, &mut self.values);
        self.long_cells.entry(metric.target).or_insert_with(read).clone()
    }

    fn push(&self, template: &Template, metric: &Definition, time: Timestamp, cell: Cell, batch: &mut Batch) {
        let Some((last, others)) = self.dimension_ends.split_last() else { return };
        let mut push = |start: usize, end: usize, cell: Cell| {
            let key = batch.joined_key(template.name(metric), &self.dimensions[start..end]);
            batch.push(key, metric.unit, metric.resolution, time, cell);
        };
        let mut start = 0;
        for end in others {
            push(start, *end, cell.clone());
            start = *end;
        }
        push(start, *last, cell);
    }
}

/// Notes which target a member is, for the next document of the template.
fn remember(order: &mut Vec<Option<u32>>, position: usize, target: Option<u32>) {
    if position < order.len() {
        order[position] = target;
    } else if position == order.len() && position < MAX_REMEMBERED_ORDER {
        order.push(target);
    }
}

#[cold]
fn no_member(cause: Cause, what: &str, name: &str) -> Refusal {
    (cause, format!("{what} {} is no member of the document", quoted(name)))
}

#[cold]
fn refused_value(name: &str, value: &str, fault: &DimensionFault) -> Refusal {
    let detail = match fault {
        DimensionFault::Value { fault, .. } => {
            format!("value {} of dimension {} {fault}", quoted(value), quoted(name))
        }
        other => other.to_string(),
    };
    (Cause::DimensionValue, detail)
}
