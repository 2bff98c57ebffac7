//! What a root member is worth: the cell of a metric's samples.

use nepho_model::{Cell, CellError, NumberFault, check_number};
use serde_json::{Map, Value};

use crate::number;
use crate::outcome::{Cause, Refusal, quoted, shortened};
use crate::scan::{Scanned, Shape};

/// The most values that one metric may have in one document.
pub const MAX_VALUES: usize = 100;

/// Reads the samples of the metric called `name` from its member. `values` is scratch space.
#[inline]
pub(crate) fn cell(text: &str, name: &str, member: Scanned, values: &mut Vec<f64>) -> Result<Cell, Refusal> {
    let json = member.span.of(text);
    match member.shape {
        Shape::Number => one(name, number::parse(json)),
        Shape::Array => array(name, json, values),
        Shape::Object => object(name, json),
        Shape::String | Shape::EscapedString => Err(not_numeric(name, &quoted(json))),
        Shape::Literal => Err(not_numeric(name, json)),
    }
}

#[inline]
fn one(name: &str, value: f64) -> Result<Cell, Refusal> {
    match check_number(value) {
        Ok(value) => Ok(Cell::of(value)),
        Err(fault) => Err(refuse(name, CellError::Number(fault))),
    }
}

/// Reads an array that the scanner has checked: only its elements' kind is open.
fn array(name: &str, json: &str, values: &mut Vec<f64>) -> Result<Cell, Refusal> {
    values.clear();
    let mut rest = json[1..].trim_ascii_start();
    while !rest.starts_with(']') {
        let end = rest.bytes().position(|byte| !is_of_number(byte)).unwrap_or(rest.len());
        if end == 0 {
            return Err(not_numeric(name, json));
        }
        if values.len() == MAX_VALUES {
            return Err(too_many(name));
        }
        values.push(number::parse(&rest[..end]));
        rest = rest[end..].trim_ascii_start();
        rest = rest.strip_prefix(',').unwrap_or(rest).trim_ascii_start();
    }
    match values.as_slice() {
        [value] => one(name, *value),
        values => Cell::of_values(values, &[]).map_err(|error| refuse(name, error)),
    }
}

fn is_of_number(byte: u8) -> bool {
    matches!(byte, b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E')
}

/// Reads the object forms: `Values` with `Counts`, the statistics `Count`, `Sum`, `Min` and `Max`, or both.
fn object(name: &str, json: &str) -> Result<Cell, Refusal> {
    let object: Map<String, Value> = serde_json::from_str(json).expect("the scanner has checked it");
    let values = list(name, &object, "Values")?.unwrap_or_default();
    let counts = list(name, &object, "Counts")?.unwrap_or_default();
    let statistics = statistics(name, &object)?;
    if counts.len() != values.len() && !counts.is_empty() {
        return Err(refuse(name, CellError::Length { values: values.len(), counts: counts.len() }));
    }
    let of_values = || Cell::of_values(&values, &counts).map_err(|error| refuse(name, error));
    match statistics {
        Some([count, sum, min, max]) => {
            let set = Cell::of_statistics(count, sum, min, max).map_err(|error| refuse(name, error))?;
            Ok(if values.is_empty() { set } else { set.with_values_of(&of_values()?) })
        }
        None if object.contains_key("Values") => of_values(),
        None => Err(not_numeric(name, json)),
    }
}

fn list(name: &str, object: &Map<String, Value>, member: &str) -> Result<Option<Vec<f64>>, Refusal> {
    let list = match object.get(member) {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::Array(list)) => list,
        Some(other) => return Err(not_numeric(name, &other.to_string())),
    };
    if list.len() > MAX_VALUES {
        return Err(too_many(name));
    }
    let number = |value: &Value| value.as_f64().ok_or_else(|| not_numeric(name, &value.to_string()));
    list.iter().map(number).collect::<Result<_, _>>().map(Some)
}

/// Count, sum, minimum and maximum: all of them or none.
fn statistics(name: &str, object: &Map<String, Value>) -> Result<Option<[f64; 4]>, Refusal> {
    let mut found = [None; 4];
    for (found, member) in found.iter_mut().zip(["Count", "Sum", "Min", "Max"]) {
        *found = match object.get(member) {
            None | Some(Value::Null) => None,
            Some(value) => Some(value.as_f64().ok_or_else(|| not_numeric(name, &value.to_string()))?),
        };
    }
    match found {
        [Some(count), Some(sum), Some(min), Some(max)] => Ok(Some([count, sum, min, max])),
        [None, None, None, None] => Ok(None),
        _ => {
            let detail = format!("metric {} has some of Count, Sum, Min and Max, but not all", quoted(name));
            Err((Cause::Distribution, detail))
        }
    }
}

#[cold]
fn not_numeric(name: &str, json: &str) -> Refusal {
    let detail =
        format!("metric {} is {}, which is no number, array of numbers or distribution", quoted(name), shortened(json));
    (Cause::MetricNotNumeric, detail)
}

#[cold]
fn too_many(name: &str) -> Refusal {
    (Cause::TooManyValues, format!("metric {} has more values than the limit of {MAX_VALUES}", quoted(name)))
}

#[cold]
fn refuse(name: &str, error: CellError) -> Refusal {
    let cause = match error {
        CellError::Number(_) => Cause::ValueOutOfRange,
        CellError::Empty => Cause::NoValues,
        CellError::Count(_) | CellError::Order { .. } | CellError::Length { .. } => Cause::Distribution,
    };
    let detail = match error {
        CellError::Number(NumberFault::TooLarge(value)) => format!("value {value:e} exceeds the limit of 2^360"),
        other => other.to_string(),
    };
    (cause, format!("metric {}: {detail}", quoted(name)))
}
