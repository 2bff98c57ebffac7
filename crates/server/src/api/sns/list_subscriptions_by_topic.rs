//! ListSubscriptionsByTopic: the subscriptions to one topic.

use nepho_protocol::error::ServiceError;
use nepho_protocol::shapes::sns::list_subscriptions_by_topic::{
    ListSubscriptionsByTopicInput, ListSubscriptionsByTopicOutput,
};

use super::list_subscriptions::list;
use super::{failed, topic};
use crate::api::call::{Call, Reply};
use crate::topics::subscription;

/// Answers a page.
pub(in crate::api) fn answer(call: &Call, body: &[u8]) -> Result<Reply, ServiceError> {
    let input: ListSubscriptionsByTopicInput = call.decode(body)?;
    let listed = topic(call, input.topic_arn.as_deref(), "ListSubscriptionsByTopic")
        .and_then(|topic| list(call, &subscription::prefix(&topic.arn), input.next_token.as_deref()));
    let (subscriptions, next_token) = listed.map_err(|error| failed(call, error))?;
    Ok(call.encode(&ListSubscriptionsByTopicOutput { subscriptions: Some(subscriptions), next_token }))
}
