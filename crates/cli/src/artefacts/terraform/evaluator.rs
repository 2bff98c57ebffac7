//! What is shared by all that is evaluated: instances, memory, and the budget.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;

use super::attribute::Thing;
use super::expansion::Expansion;
use super::instance::Instance;
use super::module::{Kind, Modules};
use super::values::Values;
use crate::artefacts::budget::Budget;
use crate::artefacts::error::ReadError;
use crate::artefacts::node::{Node, Unknown, Value};
use crate::artefacts::options::Options;
use crate::artefacts::place::Place;

/// Computes values on demand: what nobody asks for costs nothing, and may be unknown.
pub(super) struct Evaluator<'m> {
    pub(super) modules: &'m Modules,
    pub(super) values: &'m Values,
    pub(super) options: &'m Options,
    pub(super) budget: Budget,
    pub(super) instances: RefCell<Vec<Rc<Instance<'m>>>>,
    /// What can be referred to as a whole: resources, data sources and modules.
    pub(super) things: RefCell<Vec<Rc<Thing<'m>>>>,
    pub(super) expansions: RefCell<Expansions>,
    memory: RefCell<HashMap<Named, Option<Node>>>,
    pub(super) faults: RefCell<Vec<ReadError>>,
}

/// What blocks make, by the instance of the module that they are in; `None` while that is computed.
type Expansions = HashMap<(usize, Expanded), Option<Rc<Expansion>>>;

/// What is made several times by one block.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Expanded {
    Block(Kind, String, String),
    Module(String),
}

/// What has a value that is remembered: the number says of which instance or thing.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Named {
    Variable(usize, String),
    Local(usize, String),
    Output(usize, String),
    Attribute(usize, String),
}

impl<'m> Evaluator<'m> {
    pub(super) fn new(modules: &'m Modules, values: &'m Values, options: &'m Options) -> Self {
        let root = Instance { module: modules.root(), address: String::new(), caller: None, depth: 0 };
        Self {
            modules,
            values,
            options,
            budget: Budget::default(),
            instances: RefCell::new(vec![Rc::new(root)]),
            things: RefCell::default(),
            expansions: RefCell::default(),
            memory: RefCell::default(),
            faults: RefCell::default(),
        }
    }

    pub(super) fn instance(&self, number: usize) -> Rc<Instance<'m>> {
        Rc::clone(&self.instances.borrow()[number])
    }

    pub(super) fn thing(&self, number: usize) -> Rc<Thing<'m>> {
        Rc::clone(&self.things.borrow()[number])
    }

    /// Computes a named value once; what needs itself is not known.
    pub(super) fn remembered(
        &self,
        named: Named,
        place: &Place,
        written: &str,
        compute: impl FnOnce() -> Node,
    ) -> Node {
        let found = self.memory.borrow().get(&named).cloned();
        match found {
            Some(Some(node)) => self.copy(&node, place),
            Some(None) => failed(place, written, "refers to itself"),
            None => {
                self.memory.borrow_mut().insert(named.clone(), None);
                let node = self.kept(compute(), written);
                let copy = self.copy(&node, place);
                self.memory.borrow_mut().insert(named, Some(node));
                copy
            }
        }
    }

    /// A value that was made, if it can be kept.
    pub(super) fn kept(&self, node: Node, written: &str) -> Node {
        match self.budget.take(node.steps()) && node.is_kept() {
            true => node,
            false => unknown(&node.place, written, "is larger or more nested than can be read"),
        }
    }

    /// The same value at another place, as far as the budget allows.
    pub(super) fn copy(&self, node: &Node, place: &Place) -> Node {
        match self.budget.take(node.steps()) {
            true => Node::new(place, node.value.clone()),
            false => unknown(place, "this value", "is repeated more than can be read"),
        }
    }
}

/// A value that is not known.
pub(super) fn unknown(place: &Place, source: &str, reason: impl Into<String>) -> Node {
    make(place, source, reason.into(), false, None)
}

/// A value that there is not, and that Terraform would refuse as well.
pub(super) fn failed(place: &Place, source: &str, reason: impl Into<String>) -> Node {
    make(place, source, reason.into(), true, None)
}

/// A thing as a whole.
pub(super) fn whole(place: &Place, source: &str, thing: usize) -> Node {
    make(place, source, "is known only when it is made".to_owned(), false, Some(thing))
}

fn make(place: &Place, source: &str, reason: String, failed: bool, whole: Option<usize>) -> Node {
    let unknown = Unknown { source: source.to_owned(), reason, place: place.clone(), failed, whole };
    Node::new(place, Value::Unknown(Arc::new(unknown)))
}

/// What depends on something that is not known: as written here, for the reason that it has there.
pub(super) fn because(place: &Place, source: &str, cause: &Unknown) -> Node {
    make(place, source, cause.reason.clone(), cause.failed, None)
}
