//! Whole responses: status, headers and body.

use http::header::CONTENT_TYPE;
use http::{HeaderName, HeaderValue, Response, StatusCode};
use serde::Serialize;

use super::fault::CodecError;
use super::{cbor, json, xml};
use crate::error::{ServiceError, code};
use crate::protocol::Protocol;
use crate::route::Route;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-amzn-requestid");
const QUERY_ERROR: HeaderName = HeaderName::from_static("x-amzn-query-error");
const SMITHY_PROTOCOL: HeaderName = HeaderName::from_static("smithy-protocol");

/// What JSON and CBOR write for a shape without a body.
const JSON_NULL: &[u8] = b"null";
const CBOR_NULL: &[u8] = &[0xf6];

/// Encodes the output of an operation; [`NoOutput`](crate::shapes::NoOutput) has no body.
///
/// A shape that cannot be encoded, which is a defect of the shape, becomes `InternalFailure`.
pub fn encode<T: Serialize>(route: Route, operation: &str, output: &T, request_id: &str) -> Response<Vec<u8>> {
    match body(route, operation, output, request_id) {
        Ok(body) => response(route, StatusCode::OK, body, request_id),
        Err(cause) => {
            let error =
                code::INTERNAL_FAILURE.message(format!("the response of {operation} could not be encoded: {cause}"));
            encode_error(route, &error, request_id)
        }
    }
}

fn body<T: Serialize>(route: Route, operation: &str, output: &T, request_id: &str) -> Result<Vec<u8>, CodecError> {
    let (body, null) = match route.protocol {
        Protocol::Query => {
            let namespace = route.service.xml_namespace();
            let text = xml::response(namespace, operation, output, request_id)?;
            return Ok(text.into_bytes());
        }
        Protocol::Json10 | Protocol::Json11 => (json::to_vec(output)?, JSON_NULL),
        Protocol::Cbor => (cbor::to_vec(output)?, CBOR_NULL),
    };
    Ok(if body == null { Vec::new() } else { body })
}

/// The body of an error in JSON and CBOR.
#[derive(Serialize)]
struct ErrorBody<'a> {
    #[serde(rename = "__type")]
    shape: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<&'a str>,
}

/// Encodes an error.
pub fn encode_error(route: Route, error: &ServiceError, request_id: &str) -> Response<Vec<u8>> {
    let code = error.code;
    let status = StatusCode::from_u16(code.status_in(route.protocol, route.query_mode))
        .unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let body = error_body(route, error, request_id);
    let mut response = response(route, status, body, request_id);
    if route.query_mode && route.protocol != Protocol::Query {
        let value = format!("{};{}", code.query, code.fault().as_str());
        insert(&mut response, QUERY_ERROR, &value);
    }
    response
}

fn error_body(route: Route, error: &ServiceError, request_id: &str) -> Vec<u8> {
    let code = error.code;
    let message = error.message.as_deref();
    let shape_id = code.shape_id(route.service);
    let body = |shape| ErrorBody { shape, message };
    match route.protocol {
        Protocol::Query => {
            xml::error(route.service, code.fault().as_str(), code.query, message, request_id).into_bytes()
        }
        Protocol::Json10 => json::to_vec(&body(&shape_id)).expect(TWO_STRINGS),
        Protocol::Json11 => json::to_vec(&body(code.shape)).expect(TWO_STRINGS),
        Protocol::Cbor => cbor::to_vec(&body(&shape_id)).expect(TWO_STRINGS),
    }
}

/// Why the body of an error can be encoded.
const TWO_STRINGS: &str = "two strings have a form in every protocol";

fn response(route: Route, status: StatusCode, body: Vec<u8>, request_id: &str) -> Response<Vec<u8>> {
    let is_cbor = route.protocol == Protocol::Cbor;
    let has_content_type = !(is_cbor && body.is_empty());
    let mut response = Response::new(body);
    *response.status_mut() = status;
    insert(&mut response, REQUEST_ID, request_id);
    if has_content_type {
        insert(&mut response, CONTENT_TYPE, route.protocol.content_type());
    }
    if is_cbor {
        insert(&mut response, SMITHY_PROTOCOL, "rpc-v2-cbor");
    }
    response
}

/// Inserts a header, unless its value cannot be one.
fn insert(response: &mut Response<Vec<u8>>, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().insert(name, value);
    }
}
