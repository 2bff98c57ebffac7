//! The operations of SNS.

pub(super) mod add_permission;
pub(super) mod confirm_subscription;
pub(super) mod create_topic;
pub(super) mod delete_topic;
pub(super) mod get_subscription_attributes;
pub(super) mod get_topic_attributes;
pub(super) mod list_subscriptions;
pub(super) mod list_subscriptions_by_topic;
pub(super) mod list_topics;
mod message;
mod page;
pub(super) mod publish;
pub(super) mod publish_batch;
pub(super) mod remove_permission;
pub(super) mod set_subscription_attributes;
pub(super) mod set_topic_attributes;
pub(super) mod subscribe;
pub(super) mod tags;
pub(super) mod unsubscribe;

use std::sync::Arc;

use nepho_notify::subscription::SubscriptionArn;
use nepho_notify::topic::TopicArn;
use nepho_notify::{Refusal, RefusalKind};
use nepho_protocol::error::{Code, ServiceError, code, sns};

use super::call::Call;
use crate::topics::error::TopicError;
use crate::topics::permission::{self, Who};
use crate::topics::subscription::Subscription;
use crate::topics::topic::Topic;

/// A refusal, as the client gets it.
pub(crate) fn refused(refusal: Refusal) -> ServiceError {
    code_of(refusal.kind).message(refusal.message)
}

const fn code_of(kind: RefusalKind) -> Code {
    match kind {
        RefusalKind::AuthorizationError => sns::AUTHORIZATION_ERROR,
        RefusalKind::BatchEntryIdsNotDistinct => sns::BATCH_ENTRY_IDS_NOT_DISTINCT,
        RefusalKind::BatchRequestTooLong => sns::BATCH_REQUEST_TOO_LONG,
        RefusalKind::EmptyBatchRequest => sns::EMPTY_BATCH_REQUEST,
        RefusalKind::FilterPolicyLimitExceeded => sns::FILTER_POLICY_LIMIT_EXCEEDED,
        RefusalKind::InvalidBatchEntryId => sns::INVALID_BATCH_ENTRY_ID,
        RefusalKind::InvalidParameter => sns::INVALID_PARAMETER,
        RefusalKind::NotFound => sns::NOT_FOUND,
        RefusalKind::ParameterValueInvalid => sns::PARAMETER_VALUE_INVALID,
        RefusalKind::ResourceNotFound => sns::RESOURCE_NOT_FOUND,
        RefusalKind::SubscriptionLimitExceeded => sns::SUBSCRIPTION_LIMIT_EXCEEDED,
        RefusalKind::TagLimitExceeded => sns::TAG_LIMIT_EXCEEDED,
        RefusalKind::TooManyEntriesInBatchRequest => sns::TOO_MANY_ENTRIES_IN_BATCH_REQUEST,
        RefusalKind::TopicLimitExceeded => sns::TOPIC_LIMIT_EXCEEDED,
        RefusalKind::Validation => code::VALIDATION,
    }
}

/// What a client is told when something did not work. The cause goes to the log when it is the server's.
fn failed(call: &Call, error: TopicError) -> ServiceError {
    match error {
        TopicError::Refused(refusal) => refused(refusal),
        TopicError::Store(error) => call.store_failed(&error),
        TopicError::Damaged { .. } => call.damaged(&error.to_string()),
    }
}

/// The ARN of a topic, which has to be in the Region that is asked.
fn topic_arn(call: &Call, given: Option<&str>, parameter: &str) -> Result<TopicArn, Refusal> {
    let arn = TopicArn::parse(given.unwrap_or_default(), parameter)?;
    match arn.scope.region == call.scope.region {
        true => Ok(arn),
        false => Err(Refusal::invalid(parameter)),
    }
}

/// A topic that the caller may do something with, such as `Publish`.
fn topic(call: &Call, given: Option<&str>, action: &str) -> Result<Arc<Topic>, TopicError> {
    let arn = topic_arn(call, given, "TopicArn")?;
    let topic = call.instance.topics.find(&*call.instance.records, &arn)?;
    permission::check(&topic, Who::Account(&call.scope.account), action)?;
    Ok(topic)
}

/// A subscription of the caller's, or to a topic of theirs.
fn subscription(call: &Call, given: Option<&str>) -> Result<(Arc<Topic>, Arc<Subscription>), TopicError> {
    let arn = SubscriptionArn::parse(given.unwrap_or_default())?;
    let found = call.instance.topics.subscription(&*call.instance.records, &arn)?;
    let is_own = |(topic, subscription): &(Arc<Topic>, Arc<Subscription>)| {
        let account = &call.scope.account;
        topic.arn.scope.region == call.scope.region
            && (subscription.owner == *account || topic.arn.scope.account == *account)
    };
    found.filter(is_own).ok_or_else(|| Refusal::no_subscription().into())
}
