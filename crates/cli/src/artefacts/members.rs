//! The members of a structure, taken one by one, each as what it must be.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;

use nepho_protocol::value::{Double, Timestamp};

use super::error::ReadError;
use super::json::{self, Style};
use super::node::{Entry, Node, Text, Unknown, Value, shortened};
use super::place::Place;
pub(crate) use super::spelling::Spelling;
use super::unresolved::Unresolved;

/// What is found out about one definition besides its values.
#[derive(Debug, Default)]
pub(crate) struct Report {
    pub(crate) unresolved: Vec<Unresolved>,
    pub(crate) places: BTreeMap<String, Place>,
    pub(crate) faults: Vec<ReadError>,
}

/// The members of one structure.
pub(crate) struct Members<'n> {
    spelling: Spelling,
    entries: &'n [Entry],
    /// Which of them were asked for.
    taken: Vec<bool>,
    /// What comes before names of members in paths.
    prefix: String,
    report: &'n RefCell<Report>,
}

impl<'n> Members<'n> {
    /// The members of a map; of anything else none, which is a fault.
    pub(crate) fn of(spelling: Spelling, node: &'n Node, report: &'n RefCell<Report>) -> Self {
        Self::below(spelling, node, report, String::new())
    }

    fn below(spelling: Spelling, node: &'n Node, report: &'n RefCell<Report>, prefix: String) -> Self {
        let mut members = Self { spelling, entries: &[], taken: Vec::new(), prefix, report };
        match &node.value {
            Value::Map(entries) => {
                members.entries = entries;
                members.taken = vec![false; entries.len()];
            }
            Value::Unknown(unknown) => members.unresolved(members.prefix.trim_end_matches('.'), unknown),
            other => members.fault(&node.place, format!("expected a map, found {}", other.kind())),
        }
        members
    }

    pub(crate) fn spelling(&self) -> Spelling {
        self.spelling
    }

    fn fault(&self, place: &Place, message: impl Into<String>) {
        self.report.borrow_mut().faults.push(ReadError::at(place, message));
    }

    fn unresolved(&self, member: &str, unknown: &Arc<Unknown>) {
        self.report.borrow_mut().unresolved.push(Unresolved {
            member: member.to_owned(),
            place: unknown.place.clone(),
            source: shortened(&unknown.source),
            reason: unknown.reason.clone(),
        });
    }

    /// Whether a member is there, but could not be told.
    pub(crate) fn is_unresolved(&self, name: &str) -> bool {
        let path = self.path(name);
        self.report.borrow().unresolved.iter().any(|unresolved| unresolved.member == path)
    }

    fn path(&self, name: &str) -> String {
        format!("{}{name}", self.prefix)
    }

    /// The value of a member that is there and is not null, and its path.
    pub(crate) fn take(&mut self, name: &str) -> Option<(&'n Node, String)> {
        let key = self.spelling.of(name);
        let index = self.entries.iter().position(|entry| entry.key == key)?;
        self.taken[index] = true;
        let node = &self.entries[index].node;
        let path = self.path(name);
        if matches!(node.value, Value::Null) {
            return None;
        }
        self.report.borrow_mut().places.insert(path.clone(), node.place.clone());
        Some((node, path))
    }

    fn expected<T>(&self, node: &Node, path: &str, what: &str) -> Option<T> {
        self.fault(&node.place, format!("{path}: expected {what}, found {}", node.value.kind()));
        None
    }

    fn text_of(&self, node: &Node, path: &str) -> Option<String> {
        let Some(Text { text, unknown }) = node.value.to_text() else {
            return self.expected(node, path, "a text");
        };
        unknown.iter().for_each(|unknown| self.unresolved(path, unknown));
        Some(text)
    }

    pub(crate) fn text(&mut self, name: &str) -> Option<String> {
        let (node, path) = self.take(name)?;
        let text = self.text_of(node, &path)?;
        (self.spelling == Spelling::Aws || !text.is_empty()).then_some(text)
    }

    /// A document in JSON: a text, or values that become one.
    pub(crate) fn json(&mut self, name: &str) -> Option<String> {
        let (node, path) = self.take(name)?;
        if let Value::Unknown(unknown) = &node.value {
            self.unresolved(&path, unknown);
            return None;
        }
        if !matches!(node.value, Value::Map(_) | Value::List(_)) {
            return self.text_of(node, &path).filter(|text| !text.is_empty());
        }
        let Text { text, unknown } = json::write(node, Style::Plain);
        unknown.iter().for_each(|unknown| self.unresolved(&path, unknown));
        Some(text)
    }

    /// A list of texts; an empty one is none, as it is for the service.
    pub(crate) fn texts(&mut self, name: &str) -> Option<Vec<String>> {
        let (nodes, path) = self.elements(name)?;
        let text = |(index, node): (usize, &Node)| self.text_of(node, &element_path(&path, index));
        let texts: Vec<_> = nodes.iter().enumerate().filter_map(text).collect();
        (!texts.is_empty()).then_some(texts)
    }

    fn elements(&mut self, name: &str) -> Option<(&'n [Node], String)> {
        let (node, path) = self.take(name)?;
        match &node.value {
            Value::List(elements) => Some((elements, path)),
            Value::Unknown(unknown) => {
                self.unresolved(&path, unknown);
                None
            }
            _ => self.expected(node, &path, "a list"),
        }
    }

    pub(crate) fn integer(&mut self, name: &str) -> Option<i32> {
        let (node, path) = self.take(name)?;
        let value = self.number_of(node, &path, "a whole number")?;
        if value.fract() == 0.0 && (f64::from(i32::MIN)..=f64::from(i32::MAX)).contains(&value) {
            return Some(value as i32);
        }
        self.expected(node, &path, &format!("a whole number of at most {}", i32::MAX))
    }

    pub(crate) fn double(&mut self, name: &str) -> Option<Double> {
        let (node, path) = self.take(name)?;
        self.number_of(node, &path, "a number").map(Double)
    }

    /// A number, or a text that is one, which all of the tools take for a number.
    fn number_of(&self, node: &Node, path: &str, what: &str) -> Option<f64> {
        match &node.value {
            Value::Number(number) => Some(number.value),
            Value::Text(text) if text.is_known() => {
                let digits = text.text.bytes().any(|byte| byte.is_ascii_digit());
                let value = text.text.trim().parse().ok().filter(|value: &f64| digits && value.is_finite());
                value.or_else(|| self.expected(node, path, what))
            }
            Value::Text(text) => {
                text.unknown.iter().for_each(|unknown| self.unresolved(path, unknown));
                None
            }
            Value::Unknown(unknown) => {
                self.unresolved(path, unknown);
                None
            }
            _ => self.expected(node, path, what),
        }
    }

    pub(crate) fn boolean(&mut self, name: &str) -> Option<bool> {
        let (node, path) = self.take(name)?;
        match &node.value {
            Value::Bool(value) => Some(*value),
            Value::Text(text) if text.text.eq_ignore_ascii_case("true") => Some(true),
            Value::Text(text) if text.text.eq_ignore_ascii_case("false") => Some(false),
            Value::Unknown(unknown) => {
                self.unresolved(&path, unknown);
                None
            }
            _ => self.expected(node, &path, "true or false"),
        }
    }

    pub(crate) fn timestamp(&mut self, name: &str) -> Option<Timestamp> {
        let (node, path) = self.take(name)?;
        match &node.value {
            Value::Number(number) => Timestamp::from_seconds(number.value),
            Value::Text(text) if text.is_known() => text.text.parse().ok(),
            Value::Text(Text { unknown, .. }) => {
                unknown.iter().for_each(|unknown| self.unresolved(&path, unknown));
                return None;
            }
            Value::Unknown(unknown) => {
                self.unresolved(&path, unknown);
                return None;
            }
            _ => None,
        }
        .or_else(|| self.expected(node, &path, "a time"))
    }

    /// A structure; in Terraform also the only block of its kind.
    pub(crate) fn structure<T>(&mut self, name: &str, read: impl FnOnce(&mut Members<'n>) -> T) -> Option<T> {
        let (node, path) = self.take(name)?;
        let node = match (&node.value, self.spelling) {
            (Value::List(blocks), Spelling::Terraform) => blocks.first()?,
            _ => node,
        };
        Some(self.inner(node, path, read))
    }

    /// Members that stand here, but belong to a structure within.
    pub(crate) fn flat<T>(&mut self, name: &str, read: impl FnOnce(&mut Self) -> T) -> T {
        let prefix = self.prefix.clone();
        self.prefix = self.path(name) + ".";
        let value = read(self);
        self.prefix = prefix;
        value
    }

    fn inner<T>(&self, node: &'n Node, path: String, read: impl FnOnce(&mut Members<'n>) -> T) -> T {
        self.report.borrow_mut().places.insert(path.clone(), node.place.clone());
        let mut members = Members::below(self.spelling, node, self.report, path + ".");
        let value = read(&mut members);
        members.finish();
        value
    }

    /// A list of structures; an empty one is none.
    pub(crate) fn structures<T>(&mut self, name: &str, read: impl Fn(&mut Members<'n>) -> T) -> Option<Vec<T>> {
        let (nodes, path) = self.elements(name)?;
        let inner = |(index, node)| self.inner(node, element_path(&path, index), &read);
        let structures: Vec<_> = nodes.iter().enumerate().map(inner).collect();
        (!structures.is_empty()).then_some(structures)
    }

    /// Takes members that are no concern of ours.
    pub(crate) fn ignore(&mut self, names: &[&str]) {
        for (taken, entry) in self.taken.iter_mut().zip(self.entries) {
            *taken |= names.contains(&entry.key.as_str());
        }
    }

    /// Takes all that is left.
    pub(crate) fn ignore_others(&mut self) {
        self.taken.fill(true);
    }

    /// Tells of members that nobody has asked for.
    pub(crate) fn finish(self) {
        let left = self.entries.iter().zip(&self.taken).filter(|(entry, taken)| !**taken && !is_null(entry));
        for (entry, _) in left {
            self.report.borrow_mut().unresolved.push(Unresolved {
                member: self.path(&entry.key),
                place: entry.place.clone(),
                source: entry.key.clone(),
                reason: UNKNOWN_MEMBER.to_owned(),
            });
        }
    }
}

/// The reason of what is left out because nobody here knows it.
pub(crate) const UNKNOWN_MEMBER: &str = "is not known here, and is left out";

fn is_null(entry: &Entry) -> bool {
    matches!(entry.node.value, Value::Null)
}

fn element_path(path: &str, index: usize) -> String {
    format!("{path}.member.{}", index + 1)
}

mod pairs;
#[cfg(test)]
mod tests;
