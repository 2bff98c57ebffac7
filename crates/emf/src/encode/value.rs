//! What changes from document to document: the values of the root's members.

use crate::encode::number::{self, MAX_NUMBER_BYTES};
use crate::encode::text;

/// What a metric is worth in one document.
///
/// Numbers are to be finite: a metric has no other ones, and JSON cannot write them. One that is not is left out, with
/// its count; where nothing can be told without it, the member is, and a reader misses the metric.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Target<'a> {
    /// One sample.
    One(f64),
    /// Several samples, at most [`MAX_VALUES`](crate::MAX_VALUES).
    Many(&'a [f64]),
    /// Samples as values with counts, at most [`MAX_VALUES`](crate::MAX_VALUES), and what is known exactly of all of
    /// them. The specification of EMF does not mention this form; newer clients of AWS and OpenTelemetry write it.
    Distribution {
        /// Each value, and how often it occurred: a number above 0.
        values: &'a [(f64, f64)],
        /// Count, sum, minimum and maximum.
        statistics: Statistics,
    },
}

/// A statistic set.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Statistics {
    /// How many samples, above 0.
    pub count: f64,
    /// Their sum.
    pub sum: f64,
    /// The lowest.
    pub minimum: f64,
    /// The highest.
    pub maximum: f64,
}

/// What a dimension or a property is in one document.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Member<'a> {
    /// A text: the only thing that a dimension may be.
    Text(&'a str),
    /// A number. The member is left out when it is not finite.
    Number(f64),
    /// An integer, with all its digits. Readers that keep numbers as doubles round those past 2^53.
    Integer(i64),
    /// True or false.
    Bool(bool),
}

impl Target<'_> {
    /// The most bytes that it takes in a document. Costs a few instructions.
    pub fn bytes_max(&self) -> usize {
        const ELEMENT: usize = MAX_NUMBER_BYTES + ",".len();
        match self {
            Target::One(_) => MAX_NUMBER_BYTES,
            Target::Many(values) => "[]".len() + values.len() * ELEMENT,
            Target::Distribution { values, .. } => {
                r#"{"Values":[],"Counts":[],"Max":,"Min":,"Count":,"Sum":}"#.len()
                    + 2 * values.len() * ELEMENT
                    + 4 * MAX_NUMBER_BYTES
            }
        }
    }

    /// Appends it; `false` when that is not possible, and what is appended by then has no meaning.
    #[inline]
    pub(crate) fn push(&self, out: &mut Vec<u8>) -> bool {
        match self {
            Target::One(value) => push_finite(out, *value),
            Target::Many(values) => push_array(out, values.iter().copied()),
            Target::Distribution { values, statistics } => push_distribution(out, values, statistics),
        }
    }
}

impl Member<'_> {
    /// The most bytes that it takes in a document. Looks at every byte of a text.
    pub fn bytes_max(&self) -> usize {
        match self {
            Member::Text(text) => text::bytes_max(text),
            Member::Number(_) | Member::Integer(_) => MAX_NUMBER_BYTES,
            Member::Bool(_) => "false".len(),
        }
    }

    /// Appends it; `false` when that is not possible.
    #[inline]
    pub(crate) fn push(&self, out: &mut Vec<u8>) -> bool {
        match self {
            Member::Text(text) => text::push(out, text),
            Member::Number(number) => return push_finite(out, *number),
            Member::Integer(integer) => number::push_integer(out, *integer),
            Member::Bool(true) => out.extend_from_slice(b"true"),
            Member::Bool(false) => out.extend_from_slice(b"false"),
        }
        true
    }
}

#[inline]
fn push_finite(out: &mut Vec<u8>, number: f64) -> bool {
    if number.is_finite() {
        number::push(out, number);
    }
    number.is_finite()
}

/// Appends the finite ones of `numbers`; `false` when there are none.
fn push_array(out: &mut Vec<u8>, numbers: impl Iterator<Item = f64>) -> bool {
    let mut separator = b'[';
    for number in numbers.filter(|number| number.is_finite()) {
        out.push(separator);
        number::push(out, number);
        separator = b',';
    }
    out.push(b']');
    separator == b','
}

fn push_distribution(out: &mut Vec<u8>, values: &[(f64, f64)], statistics: &Statistics) -> bool {
    let Statistics { count, sum, minimum, maximum } = *statistics;
    let finite = || values.iter().filter(|(value, count)| value.is_finite() && count.is_finite());
    out.push(b'{');
    if finite().next().is_some() {
        out.extend_from_slice(br#""Values":"#);
        push_array(out, finite().map(|(value, _)| *value));
        out.extend_from_slice(br#","Counts":"#);
        push_array(out, finite().map(|(_, count)| *count));
        out.push(b',');
    }
    for (name, number) in [("\"Max\":", maximum), (",\"Min\":", minimum), (",\"Count\":", count), (",\"Sum\":", sum)] {
        out.extend_from_slice(name.as_bytes());
        if !push_finite(out, number) {
            return false;
        }
    }
    out.push(b'}');
    true
}
