//! The codes of CloudWatch Logs, which has one spelling for all and no 404.

use super::Code;
use super::Home::Service;

/// A parameter is invalid.
pub const INVALID_PARAMETER: Code = of("InvalidParameterException", 400);
/// There is no such log group or stream.
pub const RESOURCE_NOT_FOUND: Code = of("ResourceNotFoundException", 400);
/// The log group or stream is there already.
pub const RESOURCE_ALREADY_EXISTS: Code = of("ResourceAlreadyExistsException", 400);
/// The batch of events was stored already; AWS has given up saying so.
pub const DATA_ALREADY_ACCEPTED: Code = of("DataAlreadyAcceptedException", 400);
/// The sequence token is wrong; AWS has given up saying so.
pub const INVALID_SEQUENCE_TOKEN: Code = of("InvalidSequenceTokenException", 400);
/// A quota is exhausted.
pub const LIMIT_EXCEEDED: Code = of("LimitExceededException", 400);
/// Another request is changing the same thing.
pub const OPERATION_ABORTED: Code = of("OperationAbortedException", 400);
/// The service cannot take the request now.
pub const SERVICE_UNAVAILABLE: Code = of("ServiceUnavailableException", 503);
/// The access key is unknown.
pub const UNRECOGNIZED_CLIENT: Code = of("UnrecognizedClientException", 400);

const fn of(name: &'static str, status: u16) -> Code {
    Code::new(Service, name, name, status)
}
