//! Expressions.

use std::collections::HashSet;

use hcl_edit::expr::{Array, Conditional, Expression, Object, ObjectKey};

use super::evaluator::{Evaluator, because, failed, unknown};
use super::functions::convert::to_bool;
use super::heredoc::literals;
use super::scope::Scope;
use crate::artefacts::node::{Entry, Node, Text, Value};
use crate::artefacts::place::Place;

impl<'m> Evaluator<'m> {
    /// The value of an expression. It never fails: what cannot be told is [`Value::Unknown`].
    pub(super) fn evaluate(&self, expression: &'m Expression, scope: &Scope<'m>) -> Node {
        let place = scope.place(expression);
        let written = scope.written(expression);
        let Some(_level) = self.budget.enter() else {
            return unknown(&place, written, "is nested or repeated more than can be read");
        };
        let value = match expression {
            Expression::Null(_) => Value::Null,
            Expression::Bool(value) => Value::Bool(*value.value()),
            Expression::Number(number) => Value::number(number.value().as_f64().unwrap_or(f64::NAN)),
            Expression::String(text) => return self.text(Text::from(text.as_str()), &place),
            Expression::Array(array) => return self.kept(self.array(array, scope), written),
            Expression::Object(object) => return self.object(object, scope, written),
            Expression::StringTemplate(template) => {
                return self.template(template, None, scope, &place, written);
            }
            Expression::HeredocTemplate(heredoc) => {
                let literals = literals(heredoc, &scope.source.text);
                return self.template(&heredoc.template, Some(&literals), scope, &place, written);
            }
            Expression::Parenthesis(inner) => return self.evaluate(inner.inner(), scope),
            Expression::Variable(name) => match scope.name(name.as_str()) {
                Some(node) => return self.copy(node, &place),
                None => return failed(&place, written, "is no name that is known here"),
            },
            Expression::Conditional(conditional) => return self.conditional(conditional, scope, written),
            Expression::FuncCall(call) => return self.call(call, scope, &place, written),
            Expression::Traversal(traversal) => return self.traversal(traversal, scope, &place, written),
            Expression::UnaryOp(operation) => return self.unary(operation, scope, &place, written),
            Expression::BinaryOp(operation) => return self.binary(operation, scope, &place, written),
            Expression::ForExpr(expression) => return self.for_expression(expression, scope, &place, written),
        };
        Node { place, value }
    }

    fn array(&self, array: &'m Array, scope: &Scope<'m>) -> Node {
        let elements = array.iter().map(|element| self.evaluate(element, scope)).collect();
        Node { place: scope.place(array), value: Value::List(elements) }
    }

    fn object(&self, object: &'m Object, scope: &Scope<'m>, written: &str) -> Node {
        let place = scope.place(object);
        let mut entries: Vec<Entry> = Vec::new();
        let mut seen = HashSet::new();
        for (key, value) in object.iter() {
            let (key_place, key) = match key {
                ObjectKey::Ident(name) => (scope.place(name), Text::from(name.as_str())),
                ObjectKey::Expression(key) => {
                    let node = self.evaluate(key, scope);
                    match node.value.to_text() {
                        Some(text) => (scope.place(key), text),
                        None => return failed(&place, written, "has a key that is no text"),
                    }
                }
            };
            if let Some(unknown) = key.unknown.first() {
                return because(&place, written, unknown);
            }
            if !seen.insert(key.text.clone()) {
                return failed(&place, written, format!("has the key {} twice", key.text));
            }
            entries.push(Entry { key: key.text, place: key_place, node: self.evaluate(value.expr(), scope) });
        }
        self.kept(Node { place, value: Value::Map(entries) }, written)
    }

    fn conditional(&self, conditional: &'m Conditional, scope: &Scope<'m>, written: &str) -> Node {
        let condition = self.evaluate(&conditional.cond_expr, scope);
        let place = scope.place(conditional);
        let branch = match (to_bool(&condition.value), condition.unknowns().first()) {
            (Some(Value::Bool(true)), _) => &conditional.true_expr,
            (Some(Value::Bool(false)), _) => &conditional.false_expr,
            (_, Some(unknown)) => return because(&place, written, unknown),
            (_, None) => return failed(&place, written, "has a condition that is neither true nor false"),
        };
        self.evaluate(branch, scope)
    }

    /// A text that was made, as far as the budget allows.
    pub(super) fn text(&self, text: Text, place: &Place) -> Node {
        match self.budget.take_text(&text.text) {
            true => Node::new(place, Value::Text(text)),
            false => unknown(place, "this text", "is longer than can be read"),
        }
    }
}
