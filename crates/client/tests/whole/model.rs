//! What a unit of work is worth, by the rules in the crate's documentation and nothing else.

use std::collections::BTreeMap;

use nepho::{Property, Unit, UnitOfWork};
use nepho_model::Resolution;
use serde_json::Value;

use crate::{Sample, metric};

/// One thing that is done to a unit.
#[derive(Debug, Clone)]
pub(crate) enum Op {
    Metric(String, f64, Unit, Resolution),
    Dimension(String, String),
    Set(Vec<String>),
    Text(String, String),
    Number(String, f64),
    Integer(String, i64),
    Bool(String, bool),
}

impl Op {
    pub(crate) fn apply(&self, work: &mut UnitOfWork<'_>) {
        match self {
            Op::Metric(name, value, unit, Resolution::Minute) => work.metric(name, *value, *unit),
            Op::Metric(name, value, unit, Resolution::Second) => work.high_resolution_metric(name, *value, *unit),
            Op::Dimension(name, value) => work.dimension(name, value),
            Op::Set(names) => work.dimension_set(&names.iter().map(String::as_str).collect::<Vec<_>>()),
            Op::Text(name, text) => work.property(name, text),
            Op::Number(name, number) => work.property(name, *number),
            Op::Integer(name, integer) => work.property(name, *integer),
            Op::Bool(name, is) => work.property(name, Property::Bool(*is)),
        };
    }
}

/// What comes of a unit.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Worth {
    pub(crate) samples: Vec<Sample>,
    /// The names of dimensions.
    pub(crate) dimensions: Vec<String>,
    pub(crate) properties: BTreeMap<String, Value>,
    pub(crate) invalid_names: u64,
    pub(crate) invalid_values: u64,
    /// Calls that put a value.
    pub(crate) calls: u64,
}

fn cut(text: &str, limit: usize, legal: impl Fn(char) -> bool) -> String {
    text.chars().take(limit).map(|c| if legal(c) { c } else { '_' }).collect()
}

fn unreserved(name: String) -> String {
    if name == "_aws" { "_aws_".to_owned() } else { name }
}

pub(crate) fn metric_name(name: &str) -> Option<String> {
    (!name.trim().is_empty()).then(|| unreserved(cut(name, 255, |c| !c.is_control())))
}

fn is_printable(c: char) -> bool {
    c.is_ascii() && !c.is_ascii_control()
}

pub(crate) fn dimension_name(name: &str) -> String {
    let name = cut(name, 250, is_printable);
    unreserved(name.strip_prefix(':').map_or(name.clone(), |rest| format!("_{rest}")))
}

/// The dimensions of a unit, the default one first.
fn dimensions(ops: &[Op]) -> Vec<(String, String)> {
    let mut all = vec![("Service".to_owned(), "web".to_owned())];
    for op in ops {
        let Op::Dimension(name, value) = op else { continue };
        let (name, value) = (dimension_name(name), cut(value, 1024, is_printable));
        if name.trim().is_empty() || value.trim().is_empty() {
            continue;
        }
        match all.iter().position(|(known, _)| *known == name) {
            Some(place) => all[place].1 = value,
            None if all.len() < 30 => all.push((name, value)),
            None => {}
        }
    }
    all
}

fn sets(ops: &[Op], dimensions: &[(String, String)]) -> Vec<Vec<(String, String)>> {
    let mut sets: Vec<Vec<_>> = Vec::new();
    for op in ops {
        let Op::Set(names) = op else { continue };
        let names: Vec<_> = names.iter().map(|name| dimension_name(name)).collect();
        let set: Vec<_> = dimensions.iter().filter(|(name, _)| names.contains(name)).cloned().collect();
        if !sets.contains(&set) {
            sets.push(set);
        }
    }
    sets.truncate(100);
    if sets.is_empty() { vec![dimensions.to_vec()] } else { sets }
}

fn properties(ops: &[Op], is_taken: impl Fn(&str) -> bool) -> BTreeMap<String, Value> {
    let mut all = BTreeMap::new();
    for op in ops {
        let (name, value) = match op {
            Op::Text(name, text) => (name, Value::from(text.as_str())),
            Op::Number(name, number) if number.is_finite() => (name, json_number(*number)),
            Op::Integer(name, integer) => (name, Value::from(*integer)),
            Op::Bool(name, is) => (name, Value::from(*is)),
            _ => continue,
        };
        if !name.is_empty() && name != "_aws" && !is_taken(name) {
            all.insert(name.clone(), value);
        }
    }
    all
}

/// A number as a reader of JSON takes it that has no point in it where none is needed.
fn json_number(number: f64) -> Value {
    if number.fract() == 0.0 { Value::from(number as i64) } else { Value::from(number) }
}

/// What these come to. In documents, a metric cannot be called like a dimension.
pub(crate) fn worth(ops: &[Op], is_documents: bool) -> Worth {
    let dimensions = dimensions(ops);
    let sets = sets(ops, &dimensions);
    let is_dimension = |name: &str| dimensions.iter().any(|(known, _)| known == name);
    let mut worth = Worth::default();
    let mut names = Vec::new();
    for op in ops {
        let Op::Metric(name, value, unit, resolution) = op else { continue };
        worth.calls += 1;
        if !value.is_finite() {
            worth.invalid_values += 1;
            continue;
        }
        let name = metric_name(name);
        names.extend(name.clone());
        let Some(name) = name.filter(|name| !(is_documents && is_dimension(name))) else {
            worth.invalid_names += if is_documents { 1 } else { sets.len() as u64 };
            continue;
        };
        worth.samples.extend(sets.iter().map(|set| Sample {
            metric: metric("Shop", &name, set.iter().map(|(name, value)| (&**name, &**value))),
            unit: *unit,
            resolution: *resolution,
            count: 1.0,
            sum: *value,
            minimum: *value,
            maximum: *value,
        }));
    }
    worth.dimensions = dimensions.iter().map(|(name, _)| name.clone()).collect();
    worth.properties = properties(ops, |name| is_dimension(name) || names.iter().any(|metric| metric == name));
    worth
}
