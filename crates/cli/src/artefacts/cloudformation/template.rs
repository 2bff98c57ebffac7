//! The sections of a template.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;

use super::pseudo;
use crate::artefacts::budget::Budget;
use crate::artefacts::error::ReadError;
use crate::artefacts::node::{Entry, Node, Text, Unknown, Value};
use crate::artefacts::options::Options;
use crate::artefacts::place::Place;

/// A template whose values can be resolved.
pub(super) struct Template<'n> {
    parameters: HashMap<&'n str, &'n Node>,
    mappings: HashMap<&'n str, &'n Node>,
    conditions: HashMap<&'n str, &'n Node>,
    resources: HashMap<&'n str, &'n Node>,
    in_order: &'n [Entry],
    /// Names of resources that were made out, and `None` for those that are being made out.
    pub(super) names: RefCell<HashMap<String, Option<Text>>>,
    pub(super) budget: &'n Budget,
    pub(super) options: &'n Options,
}

impl<'n> Template<'n> {
    pub(super) fn new(document: &'n Node, budget: &'n Budget, options: &'n Options) -> Result<Self, ReadError> {
        let section = |name: &str| match document.get(name) {
            None => Ok(&[][..]),
            Some(node) => node.entries().ok_or_else(|| {
                ReadError::at(&node.place, format!("{name}: expected a map, found {}", node.value.kind()))
            }),
        };
        let by_name = |entries: &'n [Entry]| entries.iter().map(|entry| (entry.key.as_str(), &entry.node)).collect();
        Ok(Self {
            parameters: by_name(section("Parameters")?),
            mappings: by_name(section("Mappings")?),
            conditions: by_name(section("Conditions")?),
            resources: by_name(section("Resources")?),
            in_order: section("Resources")?,
            names: RefCell::default(),
            budget,
            options,
        })
    }

    pub(super) fn resources(&self) -> impl Iterator<Item = (&'n Entry, &'n Node)> {
        self.in_order.iter().map(|entry| (entry, &entry.node))
    }

    /// The names of what may be given a value.
    pub(super) fn parameters(&self) -> impl Iterator<Item = &'n str> {
        self.parameters.keys().copied().chain(["AWS::StackName"])
    }

    pub(super) fn resource(&self, logical_id: &str) -> Option<&'n Node> {
        self.resources.get(logical_id).copied()
    }

    pub(super) fn condition(&self, name: &str) -> Option<&'n Node> {
        self.conditions.get(name).copied()
    }

    pub(super) fn mapping(&self, name: &str) -> Option<&'n Node> {
        self.mappings.get(name).copied()
    }

    /// The value of a parameter or a pseudo parameter; `None` if there is no such parameter.
    pub(super) fn parameter(&self, name: &str, place: &Place) -> Option<Node> {
        if let Some(value) = pseudo::value(name, self.options) {
            return Some(Node::new(place, value));
        }
        let declaration = self.parameters.get(name)?;
        let of_type = declaration.get("Type").and_then(Node::as_str).unwrap_or("String");
        if let Some(value) = self.options.variables.get(name) {
            return Some(typed(Node::new(place, Value::text(value.as_str())), of_type));
        }
        let unknown = |reason: &str| Some(unknown(place, name, reason));
        match declaration.get("Default") {
            None => unknown("is a parameter without a default"),
            Some(_) if of_type.starts_with("AWS::SSM::") => unknown("is a parameter of the parameter store"),
            Some(default) => Some(typed(Node::new(place, default.value.clone()), of_type)),
        }
    }
}

/// Splits the value of a parameter that is a list.
fn typed(node: Node, of_type: &str) -> Node {
    let is_list = of_type == "CommaDelimitedList" || of_type.starts_with("List<");
    match (node.value.to_text(), is_list) {
        (Some(text), true) => {
            let element = |element: &str| Node::new(&node.place, Value::text(element.trim()));
            Node::new(&node.place, Value::List(text.text.split(',').map(element).collect()))
        }
        _ => node,
    }
}

/// A value that cannot be told.
pub(super) fn unknown(place: &Place, source: &str, reason: impl Into<String>) -> Node {
    let unknown =
        Unknown { source: source.to_owned(), reason: reason.into(), place: place.clone(), failed: false, whole: None };
    Node::new(place, Value::Unknown(Arc::new(unknown)))
}
