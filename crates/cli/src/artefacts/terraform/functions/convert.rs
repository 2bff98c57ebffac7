//! Functions from one type to another.

use std::path::Path;

use super::super::operator::equal;
use super::collection::check_comparable;
use super::{Outcome, Refusal, argument, text_at};
use crate::artefacts::json::{self, Style};
use crate::artefacts::node::{Entry, Node, Value};
use crate::artefacts::place::Place;
use crate::artefacts::source::Source;

/// The value as a number, if it is one or a text that is one.
pub(in super::super) fn to_number(value: &Value) -> Option<Value> {
    match value {
        Value::Number(_) => Some(value.clone()),
        Value::Text(text) if text.is_known() => {
            let digits = text.text.bytes().any(|byte| byte.is_ascii_digit());
            let number = text.text.trim().parse().ok().filter(|number: &f64| digits && number.is_finite())?;
            Some(Value::number(number))
        }
        _ => None,
    }
}

/// The value as true or false, if it is one of them or their text.
pub(in super::super) fn to_bool(value: &Value) -> Option<Value> {
    match value {
        Value::Bool(_) => Some(value.clone()),
        Value::Text(text) if text.text == "true" => Some(Value::Bool(true)),
        Value::Text(text) if text.text == "false" => Some(Value::Bool(false)),
        _ => None,
    }
}

/// The elements of a list, each once; texts in order.
pub(in super::super) fn to_set(node: &Node) -> Option<Vec<Node>> {
    let mut set: Vec<Node> = Vec::new();
    let elements = node.elements()?;
    match elements.iter().all(|element| element.as_str().is_some()) {
        true => {
            set.extend(elements.iter().cloned());
            set.sort_by(|one, other| one.as_str().cmp(&other.as_str()));
            set.dedup_by(|one, other| one.as_str() == other.as_str());
        }
        false => {
            for element in elements {
                if !set.iter().any(|known| equal(known, element)) {
                    set.push(element.clone());
                }
            }
        }
    }
    Some(set)
}

pub(super) fn apply(name: &str, arguments: &[Node], place: &Place) -> Outcome {
    let no = |kind: &str, node: &Node| match &node.value {
        Value::Unknown(unknown) => Refusal::Unknown(unknown.clone()),
        other => Refusal::Wrong(format!("{} is no {kind}", other.kind())),
    };
    match name {
        "tostring" => {
            let node = argument(arguments, 0)?;
            match (&node.value, node.value.to_text()) {
                (Value::Null, _) => Ok(Value::Null),
                (_, Some(text)) => Ok(Value::Text(text)),
                (_, None) => Err(no("text", node)),
            }
        }
        "tonumber" => {
            let node = argument(arguments, 0)?;
            match node.value {
                Value::Null => Ok(Value::Null),
                _ => to_number(&node.value).ok_or_else(|| no("number", node)),
            }
        }
        "tobool" => {
            let node = argument(arguments, 0)?;
            match node.value {
                Value::Null => Ok(Value::Null),
                _ => to_bool(&node.value).ok_or_else(|| no("true or false", node)),
            }
        }
        "toset" => {
            let node = argument(arguments, 0)?;
            check_comparable(node.elements().unwrap_or_default())?;
            to_set(node).map(Value::List).ok_or_else(|| no("list", node))
        }
        "tolist" => {
            let node = argument(arguments, 0)?;
            node.elements().map(|elements| Value::List(elements.to_vec())).ok_or_else(|| no("list", node))
        }
        "tomap" => {
            let node = argument(arguments, 0)?;
            node.entries().map(|entries| Value::Map(entries.to_vec())).ok_or_else(|| no("map", node))
        }
        "jsonencode" => Ok(Value::Text(json::write(argument(arguments, 0)?, Style::Terraform))),
        "jsondecode" => {
            let text = text_at(arguments, 0)?;
            let source = Source::from_bytes(Path::new("(text)"), text.into_bytes());
            let node = source.and_then(|source| json::parse(&source));
            node.map(|node| moved(node, place).value).map_err(|error| Refusal::Wrong(error.to_string()))
        }
        _ => Err(Refusal::NotComputed),
    }
}

/// Lets a value stand at another place, with all that is in it.
fn moved(node: Node, place: &Place) -> Node {
    let value = match node.value {
        Value::List(elements) => Value::List(elements.into_iter().map(|element| moved(element, place)).collect()),
        Value::Map(entries) => {
            let entries = entries.into_iter().map(|entry| Entry {
                place: place.clone(),
                node: moved(entry.node, place),
                key: entry.key,
            });
            Value::Map(entries.collect())
        }
        other => other,
    };
    Node::new(place, value)
}
