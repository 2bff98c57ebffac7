//! ListSubscriptions: the subscriptions to all topics of a scope.

use nepho_protocol::error::ServiceError;
use nepho_protocol::shapes::sns::list_subscriptions::{ListSubscriptionsInput, ListSubscriptionsOutput};
use nepho_protocol::shapes::sns::subscription::Subscription;

use super::{failed, page};
use crate::api::call::{Call, Reply};
use crate::topics::error::TopicError;
use crate::topics::known::arn_in;
use crate::topics::subscription::{self, SUBSCRIPTIONS};

/// What is listed instead of an ARN while the owner of the endpoint is asked.
const PENDING: &str = "PendingConfirmation";

/// Answers a page.
pub(in crate::api) fn answer(call: &Call, body: &[u8]) -> Result<Reply, ServiceError> {
    let input: ListSubscriptionsInput = call.decode(body)?;
    let prefix = format!("{}/", call.scope);
    let (subscriptions, next_token) =
        list(call, &prefix, input.next_token.as_deref()).map_err(|error| failed(call, error))?;
    Ok(call.encode(&ListSubscriptionsOutput { subscriptions: Some(subscriptions), next_token }))
}

/// A page of the subscriptions whose keys begin so, and the token of the next one.
pub(super) fn list(
    call: &Call,
    prefix: &str,
    token: Option<&str>,
) -> Result<(Vec<Subscription>, Option<String>), TopicError> {
    let after = page::after(token)?.map(|rest| format!("{prefix}{rest}"));
    let mut records = call.instance.records.scan(SUBSCRIPTIONS, prefix, after.as_deref(), page::PAGE_MAX + 1)?;
    let has_more = records.len() > page::PAGE_MAX;
    records.truncate(page::PAGE_MAX);
    let mut subscriptions = Vec::with_capacity(records.len());
    for record in &records {
        let subscription = subscription::Subscription::read(arn_in(&record.key)?, &record.value)?;
        let arn = if subscription.is_confirmed() { subscription.arn.to_string() } else { PENDING.to_owned() };
        subscriptions.push(Subscription {
            subscription_arn: Some(arn),
            owner: Some(subscription.owner),
            protocol: Some(subscription.protocol.to_string()),
            endpoint: Some(subscription.endpoint),
            topic_arn: Some(subscription.arn.topic.to_string()),
        });
    }
    let last = records.last().filter(|_| has_more).and_then(|record| record.key.strip_prefix(prefix));
    Ok((subscriptions, last.map(page::token)))
}
