//! Conditions.

use super::template::{Template, unknown};
use crate::artefacts::node::{Node, Value};
use crate::artefacts::place::Place;

/// What `Fn::If` gives.
pub(super) fn value_of_if(template: &Template<'_>, argument: &Node, place: &Place) -> Node {
    let [name, when_true, when_false] = argument.elements().unwrap_or_default() else {
        return unknown(place, "Fn::If", "is wrong: expected a condition and two values");
    };
    let name = name.as_str().unwrap_or_default();
    match holds(template, name) {
        Some(true) => Node { place: place.clone(), ..template.resolve(when_true) },
        Some(false) => Node { place: place.clone(), ..template.resolve(when_false) },
        None => unknown(place, &format!("Fn::If:{name}"), "depends on a condition that cannot be told"),
    }
}

/// Whether a condition holds; `None` when it cannot be told.
pub(super) fn holds(template: &Template<'_>, name: &str) -> Option<bool> {
    evaluate(template, template.condition(name)?)
}

fn evaluate(template: &Template<'_>, node: &Node) -> Option<bool> {
    let _level = template.budget.enter()?;
    let [call] = node.entries()? else {
        return None;
    };
    let all = || call.node.elements().unwrap_or_default().iter().map(|node| evaluate(template, node));
    match call.key.as_str() {
        "Condition" => holds(template, call.node.as_str()?),
        "Fn::Equals" => equals(template, &call.node),
        "Fn::Not" => all().next()?.map(|holds| !holds),
        "Fn::And" => decided(all(), false),
        "Fn::Or" => decided(all(), true),
        _ => None,
    }
}

/// One value that decides is enough; otherwise all must be known.
fn decided(mut values: impl Iterator<Item = Option<bool>>, by: bool) -> Option<bool> {
    let mut all_known = true;
    let found = values.any(|value| {
        all_known &= value.is_some();
        value == Some(by)
    });
    match (found, all_known) {
        (true, _) => Some(by),
        (false, true) => Some(!by),
        (false, false) => None,
    }
}

fn equals(template: &Template<'_>, argument: &Node) -> Option<bool> {
    let [one, other] = argument.elements()? else {
        return None;
    };
    let text = |node: &Node| match template.resolve(node).value {
        Value::Null => Some(String::new()),
        value => value.to_text().filter(|text| text.is_known()).map(|text| text.text),
    };
    Some(text(one)? == text(other)?)
}
