//! `for` expressions.

use std::collections::HashMap;

use hcl_edit::expr::{Expression, ForExpr};

use super::evaluator::{Evaluator, because, failed};
use super::functions::convert::to_bool;
use super::scope::Scope;
use crate::artefacts::node::{Entry, Node, Text, Value};
use crate::artefacts::place::Place;

impl<'m> Evaluator<'m> {
    pub(super) fn for_expression(&self, of: &'m ForExpr, scope: &Scope<'m>, place: &Place, written: &str) -> Node {
        let collection = self.evaluate(&of.intro.collection_expr, scope);
        let Some(pairs) = pairs(&collection) else {
            return match &collection.value {
                Value::Unknown(unknown) => because(place, written, unknown),
                _ => failed(place, written, "is wrong: it goes through neither a list nor a map"),
            };
        };
        let mut elements = Vec::new();
        let mut entries = Entries::default();
        for (key, value) in pairs {
            let mut names = vec![(of.intro.value_var.to_string(), value)];
            names.extend(of.intro.key_var.as_ref().map(|name| (name.to_string(), key)));
            let scope = scope.with(names.into_iter().map(|(name, node)| (name.trim().to_owned(), node)));
            match self.is_wanted(of.cond.as_ref().map(|condition| &condition.expr), &scope) {
                Ok(true) => {}
                Ok(false) => continue,
                Err(cause) => return because_of(place, written, &cause),
            }
            let value = self.evaluate(&of.value_expr, &scope);
            let Some(key) = &of.key_expr else {
                elements.push(value);
                continue;
            };
            let key = self.evaluate(key, &scope);
            match key.value.to_text().filter(Text::is_known) {
                Some(text) => entries.add(&text.text, value, of.grouping),
                None => return because_of(place, written, &key),
            }
        }
        let value = if of.key_expr.is_some() { Value::Map(entries.entries) } else { Value::List(elements) };
        self.kept(Node::new(place, value), written)
    }

    fn is_wanted(&self, condition: Option<&'m Expression>, scope: &Scope<'m>) -> Result<bool, Node> {
        let Some(condition) = condition else {
            return Ok(true);
        };
        let node = self.evaluate(condition, scope);
        match to_bool(&node.value) {
            Some(Value::Bool(value)) => Ok(value),
            _ => Err(node),
        }
    }
}

/// The result as a whole, where a part that decides is not known.
fn because_of(place: &Place, written: &str, cause: &Node) -> Node {
    match cause.unknowns().first() {
        Some(unknown) => because(place, written, unknown),
        None => failed(place, written, "is wrong: a key is no text, or a condition neither true nor false"),
    }
}

/// A map that is being made.
#[derive(Default)]
struct Entries {
    entries: Vec<Entry>,
    index: HashMap<String, usize>,
}

impl Entries {
    /// Adds a value: later ones replace earlier ones, or are gathered with them.
    fn add(&mut self, key: &str, node: Node, grouping: bool) {
        let place = node.place.clone();
        match (self.index.get(key).map(|index| &mut self.entries[*index].node), grouping) {
            (Some(Node { value: Value::List(group), .. }), true) => group.push(node),
            (Some(known), _) => *known = node,
            (None, grouping) => {
                let node = if grouping { Node::new(&place, Value::List(vec![node])) } else { node };
                self.index.insert(key.to_owned(), self.entries.len());
                self.entries.push(Entry { key: key.to_owned(), place, node });
            }
        }
    }
}

/// What a collection has, with the keys or indices; maps in the order of their keys.
pub(super) fn pairs(collection: &Node) -> Option<Vec<(Node, Node)>> {
    match &collection.value {
        Value::List(elements) => {
            let pair =
                |(index, node): (usize, &Node)| (Node::new(&node.place, Value::number(index as f64)), node.clone());
            Some(elements.iter().enumerate().map(pair).collect())
        }
        Value::Map(entries) => {
            let mut entries: Vec<_> = entries.iter().collect();
            entries.sort_by(|one, other| one.key.cmp(&other.key));
            let pair = |entry: &Entry| (Node::new(&entry.place, Value::text(entry.key.as_str())), entry.node.clone());
            Some(entries.into_iter().map(pair).collect())
        }
        _ => None,
    }
}
