//! Members of maps in test files.

use super::error::TestFileError;
use super::offset;
use crate::artefacts::Place;
use crate::artefacts::node::{Node, Value};
use crate::nearest::nearest;

/// A map of which all keys are known.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fields<'n> {
    pub(super) node: &'n Node,
    /// What it is, for errors.
    what: &'static str,
}

impl<'n> Fields<'n> {
    /// The map that a node is, if it has no other keys than these.
    pub(super) fn of(node: &'n Node, what: &'static str, keys: &[&str]) -> Result<Self, TestFileError> {
        let Some(entries) = node.entries() else {
            let message = format!("expected {what}, a map of {}; found {}", keys.join(", "), node.value.kind());
            return Err(TestFileError::at(&node.place, message));
        };
        match entries.iter().find(|entry| !keys.contains(&entry.key.as_str())) {
            None => Ok(Fields { node, what }),
            Some(entry) => {
                let meant = match nearest(&entry.key, keys.iter().copied()) {
                    Some(key) => format!("did you mean {key}?"),
                    None => format!("expected {}", keys.join(", ")),
                };
                Err(TestFileError::at(&entry.place, format!("{what} has no {:?}: {meant}", entry.key)))
            }
        }
    }

    /// A member that is there and not null.
    pub(super) fn get(&self, key: &str) -> Option<&'n Node> {
        self.node.get(key).filter(|node| !matches!(node.value, Value::Null))
    }

    pub(super) fn required(&self, key: &str) -> Result<&'n Node, TestFileError> {
        self.get(key).ok_or_else(|| TestFileError::at(&self.node.place, format!("{} has no {key}", self.what)))
    }

    pub(super) fn text(&self, key: &str) -> Result<Option<String>, TestFileError> {
        self.get(key).map(|node| text(node, key)).transpose()
    }

    pub(super) fn required_text(&self, key: &str) -> Result<(String, &'n Place), TestFileError> {
        let node = self.required(key)?;
        Ok((text(node, key)?, &node.place))
    }

    /// The elements of a list; none when there is no such member.
    pub(super) fn list(&self, key: &str) -> Result<&'n [Node], TestFileError> {
        let Some(node) = self.get(key) else { return Ok(&[]) };
        let message = || format!("{key}: expected a list, found {}", node.value.kind());
        node.elements().ok_or_else(|| TestFileError::at(&node.place, message()))
    }

    pub(super) fn seconds(&self, key: &str) -> Result<Option<i64>, TestFileError> {
        self.get(key).map(|node| seconds(node, key)).transpose()
    }
}

/// The text of a scalar.
pub(super) fn text(node: &Node, key: &str) -> Result<String, TestFileError> {
    let found = || format!("{key}: expected a text, found {}", node.value.kind());
    let text = node.value.to_text().filter(|text| text.is_known());
    text.map(|text| text.text).ok_or_else(|| TestFileError::at(&node.place, found()))
}

/// A length of time.
pub(super) fn seconds(node: &Node, key: &str) -> Result<i64, TestFileError> {
    let found = || format!("{key}: {}, found {}", offset::EXPECTED, node.value.kind());
    let text = node.value.to_text().filter(|text| text.is_known());
    text.and_then(|text| offset::parse(&text.text)).ok_or_else(|| TestFileError::at(&node.place, found()))
}
