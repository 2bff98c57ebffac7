//! The codes of CloudWatch, and those common to all services.
//!
//! Use as `code::INVALID_PARAMETER_VALUE.message("...")`, or `.bare()` where AWS says nothing.

use super::Code;
use super::Home::{CoralAvailability, CoralService, CoralValidate, Service};

/// A parameter has a value that is out of range or not allowed.
pub const INVALID_PARAMETER_VALUE: Code =
    Code::new(Service, "InvalidParameterValue", "InvalidParameterValueException", 400);
/// Parameters exclude each other.
pub const INVALID_PARAMETER_COMBINATION: Code =
    Code::new(Service, "InvalidParameterCombination", "InvalidParameterCombinationException", 400);
/// A required parameter is missing.
pub const MISSING_PARAMETER: Code = Code::new(Service, "MissingParameter", "MissingRequiredParameterException", 400);
/// A member violates a constraint of the model.
pub const VALIDATION: Code = Code::new(CoralValidate, "ValidationError", "ValidationException", 400);
/// Data has a syntax error.
pub const INVALID_FORMAT: Code = Code::new(Service, "InvalidFormat", "InvalidFormatFault", 400);
/// The token of a page is not one of ours.
pub const INVALID_NEXT_TOKEN: Code = Code::new(Service, "InvalidNextToken", "InvalidNextToken", 400);
/// A quota is exhausted.
pub const LIMIT_EXCEEDED: Code = Code::new(Service, "LimitExceeded", "LimitExceededFault", 400);
/// A quota is exhausted, as the operations on insight rules spell it.
pub const LIMIT_EXCEEDED_EXCEPTION: Code = Code::new(Service, "LimitExceededException", "LimitExceededException", 400);
/// A dashboard's body is invalid.
pub const DASHBOARD_INVALID_INPUT: Code =
    Code::new(Service, "InvalidParameterInput", "DashboardInvalidInputError", 400);
/// There is no such alarm.
pub const RESOURCE_NOT_FOUND: Code = Code::new(Service, "ResourceNotFound", "ResourceNotFound", 404);
/// There is no such dashboard.
pub const DASHBOARD_NOT_FOUND: Code = Code::new(Service, "ResourceNotFound", "DashboardNotFoundError", 404);
/// There is no such resource, as the operations on tags spell it.
pub const RESOURCE_NOT_FOUND_EXCEPTION: Code =
    Code::new(Service, "ResourceNotFoundException", "ResourceNotFoundException", 404);
/// The resource is in a state that forbids the operation.
pub const CONFLICT: Code = Code::new(Service, "ConflictException", "ConflictException", 409);
/// The resource is being changed by another request.
pub const CONCURRENT_MODIFICATION: Code =
    Code::new(Service, "ConcurrentModificationException", "ConcurrentModificationException", 429);
/// CloudWatch has failed.
pub const INTERNAL_SERVICE: Code = Code::new(Service, "InternalServiceError", "InternalServiceFault", 500);

/// The caller may not do that.
pub const ACCESS_DENIED: Code = Code::new(CoralService, "AccessDenied", "AccessDeniedException", 403);
/// The session has expired.
pub const EXPIRED_TOKEN: Code = Code::new(CoralService, "ExpiredToken", "ExpiredTokenException", 403);
/// The request is not signed.
pub const MISSING_AUTHENTICATION_TOKEN: Code =
    Code::new(CoralService, "MissingAuthenticationToken", "MissingAuthenticationTokenException", 403);
/// The signature lacks something.
pub const INCOMPLETE_SIGNATURE: Code =
    Code::new(CoralService, "IncompleteSignature", "IncompleteSignatureException", 403);
/// The access key or the session token is unknown.
pub const UNRECOGNIZED_CLIENT: Code =
    Code::new(CoralService, "InvalidClientTokenId", "UnrecognizedClientException", 403);
/// The signature is not that of the request, or not of this time, place or service.
pub const INVALID_SIGNATURE: Code = Code::new(CoralService, "SignatureDoesNotMatch", "InvalidSignatureException", 403);
/// The caller may not use the service.
pub const NOT_AUTHORIZED: Code = Code::new(CoralService, "NotAuthorized", "NotAuthorized", 401);
/// The caller has not subscribed to the service.
pub const OPT_IN_REQUIRED: Code = Code::new(CoralService, "OptInRequired", "OptInRequired", 403);
/// There is no such operation; the spelling of awsQuery.
pub const INVALID_ACTION: Code = Code::new(CoralService, "InvalidAction", "UnknownOperationException", 400);
/// There is no such operation; the spelling of JSON and CBOR.
pub const UNKNOWN_OPERATION: Code = Code::new(CoralService, "InvalidAction", "UnknownOperationException", 404);
/// The request names no operation.
pub const MISSING_ACTION: Code = Code::new(CoralService, "MissingAction", "MissingActionException", 400);
/// A JSON or CBOR body cannot be decoded.
pub const SERIALIZATION: Code = Code::new(CoralService, "MalformedInput", "SerializationException", 400);
/// A form is fine, but one of its members cannot be decoded.
pub const MALFORMED_INPUT: Code = SERIALIZATION;
/// A form cannot be read.
pub const MALFORMED_QUERY_STRING: Code =
    Code::new(CoralService, "MalformedQueryString", "MalformedQueryStringException", 404);
/// The HTTP request itself is wrong, such as a body that is not the gzip it says it is.
pub const MALFORMED_HTTP_REQUEST: Code =
    Code::new(CoralService, "MalformedHttpRequestException", "MalformedHttpRequestException", 400);
/// The client went away.
pub const REQUEST_ABORTED: Code = Code::new(CoralService, "RequestAbortedException", "RequestAbortedException", 400);
/// The body is too large.
pub const REQUEST_ENTITY_TOO_LARGE: Code =
    Code::new(CoralService, "RequestEntityTooLargeException", "RequestEntityTooLargeException", 413);
/// The body did not arrive in time.
pub const REQUEST_TIMEOUT: Code = Code::new(CoralService, "RequestTimeoutException", "RequestTimeoutException", 408);
/// Too many requests.
pub const THROTTLING: Code = Code::new(CoralAvailability, "Throttling", "ThrottlingException", 400);
/// The service cannot take the request now.
pub const SERVICE_UNAVAILABLE: Code = Code::new(CoralService, "ServiceUnavailable", "ServiceUnavailableException", 503);
/// Something has failed that nobody has a better word for.
pub const INTERNAL_FAILURE: Code = Code::new(CoralService, "InternalFailure", "InternalFailure", 500);
