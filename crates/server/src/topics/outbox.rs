//! Publishing: what it changes, so that whoever publishes commits it together with the reason for it.

use std::sync::MutexGuard;

use nepho_model::Timestamp;
use nepho_notify::filter::{FilterPolicy, Scope as FilterScope};
use nepho_notify::message::{Draft, filterable};
use nepho_notify::noise::{Event, Standing};
use nepho_notify::topic::TopicArn;
use nepho_store::Change;
use serde_json::{Map, Value};

use super::error::TopicError;
use super::fifo::{Counter, Counting};
use super::permission::{self, Who};
use super::subscription::Subscription;
use super::tally::{Counted, FilterCause};
use super::topic::Topic;
use crate::deliveries::lanes::{Started, Tried};
use crate::deliveries::message::{Message, MessageKey, Place};
use crate::deliveries::record::{DeliveryRecord, What};
use crate::instance::Instance;
use crate::noise::folding::{Folded, Folding, To};
use crate::request_id;

/// Messages that are about to be published.
///
/// [`publish`](Self::publish) decides; nothing has happened until the changes of what is [sealed](Self::seal) are committed,
/// in whichever transaction they belong to, and [`Sealed::committed`] hands the deliveries over. A message that is not
/// committed was never published; one that was is delivered, also when the server is killed before it is handed over.
///
/// Messages of FIFO topics are counted, so that whoever publishes them keeps others from changing records from
/// [`counting`](Self::counting) until the commit.
pub(crate) struct Outbox<'a> {
    instance: &'a Instance,
    now: Timestamp,
    counting: Option<Counting<'a>>,
    folding: Folding<'a>,
    sealed: Sealed,
}

/// Messages that are decided on.
#[derive(Debug, Default)]
#[must_use]
pub(crate) struct Sealed {
    /// What has to be committed.
    pub(crate) changes: Vec<Change>,
    started: Vec<Started>,
    published: Vec<(TopicArn, usize)>,
    counted: Vec<(TopicArn, Counted)>,
    /// When something is due of what is kept.
    kept: Vec<(String, Option<Timestamp>)>,
}

/// What the publisher of a message is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Published {
    pub(crate) message_id: String,
    /// Of a message of a FIFO topic.
    pub(crate) sequence_number: Option<String>,
}

impl<'a> Outbox<'a> {
    /// For messages of standard topics.
    pub(crate) fn new(instance: &'a Instance, now: Timestamp) -> Self {
        Outbox { instance, now, counting: None, folding: Folding::new(instance, now), sealed: Sealed::default() }
    }

    /// For messages of all topics, by somebody who keeps others from changing records.
    pub(crate) fn counting(instance: &'a Instance, _alone: &'a MutexGuard<'_, ()>, now: Timestamp) -> Self {
        Outbox { counting: Some(Counting::new(&*instance.records)), ..Outbox::new(instance, now) }
    }

    /// Publishes a message to a topic. May block.
    pub(crate) fn publish(&mut self, arn: &TopicArn, draft: &Draft, who: Who<'_>) -> Result<Published, TopicError> {
        let topic = self.instance.topics.find(&*self.instance.records, arn)?;
        permission::check(&topic, who, "Publish")?;
        let id = request_id::new().to_string();
        let place = match self.count(&topic, draft, &id)? {
            Some(Counter::New(number)) => Place::Number(number),
            Some(Counter::Duplicate(original)) => return Ok(original),
            None => Place::Order(self.instance.deliveries.order()),
        };
        let key = MessageKey { scope: arn.scope.clone(), published: self.now, place, id: id.clone() };
        let sequence_number = key.sequence_number();
        let attributes = filterable(&draft.attributes);
        // Only alarms are spared; what somebody publishes goes out as it is.
        let event = match who {
            Who::Alarms { .. } if topic.has_noise_policy() => Event::read(&draft.texts.default),
            _ => None,
        };
        let mut is_wanted = false;
        for subscription in topic.subscriptions.values().filter(|subscription| subscription.is_confirmed()) {
            match unwanted(subscription.settings.filter(), draft, &attributes, subscription) {
                Some(cause) => self.sealed.counted.push((arn.clone(), Counted::FilteredOut(cause))),
                None => {
                    is_wanted = true;
                    match (subscription.settings.noise(), &event) {
                        (Some(policy), Some(event)) => {
                            let to = To { topic: &topic, subscription, policy };
                            let folded = self.folding.publish(to, event, &key, draft)?;
                            self.add(folded);
                        }
                        _ => self.deliver(&topic, subscription, &key),
                    }
                }
            }
        }
        if is_wanted {
            let alarm = who.alarm_of(&arn.scope).map(str::to_owned);
            self.sealed.changes.push(Message { key, topic: arn.clone(), alarm, draft: draft.clone() }.put());
        }
        self.sealed.published.push((arn.clone(), draft.size));
        Ok(Published { message_id: id, sequence_number })
    }

    fn count(&mut self, topic: &Topic, draft: &Draft, id: &str) -> Result<Option<Counter>, TopicError> {
        if !topic.arn.name.is_fifo() {
            return Ok(None);
        }
        let counting = self.counting.as_mut().expect("messages of FIFO topics are published by who keeps others out");
        let (counter, changes) = counting.count(topic, draft, id, self.now)?;
        self.sealed.changes.extend(changes);
        Ok(Some(counter))
    }

    fn deliver(&mut self, topic: &Topic, subscription: &Subscription, key: &MessageKey) {
        let (protocol, endpoint) = (subscription.protocol, &subscription.endpoint);
        let delivery = DeliveryRecord::new(key.clone(), &subscription.arn, protocol, endpoint, What::Notification);
        self.sealed.changes.extend(delivery.put());
        self.sealed
            .started
            .push(Started::of(&delivery, subscription.delivery(&topic.settings).receives_per_second_max));
    }

    /// Asks the owner of an endpoint, or tells them something: `what` is not a notification.
    pub(crate) fn ask(&mut self, topic: &Topic, subscription: &Subscription, what: What) {
        let id = request_id::new().to_string();
        let place = Place::Order(self.instance.deliveries.order());
        let key = MessageKey { scope: topic.arn.scope.clone(), published: self.now, place, id };
        let (protocol, endpoint) = (subscription.protocol, &subscription.endpoint);
        let delivery = DeliveryRecord::new(key, &subscription.arn, protocol, endpoint, what);
        self.sealed.changes.extend(delivery.put());
        self.sealed
            .started
            .push(Started::of(&delivery, subscription.delivery(&topic.settings).receives_per_second_max));
    }

    /// The time has come for something that is kept under this key.
    pub(crate) fn pass(&mut self, key: &str, standing: Standing) -> Result<(), TopicError> {
        let folded = self.folding.pass(key, standing)?;
        self.add(folded);
        Ok(())
    }

    fn add(&mut self, folded: Folded) {
        self.sealed.changes.extend(folded.changes);
        self.sealed.started.extend(folded.started);
    }

    /// What has to be committed, and handed over then.
    pub(crate) fn seal(self) -> Sealed {
        let Outbox { mut sealed, folding, .. } = self;
        let (changes, kept) = folding.seal();
        sealed.changes.extend(changes);
        sealed.kept = kept;
        sealed
    }
}

impl Sealed {
    /// Hands over the deliveries, after the changes were committed. Those to queues can be waited for.
    pub(crate) fn committed(self, instance: &Instance) -> Tried {
        for (topic, size) in &self.published {
            instance.tallies.publish(topic, *size);
        }
        for (topic, counted) in &self.counted {
            instance.tallies.count(topic, *counted);
        }
        if !self.kept.is_empty() {
            instance.noise.set(&self.kept);
            instance.deadlines_changed();
        }
        instance.deliveries.start(&self.started)
    }
}

/// Why a subscription does not want a message, if it does not.
fn unwanted(
    filter: Option<&FilterPolicy>,
    draft: &Draft,
    attributes: &Map<String, Value>,
    subscription: &Subscription,
) -> Option<FilterCause> {
    let filter = filter?;
    let body = draft.texts.of(subscription.protocol);
    let is_wanted = match filter.scope() {
        FilterScope::MessageAttributes => filter.matches_attributes(attributes),
        FilterScope::MessageBody => filter.matches_body(body),
    };
    (!is_wanted).then(|| FilterCause::of(filter.scope(), !draft.attributes.is_empty(), body))
}
