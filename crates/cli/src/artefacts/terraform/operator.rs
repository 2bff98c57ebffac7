//! Operators.

use hcl_edit::expr::{BinaryOp, BinaryOperator, UnaryOp, UnaryOperator};

use super::evaluator::{Evaluator, because, failed};
use super::functions::convert::{to_bool, to_number};
use super::scope::Scope;
use crate::artefacts::node::{Entry, Node, Value};
use crate::artefacts::place::Place;

impl<'m> Evaluator<'m> {
    pub(super) fn unary(&self, operation: &'m UnaryOp, scope: &Scope<'m>, place: &Place, written: &str) -> Node {
        let operand = self.evaluate(&operation.expr, scope);
        if let Some(unknown) = operand.unknowns().first() {
            return because(place, written, unknown);
        }
        let value = match operation.operator.value() {
            UnaryOperator::Neg => number(&operand).map(|value| Value::number(-value)),
            UnaryOperator::Not => boolean(&operand).map(|value| Value::Bool(!value)),
        };
        match value {
            Some(value) => Node::new(place, value),
            None => failed(place, written, "is wrong: the operator does not fit the value"),
        }
    }

    pub(super) fn binary(&self, operation: &'m BinaryOp, scope: &Scope<'m>, place: &Place, written: &str) -> Node {
        let operator = *operation.operator.value();
        let left = self.evaluate(&operation.lhs_expr, scope);
        let decides = match operator {
            BinaryOperator::And => Some(false),
            BinaryOperator::Or => Some(true),
            _ => None,
        };
        if decides.is_some() && boolean(&left) == decides {
            return Node::new(place, left.value);
        }
        let right = self.evaluate(&operation.rhs_expr, scope);
        if decides.is_some() && boolean(&right) == decides {
            return Node::new(place, right.value);
        }
        if let Some(unknown) = left.unknowns().first().or(right.unknowns().first()) {
            return because(place, written, unknown);
        }
        match apply(operator, &left, &right) {
            Some(value) => Node::new(place, value),
            None => failed(place, written, "is wrong: the operator does not fit the values"),
        }
    }
}

fn number(node: &Node) -> Option<f64> {
    match to_number(&node.value)? {
        Value::Number(number) => Some(number.value),
        _ => None,
    }
}

fn boolean(node: &Node) -> Option<bool> {
    match to_bool(&node.value)? {
        Value::Bool(value) => Some(value),
        _ => None,
    }
}

fn apply(operator: BinaryOperator, left: &Node, right: &Node) -> Option<Value> {
    let arithmetic = |compute: fn(f64, f64) -> f64| {
        let result = compute(number(left)?, number(right)?);
        result.is_finite().then(|| Value::number(result))
    };
    let comparison = |compare: fn(&f64, &f64) -> bool| Some(Value::Bool(compare(&number(left)?, &number(right)?)));
    match operator {
        BinaryOperator::Eq => Some(Value::Bool(equal(left, right))),
        BinaryOperator::NotEq => Some(Value::Bool(!equal(left, right))),
        BinaryOperator::Less => comparison(f64::lt),
        BinaryOperator::LessEq => comparison(f64::le),
        BinaryOperator::Greater => comparison(f64::gt),
        BinaryOperator::GreaterEq => comparison(f64::ge),
        BinaryOperator::Plus => arithmetic(|one, other| one + other),
        BinaryOperator::Minus => arithmetic(|one, other| one - other),
        BinaryOperator::Mul => arithmetic(|one, other| one * other),
        BinaryOperator::Div => arithmetic(|one, other| one / other),
        BinaryOperator::Mod => arithmetic(|one, other| one % other),
        // Neither of them decided, so that the result is what the right one is.
        BinaryOperator::And | BinaryOperator::Or => boolean(left).and(boolean(right)).map(Value::Bool),
    }
}

/// Whether two values of which all is known are the same.
pub(super) fn equal(one: &Node, other: &Node) -> bool {
    match (&one.value, &other.value) {
        (Value::Null, Value::Null) => true,
        (Value::Bool(one), Value::Bool(other)) => one == other,
        (Value::Number(one), Value::Number(other)) => one.value == other.value,
        (Value::Text(one), Value::Text(other)) => one.text == other.text,
        (Value::List(one), Value::List(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| equal(one, other))
        }
        (Value::Map(one), Value::Map(_)) => {
            let same = |entry: &Entry| other.get(&entry.key).is_some_and(|node| equal(&entry.node, node));
            one.len() == other.entries().map_or(0, <[_]>::len) && one.iter().all(same)
        }
        _ => false,
    }
}
