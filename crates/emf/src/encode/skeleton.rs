//! A shape, rendered.

use nepho_model::{Resolution, Timestamp, Unit};

use crate::encode::number::{self, MAX_NUMBER_BYTES};
use crate::encode::shape::{MetricDefinition, Shape, ShapeError};
use crate::encode::text;
use crate::encode::value::{Member, Target};

/// What every document begins with; the timestamp follows.
const START: &[u8] = br#"{"_aws":{"Timestamp":"#;

/// Everything that documents of one [`Shape`] have in common, as JSON text.
#[derive(Debug, Clone)]
pub struct Skeleton {
    /// The rest of `_aws`, then `,"name":` for each other member, one after the other.
    text: Box<[u8]>,
    /// Where the rest of `_aws` ends in the text.
    aws_end: usize,
    /// Where each metric's name ends in the text.
    metric_ends: Box<[usize]>,
    /// Where each other member's name ends in the text.
    member_ends: Box<[usize]>,
}

impl Skeleton {
    /// Renders a shape.
    ///
    /// # Errors
    /// What keeps its documents from being read: a bad name, two root members of one name, a dimension without a
    /// member, more than a document may have.
    pub fn new(shape: &Shape<'_>) -> Result<Self, ShapeError> {
        shape.check()?;
        let mut text = aws(shape);
        let aws_end = text.len();
        let mut push_name = |name: &str| {
            text.push(b',');
            text::push(&mut text, name);
            text.push(b':');
            text.len()
        };
        let metric_ends = shape.metrics.iter().map(|metric| push_name(metric.name)).collect();
        let member_ends = shape.members.iter().map(|name| push_name(name)).collect();
        Ok(Skeleton { text: text.into(), aws_end, metric_ends, member_ends })
    }

    /// Appends one document: a JSON object without a line end in it or behind it.
    ///
    /// Values come in the order of the shape's metrics and members. Those that are too many are ignored; members that
    /// get none are not written.
    ///
    /// The document may turn out longer than [`MAX_DOCUMENT_BYTES`](crate::MAX_DOCUMENT_BYTES): the caller looks at
    /// how much longer `out` is, or asks [`bytes_max`](Self::bytes_max) before.
    #[inline]
    pub fn write<'v>(
        &self,
        out: &mut Vec<u8>,
        timestamp: Timestamp,
        targets: impl IntoIterator<Item = Target<'v>>,
        members: impl IntoIterator<Item = Member<'v>>,
    ) {
        out.extend_from_slice(START);
        number::push_integer(out, timestamp.millis());
        out.extend_from_slice(&self.text[..self.aws_end]);
        let mut start = self.aws_end;
        for (end, target) in self.metric_ends.iter().zip(targets) {
            self.push_member(out, start, *end, |out| target.push(out));
            start = *end;
        }
        let mut start = self.metric_ends.last().copied().unwrap_or(self.aws_end);
        for (end, member) in self.member_ends.iter().zip(members) {
            self.push_member(out, start, *end, |out| member.push(out));
            start = *end;
        }
        out.push(b'}');
    }

    /// The most bytes that a document with these values has.
    pub fn bytes_max<'v>(
        &self,
        targets: impl IntoIterator<Item = Target<'v>>,
        members: impl IntoIterator<Item = Member<'v>>,
    ) -> usize {
        START.len()
            + MAX_NUMBER_BYTES
            + self.text.len()
            + targets.into_iter().map(|target| target.bytes_max()).sum::<usize>()
            + members.into_iter().map(|member| member.bytes_max()).sum::<usize>()
            + "}".len()
    }

    /// Appends the name that stands at `start..end`, and its value unless that cannot be written.
    #[inline]
    fn push_member(&self, out: &mut Vec<u8>, start: usize, end: usize, push: impl FnOnce(&mut Vec<u8>) -> bool) {
        let before = out.len();
        out.extend_from_slice(&self.text[start..end]);
        if !push(out) {
            out.truncate(before);
        }
    }
}

/// What follows the timestamp in `_aws`, up to its end.
fn aws(shape: &Shape<'_>) -> Vec<u8> {
    let mut out = br#","CloudWatchMetrics":["#.to_vec();
    // A directive without metrics would ask for nothing.
    if !shape.metrics.is_empty() {
        push_directive(&mut out, shape);
    }
    out.push(b']');
    for (name, value) in [("LogGroupName", shape.log_group), ("LogStreamName", shape.log_stream)] {
        if let Some(value) = value {
            out.push(b',');
            text::push(&mut out, name);
            out.push(b':');
            text::push(&mut out, value);
        }
    }
    out.push(b'}');
    out
}

fn push_directive(out: &mut Vec<u8>, shape: &Shape<'_>) {
    out.extend_from_slice(br#"{"Namespace":"#);
    text::push(out, shape.namespace);
    out.extend_from_slice(br#","Dimensions":"#);
    // The schema asks for at least one set.
    let sets = if shape.dimension_sets.is_empty() { &[&[] as &[&str]] } else { shape.dimension_sets };
    push_array(out, sets, |out, set| push_array(out, set, |out, name| text::push(out, name)));
    out.extend_from_slice(br#","Metrics":"#);
    push_array(out, shape.metrics, push_definition);
    out.push(b'}');
}

fn push_definition(out: &mut Vec<u8>, metric: &MetricDefinition<'_>) {
    out.extend_from_slice(br#"{"Name":"#);
    text::push(out, metric.name);
    if metric.unit != Unit::default() {
        out.extend_from_slice(br#","Unit":"#);
        text::push(out, metric.unit.as_str());
    }
    if metric.resolution != Resolution::default() {
        out.extend_from_slice(br#","StorageResolution":"#);
        number::push_integer(out, metric.resolution.seconds());
    }
    out.push(b'}');
}

fn push_array<T>(out: &mut Vec<u8>, elements: &[T], push: impl Fn(&mut Vec<u8>, &T)) {
    out.push(b'[');
    for (position, element) in elements.iter().enumerate() {
        if position > 0 {
            out.push(b',');
        }
        push(out, element);
    }
    out.push(b']');
}
