//! The codes of SQS, most of which are spelt differently in awsQuery and in JSON.

use super::Code;
use super::Home::{CoralService, Service};

/// Two entries of a batch have one id.
pub const BATCH_ENTRY_IDS_NOT_DISTINCT: Code =
    Code::new(Service, "AWS.SimpleQueueService.BatchEntryIdsNotDistinct", "BatchEntryIdsNotDistinct", 400);
/// The entries of a batch are too long together.
pub const BATCH_REQUEST_TOO_LONG: Code =
    Code::new(Service, "AWS.SimpleQueueService.BatchRequestTooLong", "BatchRequestTooLong", 400);
/// A batch has no entries.
pub const EMPTY_BATCH_REQUEST: Code =
    Code::new(Service, "AWS.SimpleQueueService.EmptyBatchRequest", "EmptyBatchRequest", 400);
/// The URL is none of a queue.
pub const INVALID_ADDRESS: Code = Code::new(Service, "InvalidAddress", "InvalidAddress", 404);
/// A queue has no such attribute.
pub const INVALID_ATTRIBUTE_NAME: Code = Code::new(Service, "InvalidAttributeName", "InvalidAttributeName", 400);
/// An attribute of a queue cannot have this value.
pub const INVALID_ATTRIBUTE_VALUE: Code = Code::new(Service, "InvalidAttributeValue", "InvalidAttributeValue", 400);
/// The id of an entry of a batch is not legal.
pub const INVALID_BATCH_ENTRY_ID: Code =
    Code::new(Service, "AWS.SimpleQueueService.InvalidBatchEntryId", "InvalidBatchEntryId", 400);
/// A message has characters that XML does not have.
pub const INVALID_MESSAGE_CONTENTS: Code = Code::new(Service, "InvalidMessageContents", "InvalidMessageContents", 400);
/// A parameter cannot have this value.
pub const INVALID_PARAMETER_VALUE: Code =
    Code::new(CoralService, "InvalidParameterValue", "InvalidParameterValueException", 400);
/// A parameter is missing.
pub const MISSING_PARAMETER: Code =
    Code::new(CoralService, "MissingParameter", "MissingRequiredParameterException", 400);
/// Something would be more than there may be.
pub const OVER_LIMIT: Code = Code::new(Service, "OverLimit", "OverLimit", 403);
/// The queue was purged a moment ago.
pub const PURGE_QUEUE_IN_PROGRESS: Code =
    Code::new(Service, "AWS.SimpleQueueService.PurgeQueueInProgress", "PurgeQueueInProgress", 403);
/// A queue of this name was deleted a moment ago.
pub const QUEUE_DELETED_RECENTLY: Code =
    Code::new(Service, "AWS.SimpleQueueService.QueueDeletedRecently", "QueueDeletedRecently", 400);
/// There is no such queue.
pub const QUEUE_DOES_NOT_EXIST: Code =
    Code::new(Service, "AWS.SimpleQueueService.NonExistentQueue", "QueueDoesNotExist", 400);
/// There is a queue of this name, and it is another.
pub const QUEUE_NAME_EXISTS: Code = Code::new(Service, "QueueAlreadyExists", "QueueNameExists", 400);
/// A receipt handle is none of this queue.
pub const RECEIPT_HANDLE_IS_INVALID: Code = Code::new(Service, "ReceiptHandleIsInvalid", "ReceiptHandleIsInvalid", 404);
/// A batch has too many entries.
pub const TOO_MANY_ENTRIES_IN_BATCH_REQUEST: Code =
    Code::new(Service, "AWS.SimpleQueueService.TooManyEntriesInBatchRequest", "TooManyEntriesInBatchRequest", 400);
/// It is not implemented.
pub const UNSUPPORTED_OPERATION: Code =
    Code::new(Service, "AWS.SimpleQueueService.UnsupportedOperation", "UnsupportedOperation", 400);
