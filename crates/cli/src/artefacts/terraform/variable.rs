//! Variables of modules.

use super::evaluator::{Evaluator, Named, failed, unknown};
use super::module::attribute;
use super::scope::Scope;
use super::values::GivenValue;
use crate::artefacts::node::{Node, Value};
use crate::artefacts::place::Place;

impl Evaluator<'_> {
    /// The value of `var.NAME`.
    pub(super) fn variable(&self, instance: usize, name: &str, place: &Place, written: &str) -> Node {
        let within = self.instance(instance);
        let Some(at) = within.module.variables.get(name) else {
            return failed(place, written, format!("is not declared: there is no variable {name}"));
        };
        let (source, block) = within.module.block(*at);
        let scope = Scope::new(instance, source);
        self.remembered(Named::Variable(instance, name.to_owned()), place, written, || {
            let constraint = attribute(block, "type").map(|attribute| &attribute.value);
            let is_text =
                constraint.and_then(|of_type| of_type.as_variable()).is_some_and(|name| name.as_str() == "string");
            let given = match &within.caller {
                Some(caller) => attribute(caller.block, name).map(|given| self.evaluate(&given.value, &caller.scope)),
                None => self.given(instance, name, is_text, place),
            };
            let given = given.filter(|node| !matches!(node.value, Value::Null));
            let default = || attribute(block, "default").map(|default| self.evaluate(&default.value, &scope));
            let Some(node) = given.or_else(default) else {
                return unknown(place, written, format!("has no value: variable {name} has no default"));
            };
            match constraint {
                Some(constraint) => self.convert(node, constraint, &scope, written),
                None => node,
            }
        })
    }

    /// What is given for a variable of the root module.
    fn given(&self, instance: usize, name: &str, is_text: bool, place: &Place) -> Option<Node> {
        Some(match self.values.get(name)? {
            GivenValue::Node(node) => node.clone(),
            GivenValue::Expression(source, expression) => self.evaluate(expression, &Scope::new(instance, source)),
            GivenValue::Text(source, Some(expression)) if !is_text && expression.as_variable().is_none() => {
                Node { place: place.clone(), ..self.evaluate(expression, &Scope::new(instance, source)) }
            }
            GivenValue::Text(source, _) => Node::new(place, Value::text(source.text.as_str())),
        })
    }
}
