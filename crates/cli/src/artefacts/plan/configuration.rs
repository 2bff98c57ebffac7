//! The configuration in a plan: what expressions refer to.

use std::collections::HashMap;

use super::address::{parts, split_module, without_index};
use super::list;
use super::planned::Planned;
use crate::artefacts::node::{Node, Value};

/// The most steps from a reference to what it means.
const STEPS_MAX: usize = 32;

/// The most references of one expression that are looked at.
const REFERENCES_MAX: usize = 200;

/// The configuration, by its modules and resources.
pub(super) struct Configuration<'n> {
    root: Option<&'n Node>,
    /// Resources by the names of their modules and their address in the module.
    resources: HashMap<(Vec<String>, String), &'n Node>,
}

impl<'n> Configuration<'n> {
    pub(super) fn new(document: &'n Node) -> Self {
        let root = document.get("configuration").and_then(|configuration| configuration.get("root_module"));
        let mut resources = HashMap::new();
        if let Some(root) = root {
            gather_resources(root, &[], &mut resources);
        }
        Self { root, resources }
    }

    /// The references in the expression of an attribute; `None` if it has no expression.
    pub(super) fn references(&self, address: &str, attribute: &str) -> Option<Vec<String>> {
        let (module, local) = split_module(address);
        let names: Vec<String> = module.iter().map(|name| without_index(name)).collect();
        let resource = self.resources.get(&(names, without_index(&local)))?;
        Some(references(resource.get("expressions")?.get(attribute)?))
    }

    /// The configuration of a module.
    fn module(&self, path: &[String]) -> Option<&'n Node> {
        let inner =
            |module: &'n Node, name: &String| module.get("module_calls")?.get(&without_index(name))?.get("module");
        path.iter().try_fold(self.root?, inner)
    }

    /// The ARNs of what a reference in a module means. Modules in its path that have no index stand
    /// for all of theirs.
    pub(super) fn resolve(&self, module: &[String], reference: &str, planned: &Planned<'_>) -> Vec<String> {
        let mut found = Vec::new();
        self.follow(module, reference, planned, &mut found, STEPS_MAX);
        found
    }

    fn follow(&self, module: &[String], reference: &str, planned: &Planned<'_>, found: &mut Vec<String>, steps: usize) {
        let parts = parts(reference);
        let part = |index: usize| parts.get(index).map(String::as_str);
        let (Some(steps), true) = (steps.checked_sub(1), found.len() < REFERENCES_MAX) else {
            return;
        };
        let mut follow_all = |module: &[String], expression: Option<&Node>| {
            for reference in expression.map(references).unwrap_or_default() {
                self.follow(module, &reference, planned, found, steps);
            }
        };
        match (part(0), part(1)) {
            (Some("var"), Some(name)) => {
                let Some((called, outer)) = module.split_last() else {
                    return;
                };
                let calls = self.module(outer).and_then(|module| module.get("module_calls"));
                let call = calls.and_then(|calls| calls.get(&without_index(called)));
                follow_all(outer, call.and_then(|call| call.get("expressions")?.get(&without_index(name))));
            }
            (Some("module"), Some(name)) => {
                let inner = [module, &[name.to_owned()]].concat();
                let outputs = self.module(&inner).and_then(|module| module.get("outputs"));
                let output = outputs.zip(part(2)).and_then(|(outputs, name)| outputs.get(&without_index(name)));
                follow_all(&inner, output.and_then(|output| output.get("expression")));
            }
            (Some(of_type), Some(name)) => found.extend(planned.arns(module, of_type, name)),
            _ => {}
        }
    }
}

fn gather_resources<'n>(module: &'n Node, names: &[String], resources: &mut HashMap<(Vec<String>, String), &'n Node>) {
    for resource in list(module, "resources") {
        if let Some(address) = resource.get("address").and_then(Node::as_str) {
            resources.insert((names.to_vec(), address.to_owned()), resource);
        }
    }
    for call in module.get("module_calls").and_then(Node::entries).unwrap_or_default() {
        if let Some(module) = call.node.get("module") {
            gather_resources(module, &[names, std::slice::from_ref(&call.key)].concat(), resources);
        }
    }
}

/// The references in an expression, and in the blocks that it may be. Those that only begin others
/// are left out.
fn references(expression: &Node) -> Vec<String> {
    let mut all = Vec::new();
    gather_references(expression, &mut all);
    all.truncate(REFERENCES_MAX);
    most_exact(&all)
}

fn gather_references(expression: &Node, all: &mut Vec<String>) {
    match &expression.value {
        Value::List(blocks) => blocks.iter().for_each(|block| gather_references(block, all)),
        Value::Map(entries) => {
            for entry in entries {
                match (entry.key.as_str(), &entry.node.value) {
                    ("references", Value::List(references)) => {
                        all.extend(references.iter().filter_map(Node::as_str).map(str::to_owned));
                    }
                    ("constant_value", _) => {}
                    _ => gather_references(&entry.node, all),
                }
            }
        }
        _ => {}
    }
}

fn most_exact(all: &[String]) -> Vec<String> {
    let begins = |one: &str, other: &str| other.strip_prefix(one).is_some_and(|rest| rest.starts_with(['.', '[']));
    let mut exact: Vec<String> = Vec::new();
    for reference in all {
        if !all.iter().any(|other| begins(reference, other)) && !exact.contains(reference) {
            exact.push(reference.clone());
        }
    }
    exact
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_that_begin_others_are_left_out() {
        let all = ["a.b.arn", "a.b", "a.bc", "var.x[0]", "var.x", "a.b.arn"].map(str::to_owned);
        assert_eq!(most_exact(&all), ["a.b.arn", "a.bc", "var.x[0]"]);
    }
}
