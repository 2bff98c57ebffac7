//! From blocks to definitions that are found.

use nepho_protocol::shapes::Tag;

use super::attribute::{Thing, ThingKind};
use super::evaluator::Evaluator;
use super::expansion::Expansion;
use super::module::{Kind, attribute};
use super::reference::Site;
use super::scope::Scope;
use crate::artefacts::error::ReadError;
use crate::artefacts::finding::Finding;
use crate::artefacts::found::{Artefacts, Found};
use crate::artefacts::members::{Members, Spelling};
use crate::artefacts::node::{Entry, Node, shortened};
use crate::artefacts::place::Place;
use crate::artefacts::unresolved::Unresolved;
use crate::artefacts::{STEPS_MAX, wire};

impl<'m> Evaluator<'m> {
    /// Reads everything that the root module makes.
    pub(super) fn read(&self) -> Result<Artefacts, ReadError> {
        let mut artefacts = Artefacts::default();
        self.read_instance(0, &mut artefacts)?;
        self.add_default_tags(&mut artefacts);
        let place = Place { file: self.instance(0).module.folder.as_path().into(), line: 1, column: 1 };
        match self.budget.is_exhausted() {
            false => Ok(artefacts),
            true => Err(ReadError::at(&place, format!("the module takes more than {STEPS_MAX} steps to read"))),
        }
    }

    fn read_instance(&self, instance: usize, artefacts: &mut Artefacts) -> Result<(), ReadError> {
        let module = self.instance(instance).module;
        for (_, of_type, name) in module.resources_in_order() {
            if !READ.contains(&of_type) {
                artefacts.unresolved.extend(self.remark_of_type(instance, of_type, name));
                continue;
            }
            if let Some(expansion) = self.things_of_block(instance, Kind::Resource, of_type, name) {
                for number in &expansion.things {
                    self.read_thing(*number, &expansion, artefacts)?;
                }
            }
            self.check_faults()?;
        }
        for name in module.calls.keys() {
            if let Some(expansion) = self.modules_of_call(instance, name) {
                for number in &expansion.things {
                    self.read_module(*number, &expansion, artefacts)?;
                }
            }
            self.check_faults()?;
        }
        Ok(())
    }

    /// That a resource may be an alarm, of a type that is not read.
    fn remark_of_type(&self, instance: usize, of_type: &str, name: &str) -> Option<Unresolved> {
        let is_alarm = UNREAD.iter().any(|begin| of_type.starts_with(begin));
        let module = self.instance(instance).module;
        let at = module.resources.get(&(Kind::Resource, of_type.to_owned(), name.to_owned())).filter(|_| is_alarm)?;
        let (source, block) = module.block(*at);
        Some(Unresolved {
            member: String::new(),
            place: Scope::new(instance, source).place(&block.ident),
            source: format!("{}{of_type}.{name}", self.instance(instance).address),
            reason: "is of a type that is not read".to_owned(),
        })
    }

    fn check_faults(&self) -> Result<(), ReadError> {
        match self.faults.borrow().first() {
            Some(fault) => Err(fault.clone()),
            None => Ok(()),
        }
    }

    fn read_module(&self, number: usize, expansion: &Expansion, artefacts: &mut Artefacts) -> Result<(), ReadError> {
        let thing = self.thing(number);
        artefacts.unresolved.extend(remark_of(&thing, expansion));
        match &thing.kind {
            ThingKind::Module(Ok(instance)) => self.read_instance(*instance, artefacts),
            ThingKind::Module(Err(reason)) => {
                artefacts.unresolved.push(Unresolved {
                    member: String::new(),
                    place: thing.scope.place(&thing.block.ident),
                    source: thing.address.clone(),
                    reason: reason.clone(),
                });
                Ok(())
            }
            ThingKind::Block(..) => Ok(()),
        }
    }

    fn read_thing(&self, number: usize, expansion: &Expansion, artefacts: &mut Artefacts) -> Result<(), ReadError> {
        let thing = self.thing(number);
        let ThingKind::Block(_, of_type) = &thing.kind else {
            return Ok(());
        };
        let reading = Reading { thing: &thing, node: self.body(thing.block, &thing.scope), expansion };
        match of_type.as_str() {
            "aws_cloudwatch_metric_alarm" => artefacts.metric_alarms.push(reading.found(wire::metric_alarm)?),
            "aws_cloudwatch_composite_alarm" => artefacts.composite_alarms.push(reading.found(wire::composite_alarm)?),
            "aws_cloudwatch_alarm_mute_rule" => artefacts.mute_rules.push(reading.found(wire::mute_rule)?),
            "aws_sns_topic" => {
                let arn = self.arn_of(number, &thing);
                artefacts.topics.push(reading.found(|topic| wire::topic(topic, arn))?);
            }
            "aws_sns_topic_subscription" => artefacts.subscriptions.push(reading.found(wire::subscription)?),
            "aws_sns_topic_policy" => artefacts.topic_policies.push(reading.found(wire::topic_policy)?),
            "aws_sqs_queue" => {
                let arn = self.arn_of(number, &thing);
                artefacts.queues.push(reading.found(|queue| wire::queue(queue, arn))?);
            }
            _ => {}
        }
        Ok(())
    }

    /// The ARN that references to the thing have.
    fn arn_of(&self, number: usize, thing: &Thing<'m>) -> String {
        let place = thing.scope.place(&thing.block.ident);
        let written = format!("{}.arn", thing.address);
        let arn = self.attribute_of(number, "arn", Site { place: &place, written: &written });
        arn.value.to_text().unwrap_or_default().text
    }

    /// Adds the tags that the provider's default configuration gives to everything.
    fn add_default_tags(&self, artefacts: &mut Artefacts) {
        let tags = self.default_tags();
        for alarm in &mut artefacts.metric_alarms {
            add_tags(&mut alarm.value.tags, &tags);
        }
        for alarm in &mut artefacts.composite_alarms {
            add_tags(&mut alarm.value.tags, &tags);
        }
        for rule in &mut artefacts.mute_rules {
            add_tags(&mut rule.value.tags, &tags);
        }
    }

    fn default_tags(&self) -> Vec<Tag> {
        let Some((source, block)) = self.default_provider() else {
            return Vec::new();
        };
        let inner = block.body.get_blocks("default_tags").next().and_then(|block| attribute(block, "tags"));
        let node = inner.map(|tags| self.evaluate(&tags.value, &Scope::new(0, source)));
        let entries = node.as_ref().and_then(Node::entries).unwrap_or_default();
        let tag = |entry: &Entry| Tag {
            key: Some(entry.key.clone()),
            value: entry.node.value.to_text().map(|text| text.text),
        };
        entries.iter().map(tag).collect()
    }
}

/// The types that become definitions.
const READ: [&str; 7] = [
    "aws_cloudwatch_alarm_mute_rule",
    "aws_cloudwatch_composite_alarm",
    "aws_cloudwatch_metric_alarm",
    "aws_sns_topic",
    "aws_sns_topic_policy",
    "aws_sns_topic_subscription",
    "aws_sqs_queue",
];

/// The beginnings of types that hold alarms too, but have other members.
const UNREAD: [&str; 4] = ["aws_cloudformation_stack", "aws_cloudwatch_log_alarm", "awscc_cloudwatch_", "awscc_sns_"];

struct Reading<'t, 'm> {
    thing: &'t Thing<'m>,
    node: Node,
    expansion: &'t Expansion,
}

impl Reading<'_, '_> {
    fn found<T>(&self, read: impl FnOnce(&mut Members<'_>) -> T) -> Result<Found<T>, ReadError> {
        let place = self.thing.scope.place(&self.thing.block.ident);
        Finding {
            spelling: Spelling::Terraform,
            address: self.thing.address.clone(),
            place: &place,
            node: &self.node,
            ignored: &["region"],
            unresolved: remark_of(self.thing, self.expansion).into_iter().collect(),
        }
        .read(read)
    }
}

/// That one thing stands for as many as there will be.
fn remark_of(thing: &Thing<'_>, expansion: &Expansion) -> Option<Unresolved> {
    let unknown = expansion.unknown.as_ref()?;
    Some(Unresolved {
        member: String::new(),
        place: unknown.place.clone(),
        source: shortened(&unknown.source),
        reason: format!("{}, so that one {} stands for as many as there will be", unknown.reason, thing.address),
    })
}

/// Adds tags that are not there; keys come in order, as the provider sends them.
fn add_tags(tags: &mut Option<Vec<Tag>>, defaults: &[Tag]) {
    let mut all = tags.take().unwrap_or_default();
    let missing = |tag: &&Tag| !all.iter().any(|known| known.key == tag.key);
    let missing: Vec<_> = defaults.iter().filter(missing).cloned().collect();
    all.extend(missing);
    all.sort_by(|one, other| one.key.cmp(&other.key));
    *tags = Some(all).filter(|tags| !tags.is_empty());
}
