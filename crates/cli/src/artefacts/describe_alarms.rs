//! The output of `aws cloudwatch describe-alarms`.

use super::error::ReadError;
use super::finding::Finding;
use super::found::{Artefacts, Found};
use super::members::{Members, Spelling};
use super::node::Node;
use super::unresolved::Unresolved;
use super::wire;

/// The lists of the output.
const LISTS: [&str; 3] = ["MetricAlarms", "CompositeAlarms", "LogAlarms"];

/// What is not set about an alarm, but how it stands.
const STATE: &[&str] = &[
    "ActionsSuppressedBy",
    "ActionsSuppressedReason",
    "AlarmArn",
    "AlarmConfigurationUpdatedTimestamp",
    "EvaluationState",
    "StateReason",
    "StateReasonData",
    "StateTransitionedTimestamp",
    "StateUpdatedTimestamp",
    "StateValue",
];

/// Whether a document is of this form.
pub(crate) fn is_output(document: &Node) -> bool {
    LISTS.iter().any(|list| document.get(list).is_some())
}

/// Reads a document.
pub(crate) fn read(document: &Node) -> Result<Artefacts, ReadError> {
    let mut artefacts = Artefacts::default();
    for alarm in alarms(document, "MetricAlarms")? {
        artefacts.metric_alarms.push(found(alarm, wire::metric_alarm)?);
    }
    for alarm in alarms(document, "CompositeAlarms")? {
        artefacts.composite_alarms.push(found(alarm, wire::composite_alarm)?);
    }
    for alarm in alarms(document, "LogAlarms")? {
        artefacts.unresolved.push(Unresolved {
            member: String::new(),
            place: alarm.place.clone(),
            source: alarm.get("AlarmName").and_then(Node::as_str).unwrap_or("the log alarm").to_owned(),
            reason: "is a log alarm, which is not read".to_owned(),
        });
    }
    Ok(artefacts)
}

fn alarms<'n>(document: &'n Node, list: &str) -> Result<&'n [Node], ReadError> {
    let Some(node) = document.get(list) else {
        return Ok(&[]);
    };
    let expected = || ReadError::at(&node.place, format!("{list}: expected a list, found {}", node.value.kind()));
    node.elements().ok_or_else(expected)
}

fn found<T>(node: &Node, read: impl FnOnce(&mut Members<'_>) -> T) -> Result<Found<T>, ReadError> {
    let name = node.get("AlarmName").and_then(Node::as_str);
    let address = name.ok_or_else(|| ReadError::at(&node.place, "expected an alarm with an AlarmName"))?.to_owned();
    let place = &node.place;
    Finding { spelling: Spelling::Aws, address, place, node, ignored: STATE, unresolved: Vec::new() }.read(read)
}
