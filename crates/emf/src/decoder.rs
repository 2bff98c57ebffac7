//! From a document to samples.

use nepho_model::{Batch, Cell, MetricKey, Timestamp};
use serde_json::{Map, Value};

use crate::cache::Templates;
use crate::outcome::{Cause, Extraction, Outcome, Rejection, Rejections, quoted, shortened};
use crate::scan::{Cursor, Fault, Scanned, Shape, Span, unescaped};
use crate::target;
use crate::template::{Directive, Template};

/// The longest document, in bytes.
pub const MAX_DOCUMENT_BYTES: usize = 1024 * 1024;
/// The most bytes of namespaces, names and dimensions that the samples of one document may take.
/// CloudWatch names no such limit; without one, a megabyte could ask for hundreds.
pub const MAX_KEY_BYTES: usize = 8 * 1024 * 1024;
/// How far in the past a timestamp may be.
pub const MAX_AGE_SECONDS: i64 = 14 * 24 * 3600;
/// How far ahead a timestamp may be.
pub const MAX_AHEAD_SECONDS: i64 = 2 * 3600;
/// The most root members for which scratch space is kept from one document to the next.
const MAX_KEPT_MEMBERS: usize = 4096;
/// The most members whose order is remembered with a template.
const MAX_REMEMBERED_ORDER: usize = 256;
/// No member of the root.
const NONE: u32 = u32::MAX;

/// Reads EMF documents. Keep one and use it again: it remembers how the `_aws` members it has seen are
/// to be read (in about a megabyte at the most), and keeps its working memory.
#[derive(Debug, Default)]
pub struct Decoder {
    templates: Templates,
    /// The template of the last document, when it was not worth keeping.
    unkept: Box<Template>,
    scratch: Scratch,
}

#[derive(Debug, Default)]
struct Scratch {
    /// The root's members.
    members: Vec<Member>,
    /// The member that each target of the template has; the last one where several have the same name.
    found: Vec<u32>,
    rejections: Rejections,
    /// The dimension parts of keys, one after the other, and where each ends.
    dimensions: String,
    dimension_ends: Vec<usize>,
    values: Vec<f64>,
}

#[derive(Debug, Clone, Copy)]
struct Member {
    key: Scanned,
    value: Scanned,
}

/// The `_aws` member of a document.
#[derive(Debug, Clone, Copy)]
enum Aws {
    Missing,
    NoObject,
    /// A cached template, and the timestamp.
    Known(usize, i64),
    /// Its text, and that of its only `Timestamp` when there is exactly one.
    Scanned(Span, Option<Span>),
}

/// A template that has been found for a document.
enum Found {
    Kept(usize),
    Unkept,
}

impl Decoder {
    /// Reads one document: pushes its samples to `batch` and tells what came of it.
    ///
    /// The document may have white space around it, or Lambda's tab-separated prefix in front. It is a
    /// whole one: the caller has split a stream at its line ends. `now` bounds the timestamp.
    pub fn decode(&mut self, document: &[u8], now: Timestamp, batch: &mut Batch) -> Outcome<'_> {
        self.scratch.rejections.clear();
        let text = match text_of(document) {
            Ok(text) => text,
            Err(rejection) => return Outcome::NotEmf(rejection),
        };
        let aws = match self.scan(text) {
            Ok(aws) => aws,
            Err(fault) => return Outcome::NotEmf(fault.to_rejection()),
        };
        match aws {
            Aws::Missing => Outcome::NotEmf(not_emf("the document has no member _aws")),
            Aws::NoObject => Outcome::NotEmf(not_emf("_aws is no object")),
            Aws::Known(entry, timestamp) => self.evaluate(text, &Found::Kept(entry), timestamp, now, batch),
            Aws::Scanned(aws, timestamp) => self.compile(text, aws, timestamp, now, batch),
        }
    }

    /// Splits the root object into its members.
    fn scan(&mut self, text: &str) -> Result<Aws, Fault> {
        let members = &mut self.scratch.members;
        members.clear();
        members.shrink_to(MAX_KEPT_MEMBERS);
        let mut cursor = Cursor::new(text, 0);
        let mut aws = Aws::Missing;
        let mut more = cursor.enter_object()?;
        while more {
            let key = cursor.key()?;
            let value = if is_called(key, text, "_aws") {
                let start = cursor.at();
                aws = match self.templates.recent(text, start) {
                    Some(hit) => {
                        cursor.move_to(hit.end);
                        Aws::Known(hit.entry, hit.timestamp)
                    }
                    None => scan_aws(&mut cursor, text)?,
                };
                Scanned { shape: Shape::Object, span: Span { start: start as u32, end: cursor.at() as u32 } }
            } else {
                cursor.value(1)?
            };
            members.push(Member { key, value });
            more = cursor.next_member()?;
        }
        cursor.finish()?;
        Ok(aws)
    }

    /// Goes on with an `_aws` that is not one of the last few.
    fn compile(
        &mut self,
        text: &str,
        aws: Span,
        timestamp: Option<Span>,
        now: Timestamp,
        batch: &mut Batch,
    ) -> Outcome<'_> {
        if let Some(hit) = timestamp.and_then(|timestamp| self.templates.find(text, aws, timestamp)) {
            return self.evaluate(text, &Found::Kept(hit.entry), hit.timestamp, now, batch);
        }
        let parsed: Map<String, Value> = serde_json::from_str(aws.of(text)).expect("the scanner has checked it");
        let template = match parsed.get("CloudWatchMetrics") {
            Some(Value::Array(directives)) => Box::new(Template::compile(&parsed, directives)),
            Some(other) => {
                let detail = || format!("CloudWatchMetrics {} is no array", shortened(&other.to_string()));
                self.scratch.rejections.add(Cause::CloudWatchMetrics, detail);
                *self.unkept = Template::compile(&parsed, &[]);
                return extraction(&self.unkept, &self.scratch.rejections, 0);
            }
            None => return Outcome::NotEmf(not_emf("_aws has no member CloudWatchMetrics")),
        };
        let Some(millis) = parsed.get("Timestamp").and_then(Value::as_i64) else {
            let detail = || match parsed.get("Timestamp") {
                Some(other) => format!("Timestamp {} is no whole number", shortened(&other.to_string())),
                None => "Timestamp is missing".to_owned(),
            };
            self.scratch.rejections.add(Cause::Timestamp, detail);
            self.unkept = template;
            return extraction(&self.unkept, &self.scratch.rejections, 0);
        };
        let kept = match timestamp {
            Some(timestamp) => self.templates.keep(text, aws, timestamp, template),
            None => Err(template),
        };
        let found = match kept {
            Ok(hit) => Found::Kept(hit.entry),
            Err(template) => {
                self.unkept = template;
                Found::Unkept
            }
        };
        self.evaluate(text, &found, millis, now, batch)
    }

    /// Makes samples of the members that the template wants.
    fn evaluate(&mut self, text: &str, found: &Found, millis: i64, now: Timestamp, batch: &mut Batch) -> Outcome<'_> {
        let scratch = &mut self.scratch;
        let mut unordered = Vec::new();
        let (template, order) = match found {
            Found::Kept(entry) => {
                let entry = self.templates.entry(*entry);
                (&*entry.template, &mut entry.order)
            }
            Found::Unkept => (&*self.unkept, &mut unordered),
        };
        let time = Timestamp::from_millis(millis);
        if time < now.plus_seconds(-MAX_AGE_SECONDS) {
            let detail = || format!("timestamp {millis} is more than {MAX_AGE_SECONDS} s before {}", now.millis());
            scratch.rejections.add(Cause::TimestampTooOld, detail);
            return extraction(template, &scratch.rejections, 0);
        }
        if time > now.plus_seconds(MAX_AHEAD_SECONDS) {
            let detail = || format!("timestamp {millis} is more than {MAX_AHEAD_SECONDS} s after {}", now.millis());
            scratch.rejections.add(Cause::TimestampTooNew, detail);
            return extraction(template, &scratch.rejections, 0);
        }
        scratch.rejections.set(&template.rejections);
        scratch.resolve(text, template, order);
        let before = batch.len();
        let mut key_bytes = 0;
        for directive in &template.directives {
            scratch.directive(text, template, directive, time, &mut key_bytes, batch);
        }
        extraction(template, &scratch.rejections, batch.len() - before)
    }
}

impl Scratch {
    /// Finds the member of each target.
    fn resolve(&mut self, text: &str, template: &Template, order: &mut Vec<Option<u32>>) {
        self.found.clear();
        self.found.resize(template.targets.len(), NONE);
        for (position, member) in self.members.iter().enumerate() {
            let target = match order.get(position) {
                Some(Some(target)) if is_called(member.key, text, &template.targets[*target as usize]) => Some(*target),
                known => {
                    let target = template.target(&unescaped(member.key, text));
                    if known.is_some() {
                        order[position] = target;
                    } else if position == order.len() && position < MAX_REMEMBERED_ORDER {
                        order.push(target);
                    }
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

    fn directive(
        &mut self,
        text: &str,
        template: &Template,
        directive: &Directive,
        time: Timestamp,
        key_bytes: &mut usize,
        batch: &mut Batch,
    ) {
        self.dimensions.clear();
        self.dimension_ends.clear();
        for set in &directive.sets {
            self.dimension_set(text, template, directive, set, key_bytes);
        }
        let Some((last, others)) = self.dimension_ends.split_last() else { return };
        for metric in &directive.metrics {
            let name = &template.targets[metric.target as usize];
            let cell = match self.member(metric.target) {
                Some(member) => target::cell(text, name, member, &mut self.values),
                None => Err((Cause::MetricMissing, format!("metric {} is no member of the document", quoted(name)))),
            };
            let cell = match cell {
                Ok(cell) => cell,
                Err((cause, detail)) => {
                    self.rejections.add(cause, || detail);
                    continue;
                }
            };
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

    /// Adds the dimensions of one set to those of the directive, or says why not.
    fn dimension_set(
        &mut self,
        text: &str,
        template: &Template,
        directive: &Directive,
        set: &[u32],
        key_bytes: &mut usize,
    ) {
        let start = self.dimensions.len();
        for target in set {
            if let Err((cause, detail)) = self.dimension(text, template, *target) {
                self.dimensions.truncate(start);
                self.rejections.add(cause, || detail);
                return;
            }
        }
        let names: usize = directive.metrics.iter().map(|metric| template.name(metric).as_str().len()).sum();
        let wanted = names + directive.metrics.len() * (self.dimensions.len() - start);
        if *key_bytes + wanted > MAX_KEY_BYTES {
            self.dimensions.truncate(start);
            self.rejections.add(Cause::TooManySamples, || {
                let total = *key_bytes + wanted;
                format!("{total} bytes of names and dimensions exceed the limit of {MAX_KEY_BYTES} in a document")
            });
            return;
        }
        *key_bytes += wanted;
        self.dimension_ends.push(self.dimensions.len());
    }

    fn dimension(&mut self, text: &str, template: &Template, target: u32) -> Result<(), target::Refusal> {
        let name = &template.targets[target as usize];
        let Some(member) = self.member(target) else {
            let detail = format!("dimension {} is no member of the document", quoted(name));
            return Err((Cause::DimensionMissing, detail));
        };
        if !matches!(member.shape, Shape::String | Shape::EscapedString) {
            let value = shortened(member.span.of(text));
            return Err((
                Cause::DimensionNotString,
                format!("dimension {} is {value}, which is no string", quoted(name)),
            ));
        }
        let value = unescaped(member, text);
        MetricKey::write_dimension(&mut self.dimensions, name, &value)
            .map_err(|fault| refused_value(name, &value, &fault))
    }
}

/// Scans an `_aws` that is not known and remembers where its timestamp is.
fn scan_aws(cursor: &mut Cursor<'_>, text: &str) -> Result<Aws, Fault> {
    let start = cursor.at();
    if text.as_bytes().get(start) != Some(&b'{') {
        cursor.value(1)?;
        return Ok(Aws::NoObject);
    }
    let mut timestamps = Vec::new();
    cursor.check_depth(2)?;
    let mut more = cursor.enter_object()?;
    while more {
        let key = cursor.key()?;
        let value = cursor.value(2)?;
        if is_called(key, text, "Timestamp") && timestamps.len() < 2 {
            timestamps.push(value);
        }
        more = cursor.next_member()?;
    }
    let span = Span { start: start as u32, end: cursor.at() as u32 };
    let timestamp = match timestamps[..] {
        [only] if only.shape == Shape::Number => Some(only.span),
        _ => None,
    };
    Ok(Aws::Scanned(span, timestamp))
}

/// The object in `document`, without what may stand in front of it.
fn text_of(document: &[u8]) -> Result<&str, Rejection> {
    if document.len() > MAX_DOCUMENT_BYTES {
        let detail = format!("{} bytes exceed the limit of {MAX_DOCUMENT_BYTES}", document.len());
        return Err(Rejection::once(Cause::DocumentTooLarge, detail));
    }
    let start = document.iter().position(|byte| !b" \t\r\n".contains(byte)).unwrap_or(document.len());
    let document = match &document[start..] {
        object @ [b'{', ..] => object,
        other => &other[memchr::memmem::find(other, b"\t{").map_or(other.len(), |tab| tab + 1)..],
    };
    if document.is_empty() {
        return Err(not_emf("the document has no JSON object"));
    }
    std::str::from_utf8(document)
        .map_err(|error| Rejection::once(Cause::NotJson, format!("byte {} is not UTF-8", error.valid_up_to())))
}

#[inline]
fn is_called(key: Scanned, text: &str, name: &str) -> bool {
    match key.shape {
        Shape::EscapedString => unescaped(key, text) == name,
        _ => key.span.of(text) == name,
    }
}

fn extraction<'a>(template: &'a Template, rejections: &'a Rejections, samples: usize) -> Outcome<'a> {
    Outcome::Emf(Extraction {
        samples,
        log_group: template.log_group.as_deref(),
        log_stream: template.log_stream.as_deref(),
        rejections: rejections.as_slice(),
    })
}

#[cold]
fn not_emf(detail: &str) -> Rejection {
    Rejection::once(Cause::NotEmf, detail.to_owned())
}

#[cold]
fn refused_value(name: &str, value: &str, fault: &nepho_model::DimensionFault) -> target::Refusal {
    let detail = match fault {
        nepho_model::DimensionFault::Value { fault, .. } => {
            format!("value {} of dimension {} {fault}", quoted(value), quoted(name))
        }
        other => other.to_string(),
    };
    (Cause::DimensionValue, detail)
}
