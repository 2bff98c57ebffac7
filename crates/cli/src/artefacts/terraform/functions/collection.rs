//! Functions of lists and maps.

use std::collections::{BTreeMap, HashSet};

use super::super::operator::equal;
use super::convert::to_set;
use super::{Outcome, Refusal, argument, list_at, number_at, text_at};
use crate::artefacts::node::{Entry, Node, Value};
use crate::artefacts::place::Place;

/// The most elements of a list that are compared with each other.
const COMPARED_MAX: usize = 2_000;

/// The most elements that `range` makes.
const RANGE_MAX: usize = 10_000;

pub(super) fn apply(name: &str, arguments: &[Node], place: &Place) -> Outcome {
    match name {
        "length" => length(argument(arguments, 0)?),
        "concat" => concat(arguments),
        "merge" => merge(arguments),
        "lookup" => lookup(arguments),
        "element" => element(arguments),
        "keys" => keys(argument(arguments, 0)?),
        "values" => {
            let values = sorted(argument(arguments, 0)?)?.into_iter().map(|entry| entry.node.clone());
            Ok(Value::List(values.collect()))
        }
        "contains" => {
            let wanted = argument(arguments, 1)?;
            Ok(Value::Bool(list_at(arguments, 0)?.iter().any(|element| equal(element, wanted))))
        }
        "index" => {
            let wanted = argument(arguments, 1)?;
            match list_at(arguments, 0)?.iter().position(|element| equal(element, wanted)) {
                Some(index) => Ok(Value::number(index as f64)),
                None => Refusal::wrong("the list does not have the value"),
            }
        }
        "flatten" => {
            let mut flat = Vec::new();
            flatten(list_at(arguments, 0)?, &mut flat);
            Ok(Value::List(flat))
        }
        "distinct" => {
            check_comparable(list_at(arguments, 0)?)?;
            let mut distinct: Vec<Node> = Vec::new();
            for element in list_at(arguments, 0)? {
                if !distinct.iter().any(|known| equal(known, element)) {
                    distinct.push(element.clone());
                }
            }
            Ok(Value::List(distinct))
        }
        "compact" => {
            let is_empty = |node: &&Node| matches!(node.value, Value::Null) || node.as_str() == Some("");
            Ok(Value::List(list_at(arguments, 0)?.iter().filter(|node| !is_empty(node)).cloned().collect()))
        }
        "sort" => {
            let mut texts = (0..list_at(arguments, 0)?.len())
                .map(|index| text_at(list_at(arguments, 0)?, index))
                .collect::<Result<Vec<_>, _>>()?;
            texts.sort();
            Ok(Value::List(texts.into_iter().map(|text| Node::new(place, Value::text(text))).collect()))
        }
        "reverse" => Ok(Value::List(list_at(arguments, 0)?.iter().rev().cloned().collect())),
        "slice" => slice(arguments),
        "range" => range(arguments, place),
        "setunion" => {
            let all = Node::new(place, concat(arguments)?);
            check_comparable(all.elements().unwrap_or_default())?;
            Ok(Value::List(to_set(&all).unwrap_or_default()))
        }
        "zipmap" => zipmap(arguments),
        "one" => match list_at(arguments, 0)? {
            [] => Ok(Value::Null),
            [one] => Ok(one.value.clone()),
            _ => Refusal::wrong("expected a list of at most one element"),
        },
        "coalesce" => {
            let is_none = |node: &&Node| matches!(node.value, Value::Null) || node.as_str() == Some("");
            match arguments.iter().find(|node| !is_none(node)) {
                Some(node) => Ok(node.value.clone()),
                None => Refusal::wrong("all arguments are empty"),
            }
        }
        "coalescelist" => match arguments.iter().find(|node| node.elements().is_some_and(|list| !list.is_empty())) {
            Some(node) => Ok(node.value.clone()),
            None => Refusal::wrong("all lists are empty"),
        },
        _ => Err(Refusal::NotComputed),
    }
}

/// Checks that a list is not too long for each element to be compared with each.
pub(super) fn check_comparable(list: &[Node]) -> Result<(), Refusal> {
    match list.len() {
        length if length > COMPARED_MAX => {
            Refusal::wrong(format!("a list of {length} elements exceeds the limit of {COMPARED_MAX}"))
        }
        _ => Ok(()),
    }
}

fn length(node: &Node) -> Outcome {
    let length = match &node.value {
        Value::Unknown(unknown) => return Err(Refusal::Unknown(unknown.clone())),
        Value::Text(text) if !text.is_known() => return Err(Refusal::Unknown(text.unknown[0].clone())),
        Value::List(elements) => elements.len(),
        Value::Map(entries) => entries.len(),
        Value::Text(text) => text.text.chars().count(),
        other => return Refusal::wrong(format!("expected a list, a map or a text, found {}", other.kind())),
    };
    Ok(Value::number(length as f64))
}

fn concat(arguments: &[Node]) -> Outcome {
    let mut all = Vec::new();
    for index in 0..arguments.len() {
        all.extend_from_slice(list_at(arguments, index)?);
    }
    Ok(Value::List(all))
}

fn merge(arguments: &[Node]) -> Outcome {
    let mut merged: Vec<Entry> = Vec::new();
    for argument in arguments.iter().filter(|argument| !matches!(argument.value, Value::Null)) {
        let entries = map(argument)?;
        let replaced: HashSet<&str> = entries.iter().map(|entry| entry.key.as_str()).collect();
        merged.retain(|known| !replaced.contains(known.key.as_str()));
        merged.extend_from_slice(entries);
    }
    Ok(Value::Map(merged))
}

fn lookup(arguments: &[Node]) -> Outcome {
    let (entries, key) = (map(argument(arguments, 0)?)?, text_at(arguments, 1)?);
    let found = entries.iter().find(|entry| entry.key == key).map(|entry| &entry.node);
    match found.or_else(|| arguments.get(2)) {
        Some(node) => Ok(node.value.clone()),
        None => Refusal::wrong(format!("nothing is called {key}")),
    }
}

/// Goes round when the index is beyond the end.
fn element(arguments: &[Node]) -> Outcome {
    let (list, index) = (list_at(arguments, 0)?, number_at(arguments, 1)?);
    if list.is_empty() || index.fract() != 0.0 || index.abs() > 1e15 {
        return Refusal::wrong("expected a list that is not empty, and a whole number");
    }
    Ok(list[(index as i64).rem_euclid(list.len() as i64) as usize].value.clone())
}

fn map(node: &Node) -> Result<&[Entry], Refusal> {
    match &node.value {
        Value::Map(entries) => Ok(entries),
        Value::Unknown(unknown) => Err(Refusal::Unknown(unknown.clone())),
        other => Refusal::wrong(format!("expected a map, found {}", other.kind())),
    }
}

fn sorted(node: &Node) -> Result<Vec<&Entry>, Refusal> {
    let mut entries: Vec<_> = map(node)?.iter().collect();
    entries.sort_by(|one, other| one.key.cmp(&other.key));
    Ok(entries)
}

fn keys(node: &Node) -> Outcome {
    let key = |entry: &Entry| Node::new(&entry.place, Value::text(entry.key.as_str()));
    Ok(Value::List(sorted(node)?.into_iter().map(key).collect()))
}

fn flatten(list: &[Node], flat: &mut Vec<Node>) {
    for node in list {
        match node.elements() {
            Some(elements) => flatten(elements, flat),
            None => flat.push(node.clone()),
        }
    }
}

fn slice(arguments: &[Node]) -> Outcome {
    let list = list_at(arguments, 0)?;
    let (begin, end) = (number_at(arguments, 1)?, number_at(arguments, 2)?);
    match list.get(begin as usize..end as usize) {
        Some(part) if begin >= 0.0 => Ok(Value::List(part.to_vec())),
        _ => Refusal::wrong("the indices are not those of the list"),
    }
}

fn range(arguments: &[Node], place: &Place) -> Outcome {
    let (begin, end) = match arguments.len() {
        1 => (0.0, number_at(arguments, 0)?),
        _ => (number_at(arguments, 0)?, number_at(arguments, 1)?),
    };
    let step = match arguments.len() {
        3 => number_at(arguments, 2)?,
        _ => {
            if end < begin {
                -1.0
            } else {
                1.0
            }
        }
    };
    let count = ((end - begin) / step).ceil();
    if count.is_nan() || count > RANGE_MAX as f64 {
        return Refusal::wrong(format!("the range has more than {RANGE_MAX} numbers"));
    }
    let number = |index: usize| Node::new(place, Value::number(begin + index as f64 * step));
    Ok(Value::List((0..count.max(0.0) as usize).map(number).collect()))
}

fn zipmap(arguments: &[Node]) -> Outcome {
    let (keys, values) = (list_at(arguments, 0)?, list_at(arguments, 1)?);
    if keys.len() != values.len() {
        return Refusal::wrong("expected as many values as keys");
    }
    let mut entries: BTreeMap<String, &Node> = BTreeMap::new();
    for (index, node) in values.iter().enumerate() {
        entries.insert(text_at(keys, index)?, node);
    }
    let entry = |(key, node): (String, &Node)| Entry { key, place: node.place.clone(), node: node.clone() };
    Ok(Value::Map(entries.into_iter().map(entry).collect()))
}
