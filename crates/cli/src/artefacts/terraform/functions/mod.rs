//! Functions.
//!
//! Those that alarms are written with are computed here; any other gives a value that is not known,
//! with its name as the reason.

mod collection;
pub(super) mod convert;
mod format;
mod number;
mod text;

use std::sync::Arc;

use hcl_edit::expr::FuncCall;

use super::evaluator::{Evaluator, because, failed, unknown};
use super::scope::Scope;
use crate::artefacts::node::{Node, Text, Unknown, Value};
use crate::artefacts::place::Place;

/// What a function gives, or why it gives nothing.
type Outcome = Result<Value, Refusal>;

/// Why a function gives nothing.
enum Refusal {
    /// Its arguments are wrong.
    Wrong(String),
    /// They are not known.
    Unknown(Arc<Unknown>),
    /// There is no such function here.
    NotComputed,
}

impl Refusal {
    fn wrong<T>(message: impl Into<String>) -> Result<T, Self> {
        Err(Self::Wrong(message.into()))
    }
}

/// Functions that leave what is not known where it is. All others give nothing that is known when
/// any part of their arguments is not.
const LOOK_THROUGH: [&str; 17] = [
    "concat",
    "element",
    "flatten",
    "format",
    "join",
    "jsonencode",
    "keys",
    "length",
    "lookup",
    "merge",
    "reverse",
    "slice",
    "tolist",
    "tomap",
    "toset",
    "tostring",
    "values",
];

impl<'m> Evaluator<'m> {
    pub(super) fn call(&self, call: &'m FuncCall, scope: &Scope<'m>, place: &Place, written: &str) -> Node {
        let name = call.name.name.as_str();
        if call.name.is_namespaced() {
            return unknown(place, written, "is a function of a provider, which is not computed here");
        }
        if name == "try" || name == "can" {
            return self.attempt(call, name, scope, place, written);
        }
        let mut arguments: Vec<Node> = call.args.iter().map(|argument| self.evaluate(argument, scope)).collect();
        if call.args.expand_final() {
            match arguments.pop().map(|last| last.value) {
                Some(Value::List(last)) => arguments.extend(last),
                Some(Value::Unknown(cause)) => return because(place, written, &cause),
                _ => return failed(place, written, "is wrong: expected a list before ..."),
            }
        }
        if !LOOK_THROUGH.contains(&name)
            && let Some(cause) = arguments.iter().flat_map(Node::unknowns).next()
        {
            return because(place, written, &cause);
        }
        let steps: u64 = arguments.iter().map(Node::steps).sum();
        if !self.budget.take(steps) {
            return unknown(place, written, "is repeated more than can be read");
        }
        match apply(name, &arguments, place) {
            Ok(value) => self.kept(Node::new(place, value), written),
            Err(Refusal::Unknown(cause)) => because(place, written, &cause),
            Err(Refusal::Wrong(message)) => failed(place, written, format!("is wrong: {message}")),
            Err(Refusal::NotComputed) => unknown(place, written, format!("calls {name}, which is not computed here")),
        }
    }

    /// `try` and `can`: the first argument that does not fail.
    fn attempt(&self, call: &'m FuncCall, name: &str, scope: &Scope<'m>, place: &Place, written: &str) -> Node {
        for argument in call.args.iter() {
            let node = self.evaluate(argument, scope);
            let has_failed = node.unknowns().iter().any(|unknown| unknown.failed);
            match (name, has_failed) {
                ("can", _) => return Node::new(place, Value::Bool(!has_failed)),
                (_, false) => return Node { place: place.clone(), ..node },
                (_, true) => {}
            }
        }
        failed(place, written, "is wrong: no argument can be computed")
    }
}

fn apply(name: &str, arguments: &[Node], place: &Place) -> Outcome {
    match text::apply(name, arguments, place) {
        Err(Refusal::NotComputed) => {}
        outcome => return outcome,
    }
    match collection::apply(name, arguments, place) {
        Err(Refusal::NotComputed) => {}
        outcome => return outcome,
    }
    match number::apply(name, arguments) {
        Err(Refusal::NotComputed) => convert::apply(name, arguments, place),
        outcome => outcome,
    }
}

/// One argument.
fn argument(arguments: &[Node], index: usize) -> Result<&Node, Refusal> {
    arguments.get(index).ok_or_else(|| Refusal::Wrong(format!("expected an argument {}", index + 1)))
}

/// One argument that is a text of which all is known.
fn text_at(arguments: &[Node], index: usize) -> Result<String, Refusal> {
    let node = argument(arguments, index)?;
    match node.value.to_text() {
        Some(Text { text, unknown }) => match unknown.into_iter().next() {
            Some(unknown) => Err(Refusal::Unknown(unknown)),
            None => Ok(text),
        },
        None => Refusal::wrong(format!("expected a text, found {}", node.value.kind())),
    }
}

/// One argument that is a number.
fn number_at(arguments: &[Node], index: usize) -> Result<f64, Refusal> {
    let node = argument(arguments, index)?;
    match (convert::to_number(&node.value), node.unknowns().into_iter().next()) {
        (Some(Value::Number(number)), _) => Ok(number.value),
        (_, Some(unknown)) => Err(Refusal::Unknown(unknown)),
        _ => Refusal::wrong(format!("expected a number, found {}", node.value.kind())),
    }
}

/// One argument that is a list.
fn list_at(arguments: &[Node], index: usize) -> Result<&[Node], Refusal> {
    let node = argument(arguments, index)?;
    match &node.value {
        Value::List(elements) => Ok(elements),
        Value::Unknown(unknown) => Err(Refusal::Unknown(Arc::clone(unknown))),
        other => Refusal::wrong(format!("expected a list, found {}", other.kind())),
    }
}
