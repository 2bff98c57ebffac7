//! Confirming subscriptions, and giving them up.

use std::sync::Arc;

use nepho_model::Timestamp;
use nepho_notify::subscription::{PENDING_SECONDS, SubscriptionArn, Token};
use nepho_notify::{Arn, Refusal, RefusalKind};
use nepho_store::Change;

use super::error::TopicError;
use super::outbox::Outbox;
use super::subscription::{Consent, Subscription};
use super::token::{Purpose, TOKENS};
use super::topic::Topic;
use crate::deliveries::record::What;
use crate::instance::Instance;
use crate::request_id;

/// How somebody confirms.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Confirming<'a> {
    /// The ARN of the topic; only its form and its Region count.
    pub(crate) topic: &'a str,
    /// What was sent to the endpoint.
    pub(crate) token: &'a str,
    /// Whether it is somebody with credentials.
    pub(crate) is_authenticated: bool,
    /// Whether nobody but the owner may unsubscribe from then on.
    pub(crate) is_owner_only: bool,
}

/// Confirms a subscription, or brings one back. Doing it again does nothing. May block.
pub(crate) fn confirm(
    instance: &Instance,
    confirming: Confirming<'_>,
    now: Timestamp,
) -> Result<SubscriptionArn, TopicError> {
    let topic = Arn::parse(confirming.topic, "Topic").map_err(|_| Refusal::invalid("Topic"))?;
    let token = Token::parse(confirming.token)?;
    let _alone = instance.changing_records();
    let unknown = || Refusal::invalid("Token");
    let purpose = Purpose::find(&*instance.records, &token)?.ok_or_else(unknown)?;
    let arn = &purpose.subscription;
    if topic.scope.region != arn.topic.scope.region {
        return Err(Refusal::invalid("Topic").into());
    }
    if purpose.asked.plus_seconds(PENDING_SECONDS) <= now {
        return Err(unknown().into());
    }
    let topic = instance.topics.get(&*instance.records, &arn.topic)?.ok_or_else(unknown)?;
    let consent =
        Consent::Given { is_authenticated: confirming.is_authenticated, is_owner_only: confirming.is_owner_only };
    let confirmed = match (topic.subscriptions.get(&arn.id), &purpose.restore) {
        (Some(subscription), _) if subscription.is_confirmed() => return Ok(arn.clone()),
        (Some(subscription), _) => Subscription { consent, ..Subscription::clone(subscription) },
        (None, Some(kept)) => {
            let restored = Subscription::of(arn.clone(), kept)?;
            if let Some(other) = topic.subscribed(restored.protocol, &restored.endpoint) {
                return Ok(other.arn.clone());
            }
            restored
        }
        (None, None) => return Err(unknown().into()),
    };
    instance.records.commit(&[confirmed.put()])?;
    instance.topics.forget(&arn.topic);
    Ok(arn.clone())
}

/// Who gives up a subscription.
#[derive(Debug, Clone, Copy)]
pub(crate) enum By<'a> {
    /// Whoever has the keys of an account.
    Account(&'a str),
    /// Whoever knows the ARN, as from a message.
    Link,
}

/// Gives up a subscription; one that is not there does not matter. May block.
pub(crate) fn unsubscribe(
    instance: &Instance,
    arn: &SubscriptionArn,
    by: By<'_>,
    now: Timestamp,
) -> Result<(), TopicError> {
    let _alone = instance.changing_records();
    let Some((topic, subscription)) = instance.topics.subscription(&*instance.records, arn)? else { return Ok(()) };
    check_may(&topic, &subscription, by)?;
    let mut outbox = Outbox::new(instance, now);
    let mut changes = vec![subscription.delete()];
    match &subscription.consent {
        Consent::Pending { token, .. } => changes.push(Change::Delete(TOKENS, token.as_str().to_owned())),
        Consent::Given { .. } if subscription.protocol.is_http() => {
            let token = Token::of(request_id::secret());
            let restore = Some(subscription.kept());
            let purpose = Purpose { token: token.clone(), subscription: arn.clone(), asked: now, restore };
            changes.push(purpose.put());
            outbox.ask(&topic, &subscription, What::Farewell(token.as_str().to_owned()));
        }
        Consent::Given { .. } => {}
    }
    let sealed = outbox.seal();
    changes.extend_from_slice(&sealed.changes);
    instance.records.commit(&changes)?;
    instance.topics.forget(&arn.topic);
    drop(sealed.committed(instance));
    Ok(())
}

fn check_may(topic: &Arc<Topic>, subscription: &Subscription, by: By<'_>) -> Result<(), Refusal> {
    let may = match (by, &subscription.consent) {
        (By::Account(account), _) => account == subscription.owner || account == topic.arn.scope.account,
        (By::Link, Consent::Given { is_owner_only, .. }) => !is_owner_only,
        // A question is answered by leaving it, or by saying no.
        (By::Link, Consent::Pending { .. }) => true,
    };
    match may {
        true => Ok(()),
        false => {
            let message = format!("Only the owner of {} may unsubscribe", subscription.arn);
            Err(Refusal::new(RefusalKind::AuthorizationError, message))
        }
    }
}
