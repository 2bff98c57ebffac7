//! Alarms as PutMetricAlarm and PutCompositeAlarm take them: one, or a list of them, in JSON or YAML.

use super::error::ReadError;
use super::finding::Finding;
use super::found::{Artefacts, Found};
use super::members::{Members, Spelling, UNKNOWN_MEMBER};
use super::node::Node;
use super::wire;

/// Whether a document is of this form.
pub(crate) fn is_inline(document: &Node) -> bool {
    let is_alarm = |node: &Node| node.get("AlarmName").is_some();
    match document.elements() {
        Some(elements) => elements.iter().any(is_alarm),
        None => is_alarm(document),
    }
}

/// Reads a document.
///
/// This form is nobody else's, so that a member that does not exist is an error, not a remark.
pub(crate) fn read(document: &Node) -> Result<Artefacts, ReadError> {
    let one = std::slice::from_ref(document);
    let mut artefacts = Artefacts::default();
    for node in document.elements().unwrap_or(one) {
        match node.get("AlarmRule") {
            Some(_) => artefacts.composite_alarms.push(found(node, wire::composite_alarm)?),
            None => artefacts.metric_alarms.push(found(node, wire::metric_alarm)?),
        }
    }
    Ok(artefacts)
}

fn found<T>(node: &Node, read: impl FnOnce(&mut Members<'_>) -> T) -> Result<Found<T>, ReadError> {
    let name = node.get("AlarmName").and_then(Node::as_str);
    let found = Finding {
        spelling: Spelling::Aws,
        address: name.unwrap_or_default().to_owned(),
        place: &node.place,
        node,
        ignored: &[],
        unresolved: Vec::new(),
    }
    .read(read)?;
    match found.unresolved.iter().find(|unresolved| unresolved.reason == UNKNOWN_MEMBER) {
        None if name.is_some() => Ok(found),
        None => Err(ReadError::at(&node.place, "expected an alarm with an AlarmName")),
        Some(unknown) => Err(ReadError::at(&unknown.place, format!("there is no member {}", unknown.member))),
    }
}
