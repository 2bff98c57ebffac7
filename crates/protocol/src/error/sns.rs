//! The codes of SNS.

use super::Code;
use super::Home::Service;

/// The caller may not do that.
pub const AUTHORIZATION_ERROR: Code = Code::new(Service, "AuthorizationError", "AuthorizationErrorException", 403);
/// Two entries of a batch have one id.
pub const BATCH_ENTRY_IDS_NOT_DISTINCT: Code =
    Code::new(Service, "BatchEntryIdsNotDistinct", "BatchEntryIdsNotDistinctException", 400);
/// The messages of a batch are too long together.
pub const BATCH_REQUEST_TOO_LONG: Code = Code::new(Service, "BatchRequestTooLong", "BatchRequestTooLongException", 400);
/// A batch has no entries.
pub const EMPTY_BATCH_REQUEST: Code = Code::new(Service, "EmptyBatchRequest", "EmptyBatchRequestException", 400);
/// There are too many filter policies.
pub const FILTER_POLICY_LIMIT_EXCEEDED: Code =
    Code::new(Service, "FilterPolicyLimitExceeded", "FilterPolicyLimitExceededException", 403);
/// SNS has failed.
pub const INTERNAL_ERROR: Code = Code::new(Service, "InternalError", "InternalErrorException", 500);
/// The id of an entry of a batch is not legal.
pub const INVALID_BATCH_ENTRY_ID: Code = Code::new(Service, "InvalidBatchEntryId", "InvalidBatchEntryIdException", 400);
/// A parameter is wrong.
pub const INVALID_PARAMETER: Code = Code::new(Service, "InvalidParameter", "InvalidParameterException", 400);
/// There is no such topic, or no such subscription.
pub const NOT_FOUND: Code = Code::new(Service, "NotFound", "NotFoundException", 404);
/// The attribute of a message is wrong.
pub const PARAMETER_VALUE_INVALID: Code =
    Code::new(Service, "ParameterValueInvalid", "InvalidParameterValueException", 400);
/// There is nothing that could have tags.
pub const RESOURCE_NOT_FOUND: Code = Code::new(Service, "ResourceNotFound", "ResourceNotFoundException", 404);
/// A topic has too many subscriptions.
pub const SUBSCRIPTION_LIMIT_EXCEEDED: Code =
    Code::new(Service, "SubscriptionLimitExceeded", "SubscriptionLimitExceededException", 403);
/// A topic has too many tags.
pub const TAG_LIMIT_EXCEEDED: Code = Code::new(Service, "TagLimitExceeded", "TagLimitExceededException", 400);
/// A batch has too many entries.
pub const TOO_MANY_ENTRIES_IN_BATCH_REQUEST: Code =
    Code::new(Service, "TooManyEntriesInBatchRequest", "TooManyEntriesInBatchRequestException", 400);
/// There are too many topics.
pub const TOPIC_LIMIT_EXCEEDED: Code = Code::new(Service, "TopicLimitExceeded", "TopicLimitExceededException", 403);
