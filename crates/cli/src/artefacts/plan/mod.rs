//! Terraform's plan, or its state, as `terraform show -json` writes it.

mod address;
mod configuration;
mod later;
mod planned;

use super::error::ReadError;
use super::finding::Finding;
use super::found::{Artefacts, Found};
use super::members::{Members, Spelling};
use super::node::{Entry, Node, Value};
use super::options::Options;
use super::unresolved::Unresolved;
use super::wire;
use later::Later;
use planned::Planned;

/// What resources have in a plan and no definition has.
const COMPUTED: &[&str] = &["arn", "id", "region", "tags_all", "timeouts"];

/// Whether a document is a plan or a state.
pub(crate) fn is_plan(document: &Node) -> bool {
    let format = document.get("format_version").is_some();
    document.get("planned_values").is_some() || (format && document.get("values").is_some())
}

/// Reads a plan.
pub(crate) fn read(document: &Node, options: &Options) -> Result<Artefacts, ReadError> {
    let values = document.get("planned_values").or_else(|| document.get("values"));
    let root = values.and_then(|values| values.get("root_module"));
    let root = root.ok_or_else(|| ReadError::at(&document.place, "expected planned_values with a root_module"))?;
    let plan = Plan { planned: Planned::new(document, root, options), later: Later::new(document) };
    let mut artefacts = Artefacts::default();
    plan.read_module(root, &mut artefacts)?;
    if plan.later.is_inferred.get() {
        artefacts.unresolved.push(Unresolved {
            member: String::new(),
            place: document.place.clone(),
            source: "the plan".to_owned(),
            reason: INFERRED.to_owned(),
        });
    }
    Ok(artefacts)
}

/// What is true of values that are taken from references.
const INFERRED: &str = "does not know ARNs of what is to be made: they are taken from what the configuration refers to, \
                        and a text that is written beside a reference is not in the plan";

struct Plan<'n> {
    planned: Planned<'n>,
    later: Later<'n>,
}

impl Plan<'_> {
    fn read_module(&self, module: &Node, artefacts: &mut Artefacts) -> Result<(), ReadError> {
        for resource in list(module, "resources") {
            if resource.get("mode").and_then(Node::as_str) != Some("data") {
                self.read_resource(resource, artefacts)?;
            }
        }
        // The nesting of JSON is bounded, and so is that of modules.
        for child in list(module, "child_modules") {
            self.read_module(child, artefacts)?;
        }
        Ok(())
    }

    fn read_resource(&self, resource: &Node, artefacts: &mut Artefacts) -> Result<(), ReadError> {
        let word = |name: &str| resource.get(name).and_then(Node::as_str);
        let (Some(address), Some(of_type)) = (word("address"), word("type")) else {
            return Err(ReadError::at(&resource.place, "expected a resource with an address and a type"));
        };
        let found = Resource { plan: self, address, resource };
        match of_type {
            "aws_cloudwatch_metric_alarm" => artefacts.metric_alarms.push(found.read(wire::metric_alarm)?),
            "aws_cloudwatch_composite_alarm" => artefacts.composite_alarms.push(found.read(wire::composite_alarm)?),
            "aws_cloudwatch_alarm_mute_rule" => artefacts.mute_rules.push(found.read(wire::mute_rule)?),
            "aws_sns_topic" => {
                let arn = self.planned.arn(resource).unwrap_or_default();
                artefacts.topics.push(found.read(|topic| wire::topic(topic, arn))?);
            }
            "aws_sns_topic_subscription" => artefacts.subscriptions.push(found.read(wire::subscription)?),
            "aws_sns_topic_policy" => artefacts.topic_policies.push(found.read(wire::topic_policy)?),
            "aws_sqs_queue" => {
                let arn = self.planned.arn(resource).unwrap_or_default();
                artefacts.queues.push(found.read(|queue| wire::queue(queue, arn))?);
            }
            _ => {}
        }
        Ok(())
    }
}

struct Resource<'p, 'n> {
    plan: &'p Plan<'n>,
    address: &'p str,
    resource: &'p Node,
}

impl Resource<'_, '_> {
    fn read<T>(&self, read: impl FnOnce(&mut Members<'_>) -> T) -> Result<Found<T>, ReadError> {
        let node = self.values();
        Finding {
            spelling: Spelling::Terraform,
            address: self.address.to_owned(),
            place: &self.resource.place,
            node: &node,
            ignored: COMPUTED,
            unresolved: Vec::new(),
        }
        .read(read)
    }

    /// The values that the plan knows, with those that it does not as far as the configuration says
    /// what they refer to. Tags are those with the provider's own.
    fn values(&self) -> Node {
        let place = &self.resource.place;
        let known = self.resource.get("values");
        let mut entries: Vec<Entry> = known.and_then(Node::entries).unwrap_or_default().to_vec();
        let all_tags = entries.iter().find(|entry| entry.key == "tags_all").map(|entry| entry.node.clone());
        if let (Some(all), Some(tags)) = (all_tags, entries.iter_mut().find(|entry| entry.key == "tags")) {
            tags.node = all;
        }
        for (key, node) in self.plan.later.values(self.address, &self.plan.planned, place) {
            match entries.iter_mut().find(|entry| entry.key == key) {
                Some(entry) => entry.node = node,
                None => entries.push(Entry { key, place: place.clone(), node }),
            }
        }
        Node::new(place, Value::Map(entries))
    }
}

/// The elements of a list that may not be there.
fn list<'n>(node: &'n Node, name: &str) -> &'n [Node] {
    node.get(name).and_then(Node::elements).unwrap_or_default()
}

#[cfg(test)]
mod tests;
