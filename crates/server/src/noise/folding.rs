//! Messages of alarms on their way to subscriptions that want to be spared some.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use nepho_model::Timestamp;
use nepho_notify::delivery::Delivery;
use nepho_notify::message::Draft;
use nepho_notify::noise::{
    AlarmNoise, Change as AlarmChange, Decision, Event, Group, Member, NoisePolicy, Note, Standing, noted,
};
use nepho_notify::notice::AlarmState;
use nepho_store::Change;

use super::record::{self, NOISE, NoiseRecord, Of, OfAlarm};
use crate::deliveries::lanes::Started;
use crate::deliveries::message::{MESSAGES, Message, MessageKey, Place};
use crate::deliveries::record::{DeliveryRecord, OUTBOX, What};
use crate::instance::Instance;
use crate::request_id;
use crate::topics::error::{TopicError, damaged};
use crate::topics::subscription::Subscription;
use crate::topics::topic::Topic;

/// What is known, as far as the transaction that is being made has to do with it.
///
/// Whoever uses it keeps others from changing records until the transaction is committed.
pub(crate) struct Folding<'a> {
    instance: &'a Instance,
    now: Timestamp,
    known: BTreeMap<String, Known>,
    /// Messages of this transaction, which cannot be read yet.
    drafts: HashMap<String, Draft>,
}

struct Known {
    of: Of,
    due: Option<Timestamp>,
}

/// What comes of it.
#[derive(Debug, Default)]
pub(crate) struct Folded {
    pub(crate) changes: Vec<Change>,
    pub(crate) started: Vec<Started>,
}

/// To whom, and what they want to be spared.
#[derive(Clone, Copy)]
pub(crate) struct To<'a> {
    pub(crate) topic: &'a Topic,
    pub(crate) subscription: &'a Subscription,
    pub(crate) policy: &'a NoisePolicy,
}

impl<'a> Folding<'a> {
    pub(crate) fn new(instance: &'a Instance, now: Timestamp) -> Self {
        Folding { instance, now, known: BTreeMap::new(), drafts: HashMap::new() }
    }

    /// An alarm has published a message.
    pub(crate) fn publish(
        &mut self,
        to: To<'_>,
        event: &Event,
        key: &MessageKey,
        draft: &Draft,
    ) -> Result<Folded, TopicError> {
        let mut folded = Folded::default();
        let alarm_key = format!("{}alarm-{}", record::prefix(&to.subscription.arn), event.key());
        let mut noise = match self.take(&alarm_key)? {
            Some(Of::Alarm(known)) => known.noise,
            _ => AlarmNoise::default(),
        };
        let change = AlarmChange { key: key.to_string(), state: event.state, at_ms: self.now.millis() };
        match noise.change(to.policy, change, event.severity, self.now) {
            Decision::Pass => {
                if to.policy.grouping.is_some() {
                    self.drafts.insert(key.to_string(), draft.clone());
                }
                self.send(to, event, key, &mut folded)?;
            }
            Decision::Hold => folded.changes.extend(stopped(to.subscription, key, Delivery::Held).put()),
            Decision::Tell(note) => self.tell(to, event, draft, &note, &mut folded)?,
        }
        self.keep_alarm(alarm_key, noise, draft.clone(), to.policy);
        Ok(folded)
    }

    /// The time has come for something that is known by this key. `is_open` says whether the alarm is in alarm.
    pub(crate) fn pass(&mut self, key: &str, standing: Standing) -> Result<Folded, TopicError> {
        let mut folded = Folded::default();
        let Some(of) = self.take(key)? else {
            self.known.insert(key.to_owned(), Known { of: Of::Group(Group::default()), due: None });
            return Ok(folded);
        };
        let arn = record::subscription(key)?;
        let Some((topic, subscription)) = self.instance.topics.subscription(&*self.instance.records, &arn)? else {
            self.let_go(key, of, &mut folded)?;
            return Ok(folded);
        };
        let (topic, subscription): (&Arc<Topic>, &Arc<Subscription>) = (&topic, &subscription);
        // Without rules what is kept is told.
        let policy = subscription.settings.noise().cloned().unwrap_or_default();
        let to = To { topic, subscription, policy: &policy };
        match of {
            Of::Group(group) => {
                self.release(to, &group, &mut folded)?;
                self.keep_group(key.to_owned(), Group::default());
            }
            Of::Alarm(known) => {
                let OfAlarm { mut noise, latest } = *known;
                let event = Event::read(&latest.texts.default);
                let event = event.ok_or_else(|| damaged(NOISE, key, &"its message is none of an alarm"))?;
                while let Some(note) = noise.pass(&policy, standing, self.now) {
                    self.tell(to, &event, &latest, &note, &mut folded)?;
                    if noise.due(&policy).is_none_or(|due| due > self.now) {
                        break;
                    }
                }
                self.keep_alarm(key.to_owned(), noise, latest, &policy);
            }
        }
        Ok(folded)
    }

    /// What has to be written down of what is known, and when something of it is due.
    pub(crate) fn seal(self) -> (Vec<Change>, Vec<(String, Option<Timestamp>)>) {
        let changes = self.known.iter().map(|(key, known)| NoiseRecord::change(key, &known.of, known.due)).collect();
        (changes, self.known.into_iter().map(|(key, known)| (key, known.due)).collect())
    }

    fn take(&mut self, key: &str) -> Result<Option<Of>, TopicError> {
        if let Some(known) = self.known.get(key) {
            return Ok(known.due.is_some().then(|| known.of.clone()));
        }
        let value = self.instance.records.get(NOISE, key)?;
        Ok(value.map(|value| NoiseRecord::read(key, &value)).transpose()?.map(|record| record.of))
    }

    fn keep_alarm(&mut self, key: String, noise: AlarmNoise, latest: Draft, policy: &NoisePolicy) {
        // Time goes on also when something is due in the past.
        let soonest = Timestamp::from_millis(self.now.millis().saturating_add(1));
        let due = noise.due(policy).map(|due| due.max(soonest));
        self.known.insert(key, Known { of: Of::Alarm(Box::new(OfAlarm { noise, latest })), due });
    }

    fn keep_group(&mut self, key: String, group: Group) {
        let due = group.due();
        self.known.insert(key, Known { of: Of::Group(group), due });
    }

    /// A message with a note, into which others are folded.
    fn tell(
        &mut self,
        to: To<'_>,
        event: &Event,
        latest: &Draft,
        note: &Note,
        folded: &mut Folded,
    ) -> Result<(), TopicError> {
        let key = self.write(to, &event.name, latest, note, folded)?;
        self.send(to, event, &key, folded)
    }

    /// Writes a message of an alarm with a note, and which others are folded into it.
    fn write(
        &mut self,
        to: To<'_>,
        alarm: &str,
        latest: &Draft,
        note: &Note,
        folded: &mut Folded,
    ) -> Result<MessageKey, TopicError> {
        let place = Place::Order(self.instance.deliveries.order());
        let (scope, id) = (to.topic.arn.scope.clone(), request_id::new().to_string());
        let key = MessageKey { scope, published: self.now, place, id };
        for change in &note.folded {
            let mut delivery = stopped(to.subscription, &message_key(&change.key)?, Delivery::Folded);
            delivery.folded_into = Some(key.id.clone());
            delivery.ended = Some(self.now);
            folded.changes.extend(delivery.put());
        }
        let draft = noted(latest, note);
        if to.policy.grouping.is_some() {
            self.drafts.insert(key.to_string(), draft.clone());
        }
        let (topic, alarm) = (to.topic.arn.clone(), Some(alarm.to_owned()));
        folded.changes.push(Message { key: key.clone(), topic, alarm, draft }.put());
        Ok(key)
    }

    /// Lets a message out, or lets it wait for others of its group.
    fn send(&mut self, to: To<'_>, event: &Event, key: &MessageKey, folded: &mut Folded) -> Result<(), TopicError> {
        let Some(rule) = &to.policy.grouping else {
            deliver(to, key, folded);
            return Ok(());
        };
        let group_key = format!("{}group-{}", record::prefix(&to.subscription.arn), rule.key(event));
        let mut group = match self.take(&group_key)? {
            Some(Of::Group(group)) => group,
            _ => Group::default(),
        };
        folded.changes.extend(stopped(to.subscription, key, Delivery::Held).put());
        let state: AlarmState = event.state;
        let change = AlarmChange { key: key.to_string(), state, at_ms: self.now.millis() };
        let member = Member { change, name: event.name.clone(), severity: event.severity };
        if group.join(rule, member, self.now) {
            self.release(to, &group, folded)?;
            group = Group::default();
        }
        self.keep_group(group_key, group);
        Ok(())
    }

    /// Lets a group out.
    fn release(&mut self, to: To<'_>, group: &Group, folded: &mut Folded) -> Result<(), TopicError> {
        let together = match group.together() {
            Some((lead, note)) => self.draft(&lead.change.key)?.map(|draft| (lead.name.clone(), draft, note)),
            None => None,
        };
        match together {
            Some((lead, draft, note)) => {
                let key = self.write(to, &lead, &draft, &note, folded)?;
                deliver(to, &key, folded);
            }
            // Also when the message of the one that leads is not there, so that none is lost.
            None => {
                for member in &group.members {
                    deliver(to, &message_key(&member.change.key)?, folded);
                }
            }
        }
        Ok(())
    }

    /// The message with this key.
    fn draft(&self, key: &str) -> Result<Option<Draft>, TopicError> {
        if let Some(draft) = self.drafts.get(key) {
            return Ok(Some(draft.clone()));
        }
        let value = self.instance.records.get(MESSAGES, key)?;
        let message = value.map(|value| Message::read(message_key(key)?, &value)).transpose()?;
        Ok(message.map(|message| message.draft))
    }

    /// The subscription was given up: what is kept is tried, which says so in the ledger.
    fn let_go(&mut self, key: &str, of: Of, folded: &mut Folded) -> Result<(), TopicError> {
        let arn = record::subscription(key)?;
        let held: Vec<String> = match &of {
            Of::Alarm(known) => known.noise.held().iter().map(|change| change.key.clone()).collect(),
            Of::Group(group) => group.members.iter().map(|member| member.change.key.clone()).collect(),
        };
        for message in held {
            let key = format!("{message}/{}", arn.id);
            let Some(value) = self.instance.records.get(OUTBOX, &key)? else { continue };
            let mut delivery = DeliveryRecord::read(OUTBOX, &key, &value)?;
            delivery.state = Delivery::new(self.now);
            folded.changes.extend(delivery.put());
            folded.started.push(Started::of(&delivery, None));
        }
        self.known.insert(key.to_owned(), Known { of, due: None });
        Ok(())
    }
}

fn message_key(key: &str) -> Result<MessageKey, TopicError> {
    let read = MessageKey::read(key).ok_or_else(|| damaged(NOISE, key, &"it names no message"))?;
    Ok(read.0)
}

/// A delivery that does not go out now, or never.
fn stopped(subscription: &Subscription, key: &MessageKey, state: Delivery) -> DeliveryRecord {
    let (arn, protocol, endpoint) = (&subscription.arn, subscription.protocol, &subscription.endpoint);
    DeliveryRecord { state, ..DeliveryRecord::new(key.clone(), arn, protocol, endpoint, What::Notification) }
}

fn deliver(to: To<'_>, key: &MessageKey, folded: &mut Folded) {
    let most = to.subscription.delivery(&to.topic.settings).receives_per_second_max;
    let mut delivery = stopped(to.subscription, key, Delivery::Held);
    delivery.state = Delivery::new(key.published);
    folded.changes.extend(delivery.put());
    folded.started.push(Started::of(&delivery, most));
}
