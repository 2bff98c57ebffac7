//! Errors on the wire.

use nepho_protocol::Protocol::{Cbor, Json10, Json11, Query};
use nepho_protocol::codec::encode_error;
use nepho_protocol::dispatch::unknown_operation;
use nepho_protocol::error::{code, logs};
use nepho_protocol::{Route, Service, ServiceError};

use crate::fixtures::{REQUEST_ID, cloudwatch};

const QUERY_MODE: bool = true;

#[track_caller]
fn check(route: Route, error: &ServiceError, status: u16, query_error: Option<&str>, body: &str) {
    let response = encode_error(route, error, REQUEST_ID);
    let header = |name| response.headers().get(name).map(|value| value.to_str().unwrap());
    assert_eq!(response.status(), status);
    assert_eq!(header("x-amzn-requestid"), Some(REQUEST_ID));
    assert_eq!(header("x-amzn-query-error"), query_error);
    assert_eq!(header("content-type"), Some(route.protocol.content_type()));
    assert_eq!(String::from_utf8_lossy(response.body()), body);
}

fn in_query_mode(route: Route) -> Route {
    Route { query_mode: QUERY_MODE, ..route }
}

#[test]
fn not_found_is_400_without_query_mode_and_404_with_it() {
    let error = code::RESOURCE_NOT_FOUND.bare();
    let json = r#"{"__type":"com.amazonaws.cloudwatch.v2010_08_01#ResourceNotFound"}"#;
    let shape = b"com.amazonaws.cloudwatch.v2010_08_01#ResourceNotFound";
    let cbor = [&b"\xa1\x66__type\x78"[..], &[shape.len() as u8], shape].concat();
    let header = Some("ResourceNotFound;Sender");
    check(cloudwatch(Json10), &error, 400, None, json);
    check(in_query_mode(cloudwatch(Json10)), &error, 404, header, json);
    let xml = "<ErrorResponse xmlns=\"http://monitoring.amazonaws.com/doc/2010-08-01/\"><Error>\
               <Type>Sender</Type><Code>ResourceNotFound</Code></Error>\
               <RequestId>4c3ba8e9-29e3-4d3a-a1ff-b9bd02f2d2a4</RequestId></ErrorResponse>";
    check(cloudwatch(Query), &error, 404, None, xml);
    for (query_mode, status) in [(false, 400), (true, 404)] {
        let route = Route { query_mode, ..cloudwatch(Cbor) };
        let response = encode_error(route, &error, REQUEST_ID);
        assert_eq!(response.status(), status);
        assert_eq!(response.headers()["smithy-protocol"], "rpc-v2-cbor");
        assert_eq!(response.body(), &cbor);
    }
}

#[test]
fn the_codes_of_alarms_have_two_names_and_a_status() {
    for (code, query_error, shape, status) in [
        (code::INVALID_FORMAT, "InvalidFormat;Sender", "InvalidFormatFault", 400),
        (code::LIMIT_EXCEEDED, "LimitExceeded;Sender", "LimitExceededFault", 400),
        (code::INVALID_NEXT_TOKEN, "InvalidNextToken;Sender", "InvalidNextToken", 400),
        (code::RESOURCE_NOT_FOUND_EXCEPTION, "ResourceNotFoundException;Sender", "ResourceNotFoundException", 404),
        (code::CONFLICT, "ConflictException;Sender", "ConflictException", 409),
        (
            code::CONCURRENT_MODIFICATION,
            "ConcurrentModificationException;Sender",
            "ConcurrentModificationException",
            429,
        ),
    ] {
        let json = format!(r#"{{"__type":"com.amazonaws.cloudwatch.v2010_08_01#{shape}","message":"why"}}"#);
        check(in_query_mode(cloudwatch(Json10)), &code.message("why"), status, Some(query_error), &json);
    }
}

#[test]
fn messages_are_escaped_in_the_protocols_own_way() {
    let error = code::VALIDATION.message("1 < 2 & \"3\"");
    let json = r#"{"__type":"com.amazon.coral.validate#ValidationException","message":"1 < 2 & \"3\""}"#;
    check(cloudwatch(Json10), &error, 400, None, json);
    check(in_query_mode(cloudwatch(Json10)), &error, 400, Some("ValidationError;Sender"), json);
    let xml = "<ErrorResponse xmlns=\"http://monitoring.amazonaws.com/doc/2010-08-01/\"><Error>\
               <Type>Sender</Type><Code>ValidationError</Code>\
               <Message>1 &lt; 2 &amp; \"3\"</Message></Error>\
               <RequestId>4c3ba8e9-29e3-4d3a-a1ff-b9bd02f2d2a4</RequestId></ErrorResponse>";
    check(cloudwatch(Query), &error, 400, None, xml);
}

#[test]
fn failures_of_the_service_are_the_receivers() {
    let error = code::INTERNAL_SERVICE.message("disk full");
    check(
        in_query_mode(cloudwatch(Json10)),
        &error,
        500,
        Some("InternalServiceError;Receiver"),
        r#"{"__type":"com.amazonaws.cloudwatch.v2010_08_01#InternalServiceFault","message":"disk full"}"#,
    );
}

#[test]
fn json_1_1_has_short_types() {
    let route = Route { service: Service::Logs, ..cloudwatch(Json11) };
    check(
        route,
        &logs::RESOURCE_NOT_FOUND.message("The specified log group does not exist."),
        400,
        None,
        r#"{"__type":"ResourceNotFoundException","message":"The specified log group does not exist."}"#,
    );
}

#[test]
fn an_unknown_operation_is_named_in_the_protocols_own_way() {
    let message = "Could not find operation PutRocket for version 2010-08-01";
    let json = format!(r#"{{"__type":"com.amazon.coral.service#UnknownOperationException","message":"{message}"}}"#);
    let error = unknown_operation(cloudwatch(Json10), "PutRocket");
    check(cloudwatch(Json10), &error, 404, None, &json);
    let error = unknown_operation(cloudwatch(Query), "PutRocket");
    assert_eq!((error.code.query, error.code.status), ("InvalidAction", 400));
    assert_eq!(error.message.as_deref(), Some(message));
}
