//! Values that a plan does not know yet.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::address::split_module;
use super::configuration::Configuration;
use super::list;
use super::planned::Planned;
use crate::artefacts::node::{Entry, Node, Unknown, Value};
use crate::artefacts::place::Place;

/// Attributes that are an ARN, or a list of them: what they refer to is their value. What others
/// make of their references the plan does not say.
const ARNS: [&str; 6] = ["alarm_actions", "arn", "endpoint", "insufficient_data_actions", "ok_actions", "topic_arn"];

/// What is not known after the change, and what may be said of it all the same.
pub(super) struct Later<'n> {
    after: BTreeMap<&'n str, &'n Node>,
    configuration: Configuration<'n>,
    /// Whether a value was taken from what its expression refers to.
    pub(super) is_inferred: Cell<bool>,
}

/// An attribute that is not known.
struct Site<'s> {
    place: &'s Place,
    address: &'s str,
    attribute: &'s str,
    references: &'s [String],
}

impl<'n> Later<'n> {
    pub(super) fn new(document: &'n Node) -> Self {
        let mut after = BTreeMap::new();
        for change in list(document, "resource_changes") {
            let address = change.get("address").and_then(Node::as_str);
            after.extend(address.zip(change.get("change").and_then(|change| change.get("after_unknown"))));
        }
        Self { after, configuration: Configuration::new(document), is_inferred: Cell::new(false) }
    }

    /// The attributes of a resource that are not known, with what is known about them. Those without
    /// an expression are the provider's own affair.
    pub(super) fn values(&self, address: &str, planned: &Planned<'_>, place: &Place) -> Vec<(String, Node)> {
        let after = self.after.get(address).and_then(|node| node.entries()).unwrap_or_default();
        let known = planned.values(address);
        let mut values = Vec::new();
        for entry in after.iter().filter(|entry| is_unknown(&entry.node)) {
            if let Some(references) = self.configuration.references(address, &entry.key) {
                let site = Site { place, address, attribute: &entry.key, references: &references };
                let known = known.and_then(|values| values.get(&entry.key));
                values.push((entry.key.clone(), self.filled(known, &entry.node, &site, planned)));
            }
        }
        values
    }

    /// A value with what is not known of it.
    fn filled(&self, known: Option<&Node>, unknown: &Node, site: &Site<'_>, planned: &Planned<'_>) -> Node {
        let value = match (&unknown.value, known.map(|known| &known.value)) {
            (Value::Bool(true), _) => return self.referred(site, planned),
            (Value::Map(unknowns), known) => {
                let mut entries = match known {
                    Some(Value::Map(entries)) => entries.clone(),
                    _ => Vec::new(),
                };
                for entry in unknowns.iter().filter(|entry| is_unknown(&entry.node)) {
                    let found = entries.iter().position(|known| known.key == entry.key);
                    let found = found.map(|index| entries.remove(index).node);
                    let node = self.filled(found.as_ref(), &entry.node, site, planned);
                    entries.push(Entry { key: entry.key.clone(), place: site.place.clone(), node });
                }
                Value::Map(entries)
            }
            (Value::List(unknowns), Some(Value::List(known))) => {
                let element = |(index, unknown)| self.filled(known.get(index), unknown, site, planned);
                Value::List(unknowns.iter().enumerate().map(element).collect())
            }
            (_, Some(known)) => known.clone(),
            (_, None) => Value::Null,
        };
        Node::new(site.place, value)
    }

    /// What an attribute is that is not known at all.
    fn referred(&self, site: &Site<'_>, planned: &Planned<'_>) -> Node {
        if !ARNS.contains(&site.attribute) {
            return not_known(site, &site.references.join(", "));
        }
        let (module, _) = split_module(site.address);
        let mut nodes = Vec::new();
        let mut seen = BTreeSet::new();
        for reference in site.references {
            let found = self.configuration.resolve(&module, reference, planned);
            match found.is_empty() {
                true => nodes.push(not_known(site, reference)),
                false => self.is_inferred.set(true),
            }
            let arns = found.into_iter().filter(|arn| seen.insert(arn.clone()));
            nodes.extend(arns.map(|arn| Node::new(site.place, Value::text(arn))));
        }
        match (site.attribute.ends_with("_actions"), nodes.as_slice()) {
            (true, _) => Node::new(site.place, Value::List(nodes)),
            (false, [only]) => only.clone(),
            (false, _) => not_known(site, &site.references.join(", ")),
        }
    }
}

fn not_known(site: &Site<'_>, source: &str) -> Node {
    let own = || format!("{}.{}", site.address, site.attribute);
    let unknown = Unknown {
        source: if source.is_empty() { own() } else { source.to_owned() },
        reason: "is known only when it is made".to_owned(),
        place: site.place.clone(),
        failed: false,
        whole: None,
    };
    Node::new(site.place, Value::Unknown(Arc::new(unknown)))
}

fn is_unknown(node: &Node) -> bool {
    match &node.value {
        Value::Bool(unknown) => *unknown,
        Value::List(elements) => elements.iter().any(is_unknown),
        Value::Map(entries) => entries.iter().any(|entry| is_unknown(&entry.node)),
        _ => false,
    }
}
