//! References, and the way from a value to its parts.

use hcl_edit::Decorated;
use hcl_edit::expr::{Expression, Traversal, TraversalOperator};

use super::evaluator::{Evaluator, Named, because, failed, unknown};
use super::module::Kind;
use super::scope::Scope;
use crate::artefacts::node::{Node, Value};
use crate::artefacts::place::Place;

type Operators<'m> = &'m [Decorated<TraversalOperator>];

/// Where a reference stands, and how it is written.
#[derive(Clone, Copy)]
pub(super) struct Site<'s> {
    pub(super) place: &'s Place,
    pub(super) written: &'s str,
}

impl<'m> Evaluator<'m> {
    pub(super) fn traversal(&self, of: &'m Traversal, scope: &Scope<'m>, place: &Place, written: &str) -> Node {
        let site = Site { place, written };
        let operators = of.operators.as_slice();
        let (root, rest) = match &of.expr {
            Expression::Variable(name) if scope.name(name.as_str()).is_none() => {
                self.root(name.as_str(), operators, scope, site)
            }
            other => (self.evaluate(other, scope), operators),
        };
        Node { place: place.clone(), ..self.follow(root, rest, scope, site) }
    }

    /// What a reference begins with, and the operators that are left.
    fn root(&self, name: &str, operators: Operators<'m>, scope: &Scope<'m>, site: Site<'_>) -> (Node, Operators<'m>) {
        let Site { place, written } = site;
        let (first, rest) = match operators.split_first() {
            Some((operator, rest)) => (attribute_name(operator), rest),
            None => (None, operators),
        };
        let Some(first) = first else {
            return (failed(place, written, "is no reference"), &[]);
        };
        let node = match (name, first) {
            ("var", first) => self.variable(scope.instance, first, place, written),
            ("local", first) => self.local(scope.instance, first, site),
            ("each", "key") => self.bound(scope.each.as_ref().map(|each| &each.0), site),
            ("each", "value") => self.bound(scope.each.as_ref().map(|each| &each.1), site),
            ("count", "index") => self.bound(scope.count.as_ref(), site),
            ("path", "cwd" | "root") => Node::new(place, Value::text(".")),
            ("path", "module") => {
                let folder = self.instance(scope.instance).module.folder.to_string_lossy().into_owned();
                Node::new(place, Value::text(if scope.instance == 0 { ".".to_owned() } else { folder }))
            }
            ("terraform", "workspace") => Node::new(place, Value::text(self.options.workspace.as_str())),
            ("module", first) => match self.modules_of_call(scope.instance, first) {
                Some(expansion) => self.whole_of(&expansion, place),
                None => failed(place, written, format!("is not there: no module is called {first}")),
            },
            ("data", first) => {
                let Some((name, rest)) =
                    rest.split_first().and_then(|(name, rest)| Some((attribute_name(name)?, rest)))
                else {
                    return (failed(place, written, "is no reference"), &[]);
                };
                return (self.block(Kind::Data, first, name, scope, site), rest);
            }
            ("self" | "each" | "count" | "path" | "terraform", _) => failed(place, written, "is not known here"),
            (of_type, name) => self.block(Kind::Resource, of_type, name, scope, site),
        };
        (node, rest)
    }

    fn bound(&self, node: Option<&Node>, site: Site<'_>) -> Node {
        match node {
            Some(node) => self.copy(node, site.place),
            None => failed(site.place, site.written, "is not known here"),
        }
    }

    fn local(&self, instance: usize, name: &str, site: Site<'_>) -> Node {
        let module = self.instance(instance).module;
        let Some((source, expression)) = module.local(name) else {
            return failed(site.place, site.written, format!("is not declared: there is no local value {name}"));
        };
        let scope = Scope::new(instance, source);
        let named = Named::Local(instance, name.to_owned());
        self.remembered(named, site.place, site.written, || self.evaluate(expression, &scope))
    }

    fn block(&self, kind: Kind, of_type: &str, name: &str, scope: &Scope<'m>, site: Site<'_>) -> Node {
        if let Some(expansion) = self.things_of_block(scope.instance, kind, of_type, name) {
            return self.whole_of(&expansion, site.place);
        }
        let reason = match of_type.contains('_') {
            true => "is not declared, or its number depends on itself",
            false => "is no name that is known here",
        };
        failed(site.place, site.written, reason)
    }

    /// Goes from a value to the part that operators name.
    fn follow(&self, node: Node, operators: Operators<'m>, scope: &Scope<'m>, site: Site<'_>) -> Node {
        let Some((operator, rest)) = operators.split_first() else {
            return node;
        };
        let Some(_level) = self.budget.enter() else {
            return unknown(site.place, site.written, "is nested or repeated more than can be read");
        };
        match operator.value() {
            TraversalOperator::GetAttr(name) => {
                self.follow(self.attribute(node, name.as_str(), site), rest, scope, site)
            }
            TraversalOperator::Index(index) => {
                let index = self.evaluate(index, scope);
                self.follow(element(node, &index, site), rest, scope, site)
            }
            TraversalOperator::LegacyIndex(index) => {
                let index = Node::new(site.place, Value::number(*index.value() as f64));
                self.follow(element(node, &index, site), rest, scope, site)
            }
            TraversalOperator::FullSplat(_) => self.splat(node, rest, scope, site),
            TraversalOperator::AttrSplat(_) => {
                let is_attribute = |operator: &Decorated<TraversalOperator>| attribute_name(operator).is_some();
                let (each, whole) = rest.split_at(rest.iter().take_while(|operator| is_attribute(operator)).count());
                let all = self.splat(node, each, scope, site);
                self.follow(all, whole, scope, site)
            }
        }
    }

    /// The same part of every element; of one value as of a list that has only it.
    fn splat(&self, node: Node, each: Operators<'m>, scope: &Scope<'m>, site: Site<'_>) -> Node {
        let elements = match node.value {
            Value::List(elements) => elements,
            Value::Null => Vec::new(),
            Value::Unknown(ref unknown) if unknown.whole.is_none() => return node,
            _ => vec![node],
        };
        let parts = elements.into_iter().map(|element| self.follow(element, each, scope, site)).collect();
        Node::new(site.place, Value::List(parts))
    }

    /// One attribute of a value.
    fn attribute(&self, node: Node, name: &str, site: Site<'_>) -> Node {
        match node.value {
            Value::Map(entries) => match entries.into_iter().find(|entry| entry.key == name) {
                Some(entry) => entry.node,
                None => failed(site.place, site.written, format!("is not there: nothing is called {name}")),
            },
            Value::Unknown(unknown) => match unknown.whole {
                Some(thing) => self.attribute_of(thing, name, site),
                None => because(site.place, site.written, &unknown),
            },
            other => failed(site.place, site.written, format!("is not there: {} has no {name}", other.kind())),
        }
    }
}

fn attribute_name(operator: &Decorated<TraversalOperator>) -> Option<&str> {
    match operator.value() {
        TraversalOperator::GetAttr(name) => Some(name.as_str()),
        _ => None,
    }
}

/// One element of a list, or one value of a map.
fn element(node: Node, index: &Node, site: Site<'_>) -> Node {
    if let Some(unknown) = index.unknowns().first() {
        return because(site.place, site.written, unknown);
    }
    let key = index.value.to_text().map(|text| text.text).unwrap_or_default();
    match node.value {
        Value::List(mut elements) => match key.parse::<usize>().ok().filter(|index| *index < elements.len()) {
            Some(index) => elements.swap_remove(index),
            None => failed(site.place, site.written, format!("is not there: the list has no element {key}")),
        },
        Value::Map(entries) => match entries.into_iter().find(|entry| entry.key == key) {
            Some(entry) => entry.node,
            None => failed(site.place, site.written, format!("is not there: nothing is called {key}")),
        },
        // Where the number of things is not known, one of them stands for all.
        Value::Unknown(ref unknown) if unknown.whole.is_some() => node,
        Value::Unknown(unknown) => because(site.place, site.written, &unknown),
        other => failed(site.place, site.written, format!("is not there: {} has no elements", other.kind())),
    }
}
