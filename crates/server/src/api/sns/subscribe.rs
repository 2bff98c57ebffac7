//! Subscribe: lets an endpoint get the messages of a topic, or asks its owner first.

use std::sync::Arc;

use nepho_notify::subscription::{
    FIFO_SUBSCRIPTIONS_MAX, FILTERS_MAX, Protocol, SUBSCRIPTIONS_MAX, Subscriber, SubscriptionArn,
    SubscriptionSettings, Token, check_endpoint,
};
use nepho_notify::{Refusal, RefusalKind};
use nepho_protocol::error::ServiceError;
use nepho_protocol::shapes::sns::subscribe::{SubscribeInput, SubscribeOutput};

use super::{failed, topic};
use crate::api::call::{Call, Reply};
use crate::deliveries::record::What;
use crate::request_id;
use crate::topics::error::TopicError;
use crate::topics::outbox::Outbox;
use crate::topics::subscription::{Consent, Subscription};
use crate::topics::token::Purpose;
use crate::topics::topic::Topic;

/// What is answered instead of an ARN when the owner of the endpoint is asked.
const PENDING: &str = "pending confirmation";

/// Answers the ARN, or that the owner of the endpoint is asked.
pub(in crate::api) fn answer(call: &Call, body: &[u8]) -> Result<Reply, ServiceError> {
    let input: SubscribeInput = call.decode(body)?;
    let wants_arn = input.return_subscription_arn.unwrap_or(false);
    let subscription = subscribe(call, input).map_err(|error| failed(call, error))?;
    let arn = match subscription.is_confirmed() || wants_arn {
        true => subscription.arn.to_string(),
        false => PENDING.to_owned(),
    };
    Ok(call.encode(&SubscribeOutput { subscription_arn: Some(arn) }))
}

fn subscribe(call: &Call, input: SubscribeInput) -> Result<Subscription, TopicError> {
    let instance = &call.instance;
    let _alone = instance.changing_records();
    let topic = topic(call, input.topic_arn.as_deref(), "Subscribe")?;
    let protocol = Protocol::parse(input.protocol.as_deref().unwrap_or_default())?;
    let endpoint = input.endpoint.unwrap_or_default();
    check_endpoint(&topic.arn, protocol, &endpoint)?;
    let attributes = input.attributes.unwrap_or_default();
    let subscriber = Subscriber { topic: &topic.arn, protocol, endpoint: &endpoint };
    let settings = SubscriptionSettings::subscribe(subscriber, &attributes)?;
    let subscription = match topic.subscribed(protocol, &endpoint) {
        Some(known) if !known.settings.has_all(&attributes) => {
            let reason = "Attributes Reason: Subscription already exists with different attributes";
            return Err(Refusal::invalid(reason).into());
        }
        Some(known) if known.is_confirmed() => return Ok(Subscription::clone(known)),
        // Whoever asks again is asked again.
        Some(known) => again(call, known),
        None => {
            check_room(&topic, settings.filter().is_some())?;
            new(call, &topic, protocol, endpoint, settings)
        }
    };
    let mut changes = vec![subscription.put()];
    let mut outbox = Outbox::new(instance, call.now);
    if let Consent::Pending { token, .. } = &subscription.consent {
        let arn = subscription.arn.clone();
        let purpose = Purpose { token: token.clone(), subscription: arn, asked: call.now, restore: None };
        changes.push(purpose.put());
        outbox.ask(&topic, &subscription, What::Confirmation(token.as_str().to_owned()));
    }
    let sealed = outbox.seal();
    changes.extend_from_slice(&sealed.changes);
    instance.records.commit(&changes)?;
    instance.topics.forget(&topic.arn);
    drop(sealed.committed(instance));
    Ok(subscription)
}

fn again(call: &Call, known: &Arc<Subscription>) -> Subscription {
    let mut subscription = Subscription::clone(known);
    if let Consent::Pending { asked, .. } = &mut subscription.consent {
        *asked = call.now;
    }
    subscription
}

fn new(
    call: &Call,
    topic: &Topic,
    protocol: Protocol,
    endpoint: String,
    settings: SubscriptionSettings,
) -> Subscription {
    let consent = match protocol.needs_confirmation() {
        true => Consent::Pending { token: Token::of(request_id::secret()), asked: call.now },
        false => Consent::Given { is_authenticated: true, is_owner_only: false },
    };
    Subscription {
        arn: SubscriptionArn { topic: topic.arn.clone(), id: request_id::new().to_string() },
        protocol,
        endpoint,
        owner: call.scope.account.clone(),
        created: call.now,
        settings,
        consent,
    }
}

fn check_room(topic: &Topic, has_filter: bool) -> Result<(), Refusal> {
    let limit = if topic.arn.name.is_fifo() { FIFO_SUBSCRIPTIONS_MAX } else { SUBSCRIPTIONS_MAX };
    let count = topic.subscriptions.len();
    if count >= limit {
        let message = format!("The topic has {count} subscriptions already, which is the limit");
        return Err(Refusal::new(RefusalKind::SubscriptionLimitExceeded, message));
    }
    match has_filter {
        true => check_filters(topic, None),
        false => Ok(()),
    }
}

/// Checks that one more subscription, or this one, may have a filter policy.
pub(super) fn check_filters(topic: &Topic, own: Option<&SubscriptionArn>) -> Result<(), Refusal> {
    let others = topic.subscriptions.values().filter(|other| Some(&other.arn) != own);
    let count = others.filter(|other| other.settings.filter().is_some()).count();
    match count >= FILTERS_MAX {
        true => {
            let message = format!("The topic has {count} filter policies already, which is the limit");
            Err(Refusal::new(RefusalKind::FilterPolicyLimitExceeded, message))
        }
        false => Ok(()),
    }
}
