//! `aws_iam_policy_document`, a data source that asks nobody: it writes its own arguments as JSON.

use super::attribute::Thing;
use super::evaluator::{Evaluator, unknown};
use super::reference::Site;
use crate::artefacts::json::{self, Style};
use crate::artefacts::node::{Entry, Node, Value};
use crate::artefacts::place::Place;

/// Lists of a statement, and what they are called in JSON.
const LISTS: [(&str, &str); 4] =
    [("actions", "Action"), ("not_actions", "NotAction"), ("resources", "Resource"), ("not_resources", "NotResource")];

impl<'m> Evaluator<'m> {
    pub(super) fn policy_document(&self, thing: &Thing<'m>, site: Site<'_>) -> Node {
        let body = self.body(thing.block, &thing.scope);
        let place = site.place;
        let mut others =
            ["source_policy_documents", "override_policy_documents"].iter().filter_map(|name| body.get(name));
        if let Some(other) = others.next() {
            return unknown(&other.place, site.written, "is made of other documents, which are not read");
        }
        let statements = body.get("statement").and_then(Node::elements).unwrap_or_default();
        let statements = statements.iter().map(|node| statement(node, place)).collect();
        let mut document =
            vec![entry(place, "Version", body.get("version").cloned().unwrap_or(text(place, "2012-10-17")))];
        document.extend(body.get("policy_id").map(|id| entry(place, "Id", id.clone())));
        document.push(entry(place, "Statement", Node::new(place, Value::List(statements))));
        self.text(json::write(&Node::new(place, Value::Map(document)), Style::Plain), place)
    }
}

fn statement(node: &Node, place: &Place) -> Node {
    if let Value::Unknown(_) = node.value {
        return node.clone();
    }
    let mut members = Vec::new();
    members.extend(node.get("sid").map(|sid| entry(place, "Sid", sid.clone())));
    members.push(entry(place, "Effect", node.get("effect").cloned().unwrap_or(text(place, "Allow"))));
    for (block, member) in [("principals", "Principal"), ("not_principals", "NotPrincipal")] {
        members.extend(node.get(block).map(|blocks| entry(place, member, principals(blocks, place))));
    }
    for (list, member) in LISTS {
        members.extend(node.get(list).map(|list| entry(place, member, one_or_all(&in_order(list)))));
    }
    members.extend(node.get("condition").map(|blocks| entry(place, "Condition", conditions(blocks, place))));
    Node::new(place, Value::Map(members))
}

/// `{"Service": [...]}`, or `"*"` for everybody.
fn principals(blocks: &Node, place: &Place) -> Node {
    let mut by_type: Vec<Entry> = Vec::new();
    for block in blocks.elements().unwrap_or_default() {
        let of_type = block.get("type").and_then(Node::as_str).unwrap_or_default();
        let Some(identifiers) = block.get("identifiers") else {
            continue;
        };
        if of_type == "*" {
            return text(place, "*");
        }
        let identifiers = identifiers.elements().unwrap_or(std::slice::from_ref(identifiers));
        match by_type.iter_mut().find(|entry| entry.key == of_type) {
            Some(Entry { node: Node { value: Value::List(known), .. }, .. }) => known.extend_from_slice(identifiers),
            _ => by_type.push(entry(place, of_type, Node::new(place, Value::List(identifiers.to_vec())))),
        }
    }
    by_type.iter_mut().for_each(|entry| entry.node = one_or_all(&in_order(&entry.node)));
    Node::new(place, Value::Map(by_type))
}

/// `{"StringEquals": {"aws:SourceAccount": "..."}}`.
fn conditions(blocks: &Node, place: &Place) -> Node {
    let mut by_test: Vec<Entry> = Vec::new();
    for block in blocks.elements().unwrap_or_default() {
        let word = |name: &str| block.get(name).and_then(Node::as_str).unwrap_or_default();
        let values = block.get("values").map_or_else(|| block.clone(), one_or_all);
        let member = entry(place, word("variable"), values);
        match by_test.iter_mut().find(|entry| entry.key == word("test")) {
            Some(Entry { node: Node { value: Value::Map(members), .. }, .. }) => members.push(member),
            _ => by_test.push(entry(place, word("test"), Node::new(place, Value::Map(vec![member])))),
        }
    }
    Node::new(place, Value::Map(by_test))
}

/// A list from its last text to its first, as the provider writes it.
fn in_order(list: &Node) -> Node {
    let mut elements = list.elements().unwrap_or(std::slice::from_ref(list)).to_vec();
    elements.sort_by(|one, other| other.as_str().cmp(&one.as_str()));
    Node::new(&list.place, Value::List(elements))
}

/// A list of one element as the element, as the provider writes it.
fn one_or_all(list: &Node) -> Node {
    match list.elements() {
        Some([one]) => one.clone(),
        _ => list.clone(),
    }
}

fn text(place: &Place, text: &str) -> Node {
    Node::new(place, Value::text(text))
}

fn entry(place: &Place, key: &str, node: Node) -> Entry {
    Entry { key: key.to_owned(), place: place.clone(), node }
}
