//! `Fn::Sub`.

use super::reference;
use super::template::{Template, unknown};
use crate::artefacts::node::{Entry, Node, Text, Value};
use crate::artefacts::place::Place;

/// What `Fn::Sub` gives.
pub(super) fn value(template: &Template<'_>, argument: &Node, place: &Place) -> Node {
    let (text, names) = match (&argument.value, argument.elements()) {
        (Value::Text(text), _) => (text, Vec::new()),
        (_, Some([Node { value: Value::Text(text), .. }, names])) => {
            (text, template.resolve(names).entries().unwrap_or_default().to_vec())
        }
        _ => return unknown(place, "Fn::Sub", "is wrong: expected a text, or a text and a map"),
    };
    let mut result = Text::default();
    let mut rest = text.text.as_str();
    while let Some((before, after)) = rest.split_once("${") {
        result.text.push_str(before);
        let Some((name, behind)) = after.split_once('}') else {
            return unknown(place, &format!("Fn::Sub:{}", text.text), "is wrong: expected } behind ${");
        };
        rest = behind;
        match name.strip_prefix('!') {
            Some(literal) => result.text.push_str(&format!("${{{literal}}}")),
            None => result.push(&part(template, name.trim(), &names, place)),
        }
    }
    result.text.push_str(rest);
    template.text(result, place)
}

/// The value of a name in the text, as text.
fn part(template: &Template<'_>, name: &str, names: &[Entry], place: &Place) -> Text {
    let node = match names.iter().find(|entry| entry.key == name) {
        Some(entry) => entry.node.clone(),
        None => reference::value_of_name(template, name, place),
    };
    match node.value.to_text() {
        Some(text) => text,
        None => not_text(name, place),
    }
}

fn not_text(name: &str, place: &Place) -> Text {
    match unknown(place, name, "is no text").value {
        Value::Unknown(unknown) => Text::from(&unknown),
        _ => Text::default(),
    }
}
