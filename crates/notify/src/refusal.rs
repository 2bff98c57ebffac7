//! What SNS says to a request that it does not do.

/// AWS's error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefusalKind {
    /// The caller may not do that.
    AuthorizationError,
    /// Two entries of a batch have the same id.
    BatchEntryIdsNotDistinct,
    /// The messages of a batch are too long together.
    BatchRequestTooLong,
    /// A batch has no entries.
    EmptyBatchRequest,
    /// There are too many filter policies.
    FilterPolicyLimitExceeded,
    /// The id of an entry is none.
    InvalidBatchEntryId,
    /// A parameter is wrong.
    InvalidParameter,
    /// There is no such topic, or no such subscription.
    NotFound,
    /// The attribute of a message is wrong.
    ParameterValueInvalid,
    /// There is nothing that could have tags.
    ResourceNotFound,
    /// A topic has too many subscriptions.
    SubscriptionLimitExceeded,
    /// A topic has too many tags.
    TagLimitExceeded,
    /// A batch has too many entries.
    TooManyEntriesInBatchRequest,
    /// There are too many topics.
    TopicLimitExceeded,
    /// A member breaks a constraint of the model.
    Validation,
}

/// A refusal, with AWS's message.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Refusal {
    /// AWS's error.
    pub kind: RefusalKind,
    /// What there is to say about it.
    pub message: String,
}

impl Refusal {
    /// A refusal of a kind.
    pub fn new(kind: RefusalKind, message: impl Into<String>) -> Self {
        Refusal { kind, message: message.into() }
    }

    /// A parameter that is wrong: `Invalid parameter: ...`.
    pub fn invalid(what: impl std::fmt::Display) -> Self {
        Refusal::new(RefusalKind::InvalidParameter, format!("Invalid parameter: {what}"))
    }

    /// A parameter that must be there and is not.
    pub fn missing(member: &str) -> Self {
        let message = format!(
            "1 validation error detected: Value null at '{member}' failed to satisfy constraint: Member must not be null"
        );
        Refusal::new(RefusalKind::Validation, message)
    }

    /// A topic that is not there.
    pub fn no_topic() -> Self {
        Refusal::new(RefusalKind::NotFound, "Topic does not exist")
    }

    /// A subscription that is not there.
    pub fn no_subscription() -> Self {
        Refusal::new(RefusalKind::NotFound, "Subscription does not exist")
    }
}
