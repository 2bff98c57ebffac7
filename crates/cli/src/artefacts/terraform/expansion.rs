//! `count` and `for_each`: how many things a block makes.

use std::rc::Rc;
use std::sync::Arc;

use hcl_edit::structure::Block;

use super::attribute::Thing;
use super::evaluator::{Evaluator, Expanded, failed, unknown, whole};
use super::module::{Kind, attribute};
use super::scope::Scope;
use crate::artefacts::error::ReadError;
use crate::artefacts::node::{Entry, Node, Unknown, Value};
use crate::artefacts::place::Place;

/// The most resources and modules that one reading makes.
pub const INSTANCES_MAX: usize = 10_000;

/// The things that a block makes.
pub(super) struct Expansion {
    pub(super) by: By,
    /// Their numbers, in order.
    pub(super) things: Vec<usize>,
    /// Why their number is not known; then there is one.
    pub(super) unknown: Option<Arc<Unknown>>,
}

/// What tells the things of a block apart.
pub(super) enum By {
    /// Nothing: there is one.
    None,
    Count,
    Each(Vec<String>),
}

impl<'m> Evaluator<'m> {
    /// The resources or data sources of a block; `None` when there is no such block, or it needs itself.
    pub(super) fn things_of_block(
        &self,
        instance: usize,
        kind: Kind,
        of_type: &str,
        name: &str,
    ) -> Option<Rc<Expansion>> {
        let within = self.instance(instance);
        let at = within.module.resources.get(&(kind, of_type.to_owned(), name.to_owned()))?;
        let (source, block) = within.module.block(*at);
        let data = if kind == Kind::Data { "data." } else { "" };
        let address = format!("{}{data}{of_type}.{name}", within.address);
        let expanded = Expanded::Block(kind, of_type.to_owned(), name.to_owned());
        let scope = Scope::new(instance, source);
        self.expand((instance, expanded), block, &scope, &address, |scope, address| {
            Thing::of_block(kind, block, scope, address)
        })
    }

    pub(super) fn expand(
        &self,
        key: (usize, Expanded),
        block: &'m Block,
        scope: &Scope<'m>,
        address: &str,
        make: impl Fn(&Scope<'m>, &str) -> Thing<'m>,
    ) -> Option<Rc<Expansion>> {
        let found = self.expansions.borrow().get(&key).cloned();
        if let Some(found) = found {
            return found;
        }
        self.expansions.borrow_mut().insert(key.clone(), None);
        let expansion = Rc::new(self.expand_anew(block, scope, address, make));
        self.expansions.borrow_mut().insert(key, Some(Rc::clone(&expansion)));
        Some(expansion)
    }

    fn expand_anew(
        &self,
        block: &'m Block,
        scope: &Scope<'m>,
        address: &str,
        make: impl Fn(&Scope<'m>, &str) -> Thing<'m>,
    ) -> Expansion {
        let add = |scope: &Scope<'m>, address: &str| {
            let thing = make(scope, address);
            let mut things = self.things.borrow_mut();
            things.push(Rc::new(thing));
            things.len() - 1
        };
        let [count, for_each] = ["count", "for_each"].map(|name| attribute(block, name));
        let (by, scopes, unknown) = match (count, for_each) {
            (Some(count), _) => counted(&self.evaluate(&count.value, scope), scope),
            (None, Some(each)) => keyed(&self.evaluate(&each.value, scope), scope),
            (None, None) => (By::None, vec![(String::new(), scope.clone())], None),
        };
        let wanted = self.things.borrow().len() + scopes.len();
        if wanted > INSTANCES_MAX {
            let place = scope.place(&block.ident);
            let message = format!("{address} makes {wanted} resources, more than the limit of {INSTANCES_MAX}");
            self.faults.borrow_mut().push(ReadError::at(&place, message));
            return Expansion { by: By::Count, things: Vec::new(), unknown: None };
        }
        let things = scopes.iter().map(|(key, scope)| add(scope, &format!("{address}{key}"))).collect();
        Expansion { by, things, unknown }
    }

    /// What a reference to the block is: one thing, a list or a map of them.
    pub(super) fn whole_of(&self, expansion: &Expansion, place: &Place) -> Node {
        let one = |number: usize| whole(place, &self.thing(number).address, number);
        let value = match &expansion.by {
            By::None => return one(expansion.things[0]),
            By::Count => Value::List(expansion.things.iter().map(|number| one(*number)).collect()),
            By::Each(keys) => {
                let entry = |(key, number): (&String, &usize)| Entry {
                    key: key.clone(),
                    place: place.clone(),
                    node: one(*number),
                };
                Value::Map(keys.iter().zip(&expansion.things).map(entry).collect())
            }
        };
        Node::new(place, value)
    }
}

type Scopes<'m> = (By, Vec<(String, Scope<'m>)>, Option<Arc<Unknown>>);

fn counted<'m>(count: &Node, scope: &Scope<'m>) -> Scopes<'m> {
    let indexed = |index: f64| Scope { count: Some(Node::new(&count.place, Value::number(index))), ..scope.clone() };
    let number = match &count.value {
        Value::Number(number) => Some(number.value),
        Value::Text(text) if text.is_known() => text.text.parse().ok(),
        _ => None,
    };
    if let Some(number) = number.filter(|number| number.fract() == 0.0 && *number >= 0.0) {
        let indices = 0..(number.min(INSTANCES_MAX as f64 + 1.0) as usize);
        return (By::Count, indices.map(|index| (format!("[{index}]"), indexed(index as f64))).collect(), None);
    }
    let unknown = one_unknown(count, "count is no number");
    let index = unknown_node(&count.place, "count.index", &unknown);
    (By::None, vec![("[?]".to_owned(), Scope { count: Some(index), ..scope.clone() })], Some(unknown))
}

fn keyed<'m>(each: &Node, scope: &Scope<'m>) -> Scopes<'m> {
    let mut pairs: Vec<(String, Node)> = match &each.value {
        Value::Map(entries) => entries.iter().map(|entry| (entry.key.clone(), entry.node.clone())).collect(),
        Value::List(elements) if elements.iter().all(|element| element.as_str().is_some()) => {
            elements.iter().map(|node| (node.as_str().unwrap_or_default().to_owned(), node.clone())).collect()
        }
        _ => {
            let unknown = one_unknown(each, "for_each is no map and no set of texts");
            let part = |name: &str| unknown_node(&each.place, name, &unknown);
            let scope = Scope { each: Some((part("each.key"), part("each.value"))), ..scope.clone() };
            return (By::None, vec![("[?]".to_owned(), scope)], Some(unknown));
        }
    };
    pairs.sort_by(|one, other| one.0.cmp(&other.0));
    pairs.dedup_by(|one, other| one.0 == other.0);
    let keys = pairs.iter().map(|(key, _)| key.clone()).collect();
    let scopes = pairs.into_iter().map(|(key, value)| {
        let address = format!("[{}]", serde_json::Value::from(key.as_str()));
        let key = Node::new(&each.place, Value::text(key));
        (address, Scope { each: Some((key, value)), ..scope.clone() })
    });
    (By::Each(keys), scopes.collect(), None)
}

fn one_unknown(node: &Node, otherwise: &str) -> Arc<Unknown> {
    node.unknowns().into_iter().next().unwrap_or_else(|| {
        match failed(&node.place, &node.value.kind(), otherwise).value {
            Value::Unknown(unknown) => unknown,
            _ => unreachable!("a failed value is unknown"),
        }
    })
}

fn unknown_node(place: &Place, source: &str, cause: &Unknown) -> Node {
    unknown(place, source, cause.reason.clone())
}
