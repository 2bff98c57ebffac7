//! From what a queue refuses to AWS's errors.

use nepho_notify::queue::{Fault, FaultKind};
use nepho_protocol::error::{Code, ServiceError, code, sqs};
use nepho_protocol::shapes::sqs::BatchResultErrorEntry;
use nepho_protocol::{Protocol, Route};

use crate::api::call::Call;
use crate::queues::QueueError;

/// The code of a kind of fault.
const fn code_of(kind: FaultKind) -> Code {
    match kind {
        FaultKind::AccessDenied => code::ACCESS_DENIED,
        FaultKind::BatchEntryIdsNotDistinct => sqs::BATCH_ENTRY_IDS_NOT_DISTINCT,
        FaultKind::BatchRequestTooLong => sqs::BATCH_REQUEST_TOO_LONG,
        FaultKind::EmptyBatchRequest => sqs::EMPTY_BATCH_REQUEST,
        FaultKind::InvalidAddress => sqs::INVALID_ADDRESS,
        FaultKind::InvalidAttributeName => sqs::INVALID_ATTRIBUTE_NAME,
        FaultKind::InvalidAttributeValue => sqs::INVALID_ATTRIBUTE_VALUE,
        FaultKind::InvalidBatchEntryId => sqs::INVALID_BATCH_ENTRY_ID,
        FaultKind::InvalidMessageContents => sqs::INVALID_MESSAGE_CONTENTS,
        FaultKind::InvalidParameterValue => sqs::INVALID_PARAMETER_VALUE,
        FaultKind::MissingParameter => sqs::MISSING_PARAMETER,
        FaultKind::OverLimit => sqs::OVER_LIMIT,
        FaultKind::PurgeQueueInProgress => sqs::PURGE_QUEUE_IN_PROGRESS,
        FaultKind::QueueDeletedRecently => sqs::QUEUE_DELETED_RECENTLY,
        FaultKind::QueueDoesNotExist => sqs::QUEUE_DOES_NOT_EXIST,
        FaultKind::QueueNameExists => sqs::QUEUE_NAME_EXISTS,
        FaultKind::ReceiptHandleIsInvalid => sqs::RECEIPT_HANDLE_IS_INVALID,
        FaultKind::TooManyEntriesInBatchRequest => sqs::TOO_MANY_ENTRIES_IN_BATCH_REQUEST,
        FaultKind::UnsupportedOperation => sqs::UNSUPPORTED_OPERATION,
    }
}

/// The error of a fault.
pub(super) fn of_fault(route: Route, fault: Fault) -> ServiceError {
    match fault.kind {
        // The old protocol has words of its own.
        FaultKind::QueueDoesNotExist if route.protocol == Protocol::Query => {
            sqs::QUEUE_DOES_NOT_EXIST.message("The specified queue does not exist for this wsdl version.")
        }
        kind => code_of(kind).message(fault.message),
    }
}

/// The error of what went wrong.
pub(super) fn of(call: &Call, error: QueueError) -> ServiceError {
    match error {
        QueueError::Fault(fault) => of_fault(call.route, fault),
        QueueError::Store(error) => call.store_failed(&error),
    }
}

/// What is told of an entry of a batch that was refused.
pub(super) fn of_entry(route: Route, id: String, fault: Fault) -> BatchResultErrorEntry {
    let ServiceError { code, message } = of_fault(route, fault);
    BatchResultErrorEntry { id: Some(id), sender_fault: Some(true), code: Some(code.query.to_owned()), message }
}
