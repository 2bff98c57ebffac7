//! Type constraints of variables: what a value becomes, and what is added to it.

use hcl_edit::expr::Expression;

use super::evaluator::{Evaluator, failed};
use super::functions::convert::{to_bool, to_number, to_set};
use super::scope::Scope;
use crate::artefacts::node::{Entry, Node, Value};

impl<'m> Evaluator<'m> {
    /// Converts a value to what a constraint wants; `written` is who has the value.
    pub(super) fn convert(&self, node: Node, constraint: &'m Expression, scope: &Scope<'m>, written: &str) -> Node {
        let Some(_level) = self.budget.enter() else {
            return failed(&node.place, written, "is nested more than can be read");
        };
        if matches!(node.value, Value::Null | Value::Unknown(_)) {
            return node;
        }
        match constraint {
            Expression::Variable(name) => self.convert_to(node, name.as_str(), written),
            Expression::FuncCall(call) => {
                let kind = call.name.name.as_str();
                match (kind, call.args.get(0)) {
                    ("list" | "set", Some(element)) => {
                        let list = self.convert_to(node, kind, written);
                        self.convert_elements(list, element, scope, written)
                    }
                    ("map", Some(element)) => self.convert_values(node, element, scope, written),
                    ("object", Some(Expression::Object(object))) => {
                        let declared =
                            object.iter().filter_map(|(key, value)| Some((key.as_ident()?.as_str(), value.expr())));
                        self.convert_object(node, declared.collect(), scope, written)
                    }
                    ("optional", Some(inner)) => self.convert(node, inner, scope, written),
                    _ => node,
                }
            }
            _ => node,
        }
    }

    fn convert_to(&self, node: Node, kind: &str, written: &str) -> Node {
        let converted = match kind {
            "string" => node.value.to_text().map(Value::Text),
            "number" => to_number(&node.value),
            "bool" => to_bool(&node.value),
            "set" => to_set(&node).map(Value::List),
            "list" => node.elements().map(|elements| Value::List(elements.to_vec())),
            "map" => node.entries().map(|entries| Value::Map(entries.to_vec())),
            _ => return node,
        };
        match converted {
            Some(value) => Node::new(&node.place, value),
            None => failed(&node.place, written, format!("is {}, which is no {kind}", node.value.kind())),
        }
    }

    fn convert_elements(&self, node: Node, to: &'m Expression, scope: &Scope<'m>, written: &str) -> Node {
        let Value::List(elements) = node.value else {
            return node;
        };
        let convert = |element| self.convert(element, to, scope, written);
        Node { place: node.place, value: Value::List(elements.into_iter().map(convert).collect()) }
    }

    fn convert_values(&self, node: Node, to: &'m Expression, scope: &Scope<'m>, written: &str) -> Node {
        let node = self.convert_to(node, "map", written);
        let Value::Map(entries) = node.value else {
            return node;
        };
        let convert = |entry: Entry| Entry { node: self.convert(entry.node, to, scope, written), ..entry };
        Node { place: node.place, value: Value::Map(entries.into_iter().map(convert).collect()) }
    }

    /// Keeps the attributes that are declared, and adds those that are optional.
    fn convert_object(
        &self,
        node: Node,
        declared: Vec<(&str, &'m Expression)>,
        scope: &Scope<'m>,
        written: &str,
    ) -> Node {
        let node = self.convert_to(node, "map", written);
        let Value::Map(entries) = &node.value else {
            return node;
        };
        let mut converted = Vec::new();
        for (key, constraint) in declared {
            let written = format!("{written}.{key}");
            let found = entries.iter().find(|entry| entry.key == key);
            let there = found.filter(|entry| !matches!(entry.node.value, Value::Null));
            let value = match (there, optional(constraint)) {
                (Some(entry), _) => self.convert(entry.node.clone(), constraint, scope, &written),
                (None, Some(Some(default))) => {
                    let default = self.evaluate(default, scope);
                    self.convert(default, constraint, scope, &written)
                }
                (None, Some(None)) => Node::new(&node.place, Value::Null),
                (None, None) if found.is_some() => Node::new(&node.place, Value::Null),
                (None, None) => failed(&node.place, &written, "is not given, and is not optional"),
            };
            let place = found.map_or(&node.place, |entry| &entry.place).clone();
            converted.push(Entry { key: key.to_owned(), place, node: value });
        }
        Node::new(&node.place, Value::Map(converted))
    }
}

/// Whether a constraint is `optional(...)`, and the default that it has.
fn optional(constraint: &Expression) -> Option<Option<&Expression>> {
    let call = constraint.as_func_call().filter(|call| call.name.name.as_str() == "optional")?;
    Some(call.args.get(1))
}
