//! Resources that are alarms, or that alarms need.

use super::condition;
use super::reference::{NAMED_LATER, arn};
use super::template::Template;
use crate::artefacts::error::ReadError;
use crate::artefacts::finding::Finding;
use crate::artefacts::found::{Artefacts, Found, Subscription};
use crate::artefacts::members::{Members, Spelling};
use crate::artefacts::node::{Entry, Node, Value};
use crate::artefacts::unresolved::Unresolved;
use crate::artefacts::wire;

/// Reads one resource, if it is of a kind that matters.
pub(super) fn read(
    template: &Template<'_>,
    entry: &Entry,
    resource: &Node,
    artefacts: &mut Artefacts,
) -> Result<(), ReadError> {
    if entry.key.starts_with("Fn::ForEach") {
        artefacts.unresolved.push(remark(entry, "is a loop, which is not read"));
        return Ok(());
    }
    let Some(of_type) = resource.get("Type").and_then(Node::as_str) else {
        return Err(ReadError::at(&resource.place, format!("{}: expected a resource with a Type", entry.key)));
    };
    if of_type == "AWS::CloudFormation::Stack" && resource.get("Properties").is_some() {
        artefacts.unresolved.push(remark(entry, "is a nested stack: its template is read only when it is named, too"));
    }
    let Some(there) = is_there(template, entry, resource) else {
        return Ok(());
    };
    let reading = Reading { template, entry, resource, there };
    match of_type {
        "AWS::CloudWatch::Alarm" => {
            let mut alarm = reading.found(wire::metric_alarm)?;
            reading.name(&mut alarm.value.alarm_name, &mut alarm.unresolved, "AlarmName");
            artefacts.metric_alarms.push(alarm);
        }
        "AWS::CloudWatch::CompositeAlarm" => {
            let mut alarm = reading.found(wire::composite_alarm)?;
            reading.name(&mut alarm.value.alarm_name, &mut alarm.unresolved, "AlarmName");
            artefacts.composite_alarms.push(alarm);
        }
        "AWS::CloudWatch::AlarmMuteRule" => {
            let mut rule = reading.found(wire::mute_rule)?;
            reading.name(&mut rule.value.name, &mut rule.unresolved, "Name");
            artefacts.mute_rules.push(rule);
        }
        "AWS::SNS::Topic" => reading.topic(artefacts)?,
        "AWS::SNS::Subscription" => artefacts.subscriptions.push(reading.found(wire::subscription)?),
        "AWS::SNS::TopicPolicy" => artefacts.topic_policies.push(reading.found(wire::topic_policy)?),
        "AWS::SQS::Queue" => {
            let arn = reading.arn("sqs");
            artefacts.queues.push(reading.found(|queue| wire::queue(queue, arn))?);
        }
        "AWS::CloudWatch::LogAlarm" => artefacts.unresolved.push(remark(entry, "is a log alarm, which is not read")),
        _ => {}
    }
    Ok(())
}

/// Whether the resource is made, and the remark when that cannot be told; then it is read.
fn is_there(template: &Template<'_>, entry: &Entry, resource: &Node) -> Option<Vec<Unresolved>> {
    let Some(condition) = resource.get("Condition") else {
        return Some(Vec::new());
    };
    let name = condition.as_str().unwrap_or_default();
    match condition::holds(template, name) {
        Some(true) => Some(Vec::new()),
        Some(false) => None,
        None => {
            let reason = "depends on a condition that cannot be told, and is taken as made";
            Some(vec![Unresolved { place: condition.place.clone(), ..remark(entry, reason) }])
        }
    }
}

fn remark(entry: &Entry, reason: &str) -> Unresolved {
    Unresolved {
        member: String::new(),
        place: entry.place.clone(),
        source: entry.key.clone(),
        reason: reason.to_owned(),
    }
}

struct Reading<'t, 'n> {
    template: &'t Template<'n>,
    entry: &'t Entry,
    resource: &'t Node,
    there: Vec<Unresolved>,
}

impl Reading<'_, '_> {
    fn properties(&self) -> Node {
        match self.resource.get("Properties") {
            Some(properties) => self.template.resolve(properties),
            None => Node::new(&self.resource.place, Value::Map(Vec::new())),
        }
    }

    fn found<T>(&self, read: impl FnOnce(&mut Members<'_>) -> T) -> Result<Found<T>, ReadError> {
        Finding {
            spelling: Spelling::Aws,
            address: self.entry.key.clone(),
            place: &self.entry.place,
            node: &self.properties(),
            ignored: &[],
            unresolved: self.there.clone(),
        }
        .read(read)
    }

    /// Lets the logical id stand for a name that is not written.
    fn name(&self, name: &mut Option<String>, unresolved: &mut Vec<Unresolved>, member: &str) {
        if name.is_none() {
            *name = Some(self.entry.key.clone());
            unresolved.push(Unresolved { member: member.to_owned(), ..remark(self.entry, NAMED_LATER) });
        }
    }

    /// The ARN by which `Ref` and `Fn::GetAtt` name the resource.
    fn arn(&self, service: &str) -> String {
        let arn = arn(self.template, &self.entry.key, service, "", &self.entry.place);
        arn.value.to_text().unwrap_or_default().text
    }

    /// A topic, which may have its subscriptions with it.
    fn topic(&self, artefacts: &mut Artefacts) -> Result<(), ReadError> {
        let arn = self.arn("sns");
        let properties = self.properties();
        artefacts.topics.push(self.found(|topic| wire::topic(topic, arn.clone()))?);
        let inner = properties.get("Subscription").and_then(Node::elements).unwrap_or_default();
        for (index, node) in inner.iter().enumerate() {
            let found = Finding {
                spelling: Spelling::Aws,
                address: format!("{}.Subscription.{index}", self.entry.key),
                place: &node.place,
                node,
                ignored: &[],
                unresolved: self.there.clone(),
            };
            let mut subscription: Found<Subscription> = found.read(wire::subscription)?;
            subscription.value.topic_arn = Some(arn.clone());
            artefacts.subscriptions.push(subscription);
        }
        if let Some(Node { value: Value::Unknown(_), place }) = properties.get("Subscription") {
            let reason = "has subscriptions that cannot be told";
            artefacts.unresolved.push(Unresolved { place: place.clone(), ..remark(self.entry, reason) });
        }
        Ok(())
    }
}
