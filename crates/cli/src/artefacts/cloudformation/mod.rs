//! CloudFormation's templates, and so CDK's output.

mod condition;
mod function;
mod pseudo;
mod reference;
mod resource;
mod substitution;
mod template;

use super::budget::Budget;
use super::error::ReadError;
use super::found::Artefacts;
use super::node::{Node, Value};
use super::options::Options;
use template::Template;

/// Whether a document is a template.
pub(crate) fn is_template(document: &Node) -> bool {
    let is_resource = |node: &Node| node.get("Type").is_some();
    match document.get("Resources").map(|node| &node.value) {
        Some(Value::Map(entries)) => {
            entries.iter().any(|entry| is_resource(&entry.node)) || document.get("AWSTemplateFormatVersion").is_some()
        }
        _ => false,
    }
}

/// Reads a template.
pub(crate) fn read(document: &Node, budget: &Budget, options: &Options) -> Result<Artefacts, ReadError> {
    let template = Template::new(document, budget, options)?;
    let mut artefacts = Artefacts::default();
    for (logical_id, resource) in template.resources() {
        resource::read(&template, logical_id, resource, &mut artefacts)?;
    }
    match budget.is_exhausted() {
        false => Ok(artefacts),
        true => {
            let message = format!("the template takes more than {} steps to read", super::STEPS_MAX);
            Err(ReadError::at(&document.place, message))
        }
    }
}

#[cfg(test)]
mod tests;
