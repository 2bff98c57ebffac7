//! From the head of a request to the operation that it calls.

use std::borrow::Cow;

use http::{Method, Response};
use serde::{Deserialize, Serialize};

use crate::codec::{self, encode, encode_error, query};
use crate::error::{ServiceError, code};
use crate::protocol::Protocol;
use crate::request::RequestHead;
use crate::route::Route;
use crate::service::Service;
use crate::sigv4;

/// The most characters of an operation's name that an error repeats.
const NAME_SHOWN_MAX: usize = 128;
/// How long the number of an account is.
const ACCOUNT_DIGITS: usize = 12;

/// An operation that is called, and its undecoded input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call<'a> {
    /// The service and the protocol.
    pub route: Route,
    /// The operation's name, which may be unknown.
    pub operation: Cow<'a, str>,
    /// The body, or the query string of a GET.
    pub input: &'a [u8],
}

impl<'a> Call<'a> {
    /// Decodes the input.
    ///
    /// # Errors
    ///
    /// As [`codec::decode`].
    pub fn decode<T: Deserialize<'a>>(&self) -> Result<T, ServiceError> {
        codec::decode(self.route.protocol, self.input)
    }

    /// Encodes the output.
    pub fn reply<T: Serialize>(&self, output: &T, request_id: &str) -> Response<Vec<u8>> {
        encode(self.route, &self.operation, output, request_id)
    }

    /// Encodes an error.
    pub fn refuse(&self, error: &ServiceError, request_id: &str) -> Response<Vec<u8>> {
        encode_error(self.route, error, request_id)
    }

    /// The error for an operation that is not served, naming it.
    pub fn unknown_operation(&self) -> ServiceError {
        unknown_operation(self.route, &self.operation)
    }
}

/// A request that calls nothing, with the way to say so.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{error}")]
pub struct Refusal {
    /// The protocol and service to answer as, as far as they could be made out.
    pub route: Route,
    /// What is wrong.
    pub error: ServiceError,
}

impl Refusal {
    /// Encodes the error.
    pub fn response(&self, request_id: &str) -> Response<Vec<u8>> {
        encode_error(self.route, &self.error, request_id)
    }
}

/// Finds the operation that a request calls.
///
/// The service is that of the credential scope, where there is one; operations such as
/// `ListTagsForResource` exist in several services. Without a scope, the path (CBOR), the target
/// header (JSON) or the version (query) tells, or else that the path is that of a queue. The body is only looked at when
/// it is a form.
///
/// # Errors
///
/// A [`Refusal`] when no operation is named, when the parts of the request contradict each other,
/// and when the service is not one of [`Service::ALL`].
pub fn dispatch<'a>(head: &RequestHead<'a>, body: &'a [u8]) -> Result<Call<'a>, Box<Refusal>> {
    let protocol = recognise(head);
    let scope = sigv4::scope(head);
    let signed_for = scope.as_ref().map(|scope| Service::from_signing_name(&scope.service).ok_or(&scope.service));
    let service = match &signed_for {
        Some(Ok(service)) => *service,
        None if is_queue(head.path) => Service::Sqs,
        _ => Service::CloudWatch,
    };
    let route = Route {
        protocol: protocol.unwrap_or_else(|| service.json_protocol()),
        service,
        query_mode: is_true(head.header("x-amzn-query-mode")),
    };
    let signed_for = match signed_for {
        Some(Err(name)) => {
            return Err(Box::new(Refusal {
                route,
                error: no_such_operation(route.protocol, format!("Service {} is not served here", shown(name))),
            }));
        }
        Some(Ok(service)) => Some(service),
        None => None,
    };
    match route.protocol {
        Protocol::Cbor => from_path(head, body, route, signed_for),
        Protocol::Json10 | Protocol::Json11 => from_target(head, body, route, signed_for),
        Protocol::Query => from_action(head, body, route, signed_for),
    }
}

/// Whether a path is that of a queue: `/000000000000/orders`.
fn is_queue(path: &str) -> bool {
    let account = path.strip_prefix('/').and_then(|path| path.split_once('/')).map_or("", |(account, _)| account);
    account.len() == ACCOUNT_DIGITS && account.bytes().all(|byte| byte.is_ascii_digit())
}

/// The error for an operation that a service does not have, in the protocol's own form.
pub fn unknown_operation(route: Route, operation: &str) -> ServiceError {
    let version = route.service.api_version();
    no_such_operation(route.protocol, format!("Could not find operation {} for version {version}", shown(operation)))
}

fn no_such_operation(protocol: Protocol, message: String) -> ServiceError {
    match protocol {
        Protocol::Query => code::INVALID_ACTION.message(message),
        Protocol::Json10 | Protocol::Json11 | Protocol::Cbor => code::UNKNOWN_OPERATION.message(message),
    }
}

fn shown(name: &str) -> String {
    name.chars().take(NAME_SHOWN_MAX).collect()
}

/// The protocol; `None` for the JSON version that the service prefers.
fn recognise(head: &RequestHead<'_>) -> Option<Protocol> {
    if head.headers.contains_key("smithy-protocol") {
        return Some(Protocol::Cbor);
    }
    if !head.headers.contains_key("x-amz-target") {
        return Some(Protocol::Query);
    }
    let content_type = head.header("content-type").unwrap_or_default();
    [Protocol::Json10, Protocol::Json11].into_iter().find(|json| content_type.starts_with(json.content_type()))
}

fn is_true(value: Option<&str>) -> bool {
    value.is_some_and(|value| value.eq_ignore_ascii_case("true"))
}

/// rpc-v2-cbor: `POST .../service/GraniteServiceVersion20100801/operation/PutMetricData`.
fn from_path<'a>(
    head: &RequestHead<'a>,
    body: &'a [u8],
    route: Route,
    signed_for: Option<Service>,
) -> Result<Call<'a>, Box<Refusal>> {
    let refuse = |error| Box::new(Refusal { route, error });
    if head.header("smithy-protocol") != Some("rpc-v2-cbor") {
        let message = "The only Smithy-Protocol served here is rpc-v2-cbor";
        return Err(refuse(code::MALFORMED_HTTP_REQUEST.message(message)));
    }
    for header in ["x-amz-target", "x-amzn-target"] {
        if head.headers.contains_key(header) {
            let message = format!("{header} must not be sent with rpc-v2-cbor");
            return Err(refuse(code::MALFORMED_HTTP_REQUEST.message(message)));
        }
    }
    check_post(head).map_err(refuse)?;
    let mut segments = head.path.rsplit('/');
    let (Some(operation), Some("operation"), Some(name), Some("service")) =
        (segments.next(), segments.next(), segments.next(), segments.next())
    else {
        let error = code::UNKNOWN_OPERATION.message(format!("Path {} names no operation", shown(head.path)));
        return Err(refuse(error));
    };
    let prefix = name.rsplit_once('.').map_or(name, |(_, last)| last);
    let service = agreed(Service::from_target_prefix(prefix), signed_for)
        .ok_or_else(|| refuse(unknown_operation(route, &format!("{name}.{operation}"))))?;
    Ok(Call { route: Route { service, ..route }, operation: Cow::Borrowed(operation), input: body })
}

/// awsJson: `X-Amz-Target: GraniteServiceVersion20100801.PutMetricData`.
fn from_target<'a>(
    head: &RequestHead<'a>,
    body: &'a [u8],
    route: Route,
    signed_for: Option<Service>,
) -> Result<Call<'a>, Box<Refusal>> {
    let refuse = |error| Box::new(Refusal { route, error });
    check_post(head).map_err(refuse)?;
    let target = head.header("x-amz-target").unwrap_or_default();
    let named =
        target.rsplit_once('.').and_then(|(prefix, operation)| Some((Service::from_target_prefix(prefix)?, operation)));
    let (service, operation) = named
        .and_then(|(service, operation)| Some((agreed(Some(service), signed_for)?, operation)))
        .ok_or_else(|| refuse(unknown_operation(route, target)))?;
    let protocol = recognise(head).unwrap_or_else(|| service.json_protocol());
    Ok(Call { route: Route { protocol, service, ..route }, operation: Cow::Borrowed(operation), input: body })
}

/// awsQuery: `Action=PutMetricData&Version=2010-08-01` in the body, or in the query string.
fn from_action<'a>(
    head: &RequestHead<'a>,
    body: &'a [u8],
    route: Route,
    signed_for: Option<Service>,
) -> Result<Call<'a>, Box<Refusal>> {
    let refuse = |error| Box::new(Refusal { route, error });
    let input = match *head.method {
        Method::POST if !body.is_empty() => form(head, body).map_err(refuse)?,
        Method::POST | Method::GET => head.query.as_bytes(),
        _ => return Err(refuse(method_not_served(head))),
    };
    let Some(operation) = query::parameter(input, "Action").filter(|action| !action.is_empty()) else {
        let message = "The request names no operation: there is no Action, X-Amz-Target or Smithy-Protocol";
        return Err(refuse(code::MISSING_ACTION.message(message)));
    };
    let service = match query::parameter(input, "Version") {
        Some(version) => agreed(Service::from_api_version(&version), signed_for).ok_or_else(|| {
            let (operation, version) = (shown(&operation), shown(&version));
            let message = format!("Could not find operation {operation} for version {version}");
            refuse(code::INVALID_ACTION.message(message))
        })?,
        None => route.service,
    };
    Ok(Call { route: Route { service, ..route }, operation, input })
}

/// The service that a request names, if it is also the one that it is signed for.
fn agreed(named: Option<Service>, signed_for: Option<Service>) -> Option<Service> {
    named.filter(|named| signed_for.is_none_or(|signed_for| signed_for == *named))
}

fn form<'a>(head: &RequestHead<'a>, body: &'a [u8]) -> Result<&'a [u8], ServiceError> {
    let content_type = head.header("content-type").unwrap_or_default();
    match content_type.starts_with("application/x-www-form-urlencoded") {
        true => Ok(body),
        false => Err(code::MALFORMED_HTTP_REQUEST.message(format!(
            "The body of type '{}' names no operation: there is no X-Amz-Target or Smithy-Protocol",
            shown(content_type)
        ))),
    }
}

fn check_post(head: &RequestHead<'_>) -> Result<(), ServiceError> {
    match *head.method {
        Method::POST => Ok(()),
        _ => Err(method_not_served(head)),
    }
}

fn method_not_served(head: &RequestHead<'_>) -> ServiceError {
    code::MALFORMED_HTTP_REQUEST.message(format!("Method {} is not served here", shown(head.method.as_str())))
}
