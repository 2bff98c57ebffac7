//! Blocks as values: attributes, and the blocks in them as lists of maps.

use hcl_edit::structure::{Block, Body};

use super::evaluator::{Evaluator, because, failed};
use super::for_expression::pairs;
use super::module::attribute;
use super::scope::Scope;
use crate::artefacts::node::{Entry, Node, Value};

/// What every resource may have, and what is no part of it.
pub(super) const META: &[&str] =
    &["connection", "count", "depends_on", "for_each", "lifecycle", "provider", "provisioner", "timeouts"];

impl<'m> Evaluator<'m> {
    /// The value of a block's body.
    pub(super) fn body(&self, block: &'m Block, scope: &Scope<'m>) -> Node {
        let place = scope.place(&block.ident);
        let mut entries: Vec<Entry> = Vec::new();
        for attribute in block.body.attributes().filter(|attribute| !META.contains(&attribute.key.as_str())) {
            entries.push(Entry {
                key: attribute.key.as_str().to_owned(),
                place: scope.place(&attribute.key),
                node: self.evaluate(&attribute.value, scope),
            });
        }
        for name in names_of_blocks(&block.body) {
            let blocks = self.blocks(&block.body, name, scope);
            let place = blocks.first().map_or_else(|| place.clone(), |block| block.place.clone());
            entries.push(Entry {
                key: name.to_owned(),
                place: place.clone(),
                node: Node::new(&place, Value::List(blocks)),
            });
        }
        Node { place, value: Value::Map(entries) }
    }

    /// The blocks of a name, those that are made of `dynamic` ones included.
    pub(super) fn blocks(&self, body: &'m Body, name: &str, scope: &Scope<'m>) -> Vec<Node> {
        let mut nodes = Vec::new();
        for block in body.blocks() {
            if block.ident.as_str() == name && block.labels.is_empty() {
                nodes.push(self.body(block, scope));
            } else if dynamic_name(block) == Some(name) {
                nodes.extend(self.dynamic(block, name, scope));
            }
        }
        nodes
    }

    fn dynamic(&self, block: &'m Block, name: &str, scope: &Scope<'m>) -> Vec<Node> {
        let written = format!("dynamic \"{name}\"");
        let place = scope.place(&block.ident);
        let content = block.body.get_blocks("content").next();
        let (Some(each), Some(content)) = (attribute(block, "for_each"), content) else {
            return vec![failed(&place, &written, "is wrong: expected for_each and content")];
        };
        let each = self.evaluate(&each.value, scope);
        let iterator = attribute(block, "iterator").and_then(|iterator| iterator.value.as_variable());
        let iterator = iterator.map_or(name, |iterator| iterator.as_str());
        let Some(pairs) = pairs(&each) else {
            return match &each.value {
                Value::Null => Vec::new(),
                Value::Unknown(unknown) => vec![because(&place, &written, unknown)],
                _ => vec![failed(&place, &written, "is wrong: it goes through neither a list nor a map")],
            };
        };
        let body = |(key, value): (Node, Node)| {
            let part = |name: &str, node: Node| Entry { key: name.to_owned(), place: place.clone(), node };
            let bound = Node::new(&place, Value::Map(vec![part("key", key), part("value", value)]));
            self.body(content, &scope.with([(iterator.to_owned(), bound)]))
        };
        pairs.into_iter().map(body).collect()
    }
}

fn dynamic_name(block: &Block) -> Option<&str> {
    match (block.ident.as_str(), block.labels.as_slice()) {
        ("dynamic", [name]) => Some(name.as_str()),
        _ => None,
    }
}

/// The names of the blocks in a body, each once, in their order.
fn names_of_blocks(body: &Body) -> Vec<&str> {
    let mut names: Vec<&str> = Vec::new();
    for block in body.blocks() {
        let name = dynamic_name(block).unwrap_or(block.ident.as_str());
        if !META.contains(&name) && !names.contains(&name) {
            names.push(name);
        }
    }
    names
}
