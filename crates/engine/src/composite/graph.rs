//! Which composite alarms depend on which alarms.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::components::components;
use super::definition::CompositeAlarm;
use super::fault::CompositeFault;

/// The most composite alarms that have one alarm in their rules.
pub const MAX_PARENTS: usize = 150;

/// The rules of the composite alarms of a scope, as a graph from alarms to those that depend on them.
///
/// Suppressors are no part of it: they decide what an alarm does, not what it is. No alarm is its own child, as
/// [`CompositeAlarm`] sees to that.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AlarmGraph {
    children: BTreeMap<String, BTreeSet<String>>,
    parents: BTreeMap<String, BTreeSet<String>>,
}

impl AlarmGraph {
    /// Adds a composite alarm, or replaces it.
    pub fn insert(&mut self, alarm: &CompositeAlarm) {
        self.remove(alarm.name());
        let children: BTreeSet<_> = alarm.rule().children().iter().map(|child| child.name().to_owned()).collect();
        for child in &children {
            self.parents.entry(child.clone()).or_default().insert(alarm.name().to_owned());
        }
        self.children.insert(alarm.name().to_owned(), children);
    }

    /// Takes a composite alarm out.
    pub fn remove(&mut self, name: &str) {
        for child in self.children.remove(name).unwrap_or_default() {
            if let Some(parents) = self.parents.get_mut(&child) {
                parents.remove(name);
                if parents.is_empty() {
                    self.parents.remove(&child);
                }
            }
        }
    }

    /// Whether there is a composite alarm of this name.
    pub fn is_composite(&self, name: &str) -> bool {
        self.children.contains_key(name)
    }

    /// The alarms in the rule of a composite alarm, by name.
    pub fn children(&self, name: &str) -> impl Iterator<Item = &str> {
        self.children.get(name).into_iter().flatten().map(String::as_str)
    }

    /// The composite alarms with this alarm in their rules, by name.
    pub fn parents(&self, name: &str) -> impl Iterator<Item = &str> {
        self.parents.get(name).into_iter().flatten().map(String::as_str)
    }

    /// Checks that no alarm gets more than [`MAX_PARENTS`] when this one is put.
    ///
    /// # Errors
    /// Names the first that would.
    pub fn check_parents(&self, alarm: &CompositeAlarm) -> Result<(), CompositeFault> {
        let others = |child: &str| self.parents(child).filter(|parent| *parent != alarm.name()).count();
        match alarm.rule().children().iter().find(|child| others(child.name()) >= MAX_PARENTS) {
            Some(child) => Err(CompositeFault::TooManyParents(child.name().to_owned())),
            None => Ok(()),
        }
    }

    /// Whether an alarm depends on itself. Such an alarm is not evaluated until a rule is changed.
    pub fn is_in_cycle(&self, name: &str) -> bool {
        let mut seen = HashSet::new();
        let mut open: Vec<&str> = self.parents(name).collect();
        while let Some(next) = open.pop() {
            if next == name {
                return true;
            }
            if seen.insert(next) {
                open.extend(self.parents(next));
            }
        }
        false
    }

    /// The composite alarms to look at when these alarms have changed, each behind all that it depends on.
    ///
    /// Alarms in a cycle are left out, and so is what depends on the changed alarms through a cycle alone. The caller
    /// goes through the list and evaluates those of which a child has really changed.
    pub fn cascade<'a>(&'a self, changed: &[&'a str]) -> Vec<&'a str> {
        let mut reached: HashSet<&str> = changed.iter().copied().collect();
        let mut order = Vec::new();
        // Components come behind those that they lead to, and edges lead from children to parents.
        for component in components(changed, |name| self.parents(name).collect()).into_iter().rev() {
            let [name] = component[..] else { continue };
            if self.children(name).any(|child| reached.contains(child)) {
                reached.insert(name);
                order.push(name);
            }
        }
        order
    }

    /// The composite alarms that depend on themselves, in groups that depend on each other.
    pub fn cycles(&self) -> Vec<Vec<&str>> {
        let all: Vec<&str> = self.children.keys().map(String::as_str).collect();
        let mut cycles: Vec<Vec<&str>> = components(&all, |name| self.parents(name).collect())
            .into_iter()
            .filter(|component| component.len() > 1)
            .collect();
        cycles.iter_mut().for_each(|cycle| cycle.sort_unstable());
        cycles.sort_unstable();
        cycles
    }
}

impl<'a> FromIterator<&'a CompositeAlarm> for AlarmGraph {
    fn from_iter<I: IntoIterator<Item = &'a CompositeAlarm>>(alarms: I) -> Self {
        let mut graph = AlarmGraph::default();
        alarms.into_iter().for_each(|alarm| graph.insert(alarm));
        graph
    }
}
