//! Intrinsic functions.

use super::template::{Template, unknown};
use super::{condition, reference, substitution};
use crate::artefacts::json::{self, Style};
use crate::artefacts::node::{Entry, Node, Text, Value};
use crate::artefacts::place::Place;

impl Template<'_> {
    /// A value with all functions in it computed, as far as that can be done.
    ///
    /// Keys whose value is `AWS::NoValue` are left out.
    pub(super) fn resolve(&self, node: &Node) -> Node {
        let Some(_level) = self.budget.enter() else {
            return unknown(&node.place, "this value", "is nested or repeated more than can be read");
        };
        match &node.value {
            Value::Map(entries) => match function_of(entries) {
                Some(call) => self.call(&call.key, &call.node, &node.place),
                None => Node::new(&node.place, Value::Map(self.resolve_entries(entries))),
            },
            Value::List(elements) => {
                let resolved = elements.iter().map(|element| self.resolve(element));
                let is_there = |node: &Node| !matches!(node.value, Value::Null);
                Node::new(&node.place, Value::List(resolved.filter(is_there).collect()))
            }
            Value::Text(text) => match self.budget.take_text(&text.text) {
                true => node.clone(),
                false => unknown(&node.place, "this text", "is repeated more than can be read"),
            },
            _ => node.clone(),
        }
    }

    fn resolve_entries(&self, entries: &[Entry]) -> Vec<Entry> {
        let resolve = |entry: &Entry| Entry { node: self.resolve(&entry.node), ..entry.clone() };
        entries.iter().map(resolve).filter(|entry| !matches!(entry.node.value, Value::Null)).collect()
    }

    fn call(&self, function: &str, argument: &Node, place: &Place) -> Node {
        match function {
            "Ref" => reference::value_of_ref(self, argument, place),
            "Fn::GetAtt" => reference::value_of_get_att(self, argument, place),
            "Fn::Sub" => substitution::value(self, argument, place),
            "Fn::If" => condition::value_of_if(self, argument, place),
            "Fn::Join" => self.join(argument, place),
            "Fn::Select" => self.select(argument, place),
            "Fn::Split" => self.split(argument, place),
            "Fn::FindInMap" => self.find_in_map(argument, place),
            "Fn::ToJsonString" => Node::new(place, Value::Text(json::write(&self.resolve(argument), Style::Plain))),
            "Fn::ImportValue" => self.not_known(function, argument, place, "comes from another stack"),
            _ => self.not_known(function, argument, place, "is a function that is not computed here"),
        }
    }

    /// What a function gives that is not known.
    pub(super) fn not_known(&self, function: &str, argument: &Node, place: &Place, reason: &str) -> Node {
        let argument = match self.resolve(argument).value.to_text() {
            Some(text) => text.text,
            None => json::write(argument, Style::Plain).text,
        };
        unknown(place, &format!("{function}:{argument}"), reason)
    }

    fn wrong(&self, function: &str, argument: &Node, place: &Place, expected: &str) -> Node {
        let argument = json::write(argument, Style::Plain).text;
        unknown(place, &format!("{function}:{argument}"), format!("is wrong: expected {expected}"))
    }

    fn join(&self, argument: &Node, place: &Place) -> Node {
        let resolved = self.resolve(argument);
        let [Node { value: Value::Text(delimiter), .. }, parts] = resolved.elements().unwrap_or_default() else {
            return self.wrong("Fn::Join", argument, place, "a delimiter and a list");
        };
        let Some(parts) = parts.elements() else {
            return match parts.value {
                Value::Unknown(_) => Node::new(place, parts.value.clone()),
                _ => self.wrong("Fn::Join", argument, place, "a delimiter and a list"),
            };
        };
        let mut joined = Text::default();
        for (index, part) in parts.iter().enumerate() {
            let Some(text) = part.value.to_text() else {
                return self.wrong("Fn::Join", argument, place, "a list of texts");
            };
            if index > 0 {
                joined.push(delimiter);
            }
            joined.push(&text);
        }
        self.text(joined, place)
    }

    /// A text that was made, as far as the budget allows.
    pub(super) fn text(&self, text: Text, place: &Place) -> Node {
        match self.budget.take_text(&text.text) {
            true => Node::new(place, Value::Text(text)),
            false => unknown(place, "this text", "is longer than can be read"),
        }
    }

    fn select(&self, argument: &Node, place: &Place) -> Node {
        let resolved = self.resolve(argument);
        let [index, list] = resolved.elements().unwrap_or_default() else {
            return self.wrong("Fn::Select", argument, place, "an index and a list");
        };
        if let Value::Unknown(_) = list.value {
            return Node::new(place, list.value.clone());
        }
        let index = index.value.to_text().and_then(|text| text.text.parse::<usize>().ok());
        match list.elements().and_then(|elements| elements.get(index?)) {
            Some(element) => Node::new(place, element.value.clone()),
            None => self.wrong("Fn::Select", argument, place, "the index of an element of the list"),
        }
    }

    fn split(&self, argument: &Node, place: &Place) -> Node {
        let resolved = self.resolve(argument);
        let [Node { value: Value::Text(delimiter), .. }, Node { value: Value::Text(text), .. }] =
            resolved.elements().unwrap_or_default()
        else {
            return self.wrong("Fn::Split", argument, place, "a delimiter and a text that is known");
        };
        if !text.is_known() || delimiter.text.is_empty() {
            return self.not_known("Fn::Split", argument, place, "has parts that are not known");
        }
        let parts = text.text.split(&delimiter.text).map(|part| Node::new(place, Value::text(part)));
        Node::new(place, Value::List(parts.collect()))
    }

    fn find_in_map(&self, argument: &Node, place: &Place) -> Node {
        let resolved = self.resolve(argument);
        let elements = resolved.elements().unwrap_or_default();
        let key = |index: usize| Some(elements.get(index)?.value.to_text()?.text);
        let [Some(map), Some(top), Some(second)] = [key(0), key(1), key(2)] else {
            return self.wrong("Fn::FindInMap", argument, place, "a map and two keys");
        };
        if let Some(found) = self.mapping(&map).and_then(|map| map.get(&top)?.get(&second)) {
            return Node::new(place, found.value.clone());
        }
        match elements.get(3).and_then(|node| node.get("DefaultValue")) {
            Some(default) => Node::new(place, default.value.clone()),
            None => unknown(place, &format!("Fn::FindInMap:{map}.{top}.{second}"), "is not in the mapping"),
        }
    }
}

/// The call that a map is, if it is one.
fn function_of(entries: &[Entry]) -> Option<&Entry> {
    match entries {
        [call] if call.key == "Ref" || call.key.starts_with("Fn::") => Some(call),
        _ => None,
    }
}
