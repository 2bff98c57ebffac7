//! One attempt: what is needed is read, the message goes out, and what came of it is written down.

use std::sync::Arc;
use std::time::Duration;

use nepho_notify::delivery::{Delivery, Destination, Terms};
use nepho_notify::retry::DeliveryPolicy;
use nepho_notify::topic::TopicSettings;

use super::lanes::Started;
use super::message::{MESSAGES, Message};
use super::parcel::{Desk, Parcel};
use super::record::{DeliveryRecord, OUTBOX, Try, What};
use super::transport::{Report, Transport as _};
use crate::clock::Stopwatch;
use crate::commits::commit;
use crate::instance::Instance;
use crate::request_id;
use crate::topics::error::TopicError;
use crate::topics::subscription::{Consent, Subscription};
use crate::topics::tally::Counted;

/// How long to wait before what came of an attempt is tried to be written again.
const WRITE_PAUSE: Duration = Duration::from_secs(1);

/// A delivery with what holds for it.
struct Ready {
    delivery: DeliveryRecord,
    policy: DeliveryPolicy,
    dead_letter_target: Option<String>,
    /// What is to go out, or why nothing can.
    parcel: Result<Parcel, String>,
}

/// Tries a delivery that is due.
pub(crate) async fn make(instance: Arc<Instance>, from: Destination, key: String) {
    match load(&instance, &key).await {
        Ok(Some(ready)) => {
            let watch = Stopwatch::start();
            let begun = instance.clock.now();
            let report = match &ready.parcel {
                Ok(parcel) => instance.transports.deliver(parcel).await,
                Err(reason) => Report::refused(reason.clone()),
            };
            let took = watch.elapsed().as_millis() as i64;
            let has_failed = report.outcome.has_failed();
            let next = settle(&instance, ready, report, begun.millis(), took).await;
            instance.deliveries.finish(&from, has_failed, next);
        }
        // It was done already: somebody has handed it over twice, as at a start.
        Ok(None) => instance.deliveries.finish(&from, false, None),
        Err(error) => {
            instance.fault(&format!("delivery {key} could not be read: {error}"));
            // It stays in the outbox, for the next start.
            instance.deliveries.finish(&from, true, None);
        }
    }
}

/// Gives up a delivery because too many wait for its endpoint.
pub(crate) async fn give_up(instance: Arc<Instance>, key: String) {
    let next = match load(&instance, &key).await {
        Ok(Some(ready)) => {
            let report = Report::refused(nepho_notify::delivery::Full.to_string());
            settle(&instance, ready, report, instance.clock.now().millis(), 0).await
        }
        Ok(None) => None,
        Err(error) => {
            instance.fault(&format!("delivery {key} could not be read: {error}"));
            None
        }
    };
    instance.deliveries.given_up(next.as_ref());
}

/// Reads what is needed for a delivery; none if it has ended.
async fn load(instance: &Arc<Instance>, key: &str) -> Result<Option<Ready>, TopicError> {
    let key = key.to_owned();
    instance.blocking(move |instance| read(instance, &key)).await
}

fn read(instance: &Instance, key: &str) -> Result<Option<Ready>, TopicError> {
    let Some(value) = instance.records.get(OUTBOX, key)? else { return Ok(None) };
    let delivery = DeliveryRecord::read(OUTBOX, key, &value)?;
    if delivery.state == Delivery::Held {
        return Ok(None);
    }
    let topic = instance.topics.get(&*instance.records, &delivery.subscription.topic)?;
    let Some(topic) = topic else {
        return Ok(Some(gone(delivery, "the topic was deleted")));
    };
    let subscription = topic.subscriptions.get(&delivery.subscription.id);
    if let Some(reason) = superfluous(&delivery, subscription.map(AsRef::as_ref)) {
        return Ok(Some(gone(delivery, reason)));
    }
    let message = match delivery.what {
        What::Notification => {
            let text = delivery.message.to_string();
            let value = instance.records.get(MESSAGES, &text)?;
            value.map(|value| Message::read(delivery.message.clone(), &value)).transpose()?
        }
        _ => None,
    };
    let policy = match subscription {
        Some(subscription) => subscription.delivery(&topic.settings),
        None => topic.settings.delivery().with(None),
    };
    let desk = Desk {
        delivery: &delivery,
        message: message.as_ref(),
        topic: &topic.settings,
        policy: &policy,
        is_raw: subscription.is_some_and(|subscription| subscription.settings.is_raw()),
        signer: &|| instance.signer().map_err(|error| error.to_string()),
        base_url: &instance.base_url,
        pagerduty_url: &instance.config.deliveries.pagerduty_url,
        topic_arn: topic.arn.to_string(),
        now: instance.clock.now(),
    };
    let parcel = desk.pack();
    let dead_letter_target = match delivery.what {
        What::Notification => subscription.and_then(|subscription| subscription.settings.dead_letter_target()),
        _ => None,
    };
    let dead_letter_target = dead_letter_target.map(str::to_owned);
    Ok(Some(Ready { policy, dead_letter_target, parcel, delivery }))
}

/// A delivery that cannot go anywhere any more.
fn gone(delivery: DeliveryRecord, reason: &str) -> Ready {
    let policy = TopicSettings::default().delivery().with(None);
    Ready { delivery, policy, dead_letter_target: None, parcel: Err(reason.to_owned()) }
}

/// Why a delivery is not wanted any more, if it is not.
fn superfluous(delivery: &DeliveryRecord, subscription: Option<&Subscription>) -> Option<&'static str> {
    match (&delivery.what, subscription) {
        (What::Notification | What::Confirmation(_), None) => Some("the subscription was given up"),
        (What::Confirmation(asked), Some(subscription)) => match &subscription.consent {
            Consent::Pending { token, .. } if token.as_str() == asked => None,
            _ => Some("the subscription was confirmed meanwhile"),
        },
        _ => None,
    }
}

/// Writes down what came of an attempt, and answers with the next one.
async fn settle(instance: &Arc<Instance>, ready: Ready, report: Report, at: i64, took: i64) -> Option<Started> {
    let Ready { mut delivery, policy, dead_letter_target, parcel } = ready;
    let now = instance.clock.now();
    let jitter = if instance.clock.is_manual() { 0.0 } else { request_id::fraction() };
    let terms = Terms { retries: policy.retries, has_dead_letter_queue: dead_letter_target.is_some() };
    let was_redriving = matches!(delivery.state, Delivery::Redriving { .. });
    delivery.state = delivery.state.step(&terms, report.outcome, now, jitter);
    if !was_redriving && matches!(delivery.state, Delivery::Redriving { .. }) {
        delivery.dead_letter = dead_letter_target;
    }
    let (status, said) = (report.status, report.said);
    delivery.add_try(Try { at, took, redrive: was_redriving, outcome: report.outcome.into(), status, said });
    if delivery.state.due().is_none() {
        delivery.ended = Some(now);
    }
    while let Err(error) = commit(instance, delivery.put()).await {
        instance.fault(&format!("what came of a delivery could not be written: {error}"));
        tokio::time::sleep(WRITE_PAUSE).await;
    }
    if let (None, Ok(parcel)) = (delivery.state.due(), &parcel) {
        instance.transports.ended(parcel);
    }
    count(instance, &delivery, was_redriving);
    instance.deliveries.tell(&delivery.key());
    delivery.state.due().map(|_| Started::of(&delivery, policy.receives_per_second_max))
}

fn count(instance: &Instance, delivery: &DeliveryRecord, was_redriving: bool) {
    if delivery.what != What::Notification {
        return;
    }
    let topic = &delivery.subscription.topic;
    match (&delivery.state, was_redriving) {
        (Delivery::Delivered { .. }, _) => instance.tallies.count(topic, Counted::Delivered),
        (Delivery::DeadLettered { .. }, _) => instance.tallies.count(topic, Counted::Redriven),
        (Delivery::Redriving { redrives: 0, .. } | Delivery::Discarded { .. }, false) => {
            instance.tallies.count(topic, Counted::Failed);
        }
        (Delivery::Discarded { .. }, true) => instance.tallies.count(topic, Counted::NotRedriven),
        _ => {}
    }
}
