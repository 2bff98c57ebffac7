//! GetSubscriptionAttributes: what a subscription was told, and what is known of it.

use std::collections::BTreeMap;

use nepho_protocol::error::ServiceError;
use nepho_protocol::shapes::sns::get_subscription_attributes::{
    GetSubscriptionAttributesInput, GetSubscriptionAttributesOutput,
};

use super::{failed, subscription};
use crate::api::call::{Call, Reply};
use crate::topics::subscription::{Consent, Subscription};
use crate::topics::topic::Topic;

/// Answers the attributes.
pub(in crate::api) fn answer(call: &Call, body: &[u8]) -> Result<Reply, ServiceError> {
    let input: GetSubscriptionAttributesInput = call.decode(body)?;
    let found = subscription(call, input.subscription_arn.as_deref());
    let (topic, subscription) = found.map_err(|error| failed(call, error))?;
    let attributes = Some(attributes(&topic, &subscription));
    Ok(call.encode(&GetSubscriptionAttributesOutput { attributes }))
}

fn attributes(topic: &Topic, subscription: &Subscription) -> BTreeMap<String, String> {
    let mut all = subscription.settings.to_attributes(topic.settings.delivery(), subscription.protocol);
    let is_authenticated = matches!(subscription.consent, Consent::Given { is_authenticated: true, .. });
    let known = [
        ("ConfirmationWasAuthenticated", is_authenticated.to_string()),
        ("Endpoint", subscription.endpoint.clone()),
        ("Owner", subscription.owner.clone()),
        ("PendingConfirmation", (!subscription.is_confirmed()).to_string()),
        ("Protocol", subscription.protocol.to_string()),
        ("SubscriptionArn", subscription.arn.to_string()),
        ("SubscriptionPrincipal", format!("arn:aws:iam::{}:root", subscription.owner)),
        ("TopicArn", topic.arn.to_string()),
    ];
    all.extend(known.map(|(name, value)| (name.to_owned(), value)));
    all
}
