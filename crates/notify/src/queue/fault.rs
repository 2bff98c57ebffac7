//! What is wrong with what a queue was told, in AWS's words.

/// The kind of a [`Fault`]: AWS's error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FaultKind {
    /// The caller may not do that.
    AccessDenied,
    /// Two entries of a batch have one id.
    BatchEntryIdsNotDistinct,
    /// The entries of a batch are too long together.
    BatchRequestTooLong,
    /// A batch has no entries.
    EmptyBatchRequest,
    /// The URL is none of a queue.
    InvalidAddress,
    /// A queue has no such attribute.
    InvalidAttributeName,
    /// An attribute of a queue cannot have this value.
    InvalidAttributeValue,
    /// The id of an entry of a batch is not legal.
    InvalidBatchEntryId,
    /// A message has characters that XML does not have.
    InvalidMessageContents,
    /// A parameter cannot have this value.
    InvalidParameterValue,
    /// A parameter is missing.
    MissingParameter,
    /// Something would be more than there may be.
    OverLimit,
    /// The queue was purged a moment ago.
    PurgeQueueInProgress,
    /// A queue of this name was deleted a moment ago.
    QueueDeletedRecently,
    /// There is no such queue.
    QueueDoesNotExist,
    /// There is a queue of this name, and it is another.
    QueueNameExists,
    /// A receipt handle is none of this queue.
    ReceiptHandleIsInvalid,
    /// A batch has too many entries.
    TooManyEntriesInBatchRequest,
    /// It is not implemented.
    UnsupportedOperation,
}

/// A refusal.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Fault {
    /// AWS's error.
    pub kind: FaultKind,
    /// What there is to say about it.
    pub message: String,
}

impl Fault {
    /// A fault of a kind.
    pub fn new(kind: FaultKind, message: impl Into<String>) -> Self {
        Fault { kind, message: message.into() }
    }

    /// A parameter that is not there, or is empty.
    pub fn missing(parameter: &str) -> Self {
        Fault::new(FaultKind::MissingParameter, format!("The request must contain the parameter {parameter}."))
    }

    /// A parameter whose value is not one that it may have.
    pub fn invalid(value: impl std::fmt::Display, parameter: &str, reason: &str) -> Self {
        let message = format!("Value {value} for parameter {parameter} is invalid. Reason: {reason}");
        Fault::new(FaultKind::InvalidParameterValue, message)
    }

    /// An attribute of a queue whose value is not one that it may have.
    pub(crate) fn attribute_value(attribute: &str) -> Self {
        Fault::new(FaultKind::InvalidAttributeValue, format!("Invalid value for the parameter {attribute}."))
    }

    /// An attribute that a queue does not have.
    pub(crate) fn attribute_name(attribute: &str) -> Self {
        Fault::new(FaultKind::InvalidAttributeName, format!("Unknown Attribute {attribute}."))
    }

    /// A queue that is not there.
    pub fn no_queue() -> Self {
        Fault::new(FaultKind::QueueDoesNotExist, "The specified queue does not exist.")
    }
}
