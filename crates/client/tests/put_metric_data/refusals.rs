//! What comes of errors.

use std::net::TcpListener;
use std::time::Duration;

use nepho::Sink;
use nepho::sink::{Documents, Payload, Rest, SendError};

use crate::datums::{payload, sink};
use crate::recorded_server::{Answer, RecordedServer};

const HTML: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 13\r\n\r\n<html></html>";
const GARBAGE: &[u8] = b"\x00\xff\x13\x37 SSH-2.0\r\n\r\n";

fn answered(answer: Answer) -> SendError {
    let server = RecordedServer::start(move |_| answer.clone());
    sink(server.address).time(Duration::from_millis(300)).send(&payload(3)).unwrap_err()
}

#[test]
fn errors_say_whether_another_try_can_help() {
    let error = |status, code, message: &str| Answer::Error(status, code, message.to_owned());
    let namespace = "The value AWS/ for parameter Namespace is invalid.";
    let cases = [
        (error(400, "InvalidParameterValue", namespace), Rest::Refused, namespace),
        (error(400, "MissingParameter", "The parameter X is required."), Rest::Refused, "MissingParameter (400): The"),
        (error(400, "Throttling", "Rate exceeded"), Rest::Retry, "Throttling (400): Rate exceeded"),
        (error(403, "AccessDenied", "not you"), Rest::Retry, "AccessDenied (403): not you"),
        (error(500, "InternalServiceFault", "oh"), Rest::Retry, "InternalServiceFault (500): oh"),
        (error(503, "ServiceUnavailable", ""), Rest::Retry, "ServiceUnavailable (503)"),
        (Answer::Bytes(HTML), Rest::Retry, "not CloudWatch's"),
        (Answer::Bytes(GARBAGE), Rest::Retry, ""),
        (Answer::Bytes(b""), Rest::Retry, "connection"),
        (Answer::Silence, Rest::Retry, "no answer within 300ms"),
    ];
    for (answer, rest, message) in cases {
        let told = answered(answer.clone());
        assert_eq!(
            (told.refused.as_slice(), told.delivered, told.rest),
            ([].as_slice(), 0, rest),
            "{answer:?}: {told}"
        );
        assert!(told.message.contains(message), "{answer:?}: {told}");
    }
}

#[test]
fn nobody_listens() {
    let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let error = sink(address).send(&payload(1)).unwrap_err();
    assert_eq!((error.delivered, error.rest), (0, Rest::Retry), "{error}");
}

#[test]
fn documents_are_for_other_sinks() {
    let server = RecordedServer::start(|_| Answer::Ok);
    let mut documents = Documents::default();
    documents.push(1, |text| text.extend(b"{}"));
    let error = sink(server.address).send(&Payload::Documents(documents)).unwrap_err();
    assert_eq!(error.rest, Rest::Refused);
    assert!(server.requests().is_empty());
}

/// Refuses the first datum of each of the first `times` requests, and takes what comes then.
fn refuses_the_first(times: usize) -> RecordedServer {
    RecordedServer::start(move |number| {
        let message = "The parameter MetricData.member.1.Timestamp must specify a time within the past two weeks.";
        if number < times { Answer::Error(400, "InvalidParameterValue", message.to_owned()) } else { Answer::Ok }
    })
}

#[test]
fn datums_refused_one_after_the_other_are_bounded_in_requests() {
    const REQUESTS: usize = 10;
    let cases = [(1, 19, Rest::Refused), (REQUESTS - 1, 11, Rest::Refused), (REQUESTS, 0, Rest::Retry)];
    for (times, delivered, rest) in cases {
        let server = refuses_the_first(times);
        let error = sink(server.address).send(&payload(20)).unwrap_err();
        let refused: Vec<usize> = (0..times).collect();
        assert_eq!((error.refused, error.delivered, error.rest), (refused, delivered, rest), "{times}");
        assert_eq!(server.requests().len(), (times + 1).min(REQUESTS), "{times}");
    }
}

#[test]
fn what_is_refused_stays_refused_when_the_rest_fails() {
    let server = RecordedServer::start(|number| match number {
        0 => Answer::Error(
            400,
            "InvalidParameterValue",
            "MetricData.member.2.Value and MetricData.member.3.Value".into(),
        ),
        _ => Answer::Error(503, "ServiceUnavailable", String::new()),
    });
    let mut payload = payload(3);
    let error = sink(server.address).send(&payload).unwrap_err();
    assert_eq!((error.refused.as_slice(), error.delivered, error.rest), ([1, 2].as_slice(), 0, Rest::Retry));
    assert_eq!(payload.remove_each(&error.refused), 6);
    assert_eq!(payload.len(), 1);
}

#[test]
fn a_place_that_is_none_refuses_all() {
    for message in ["MetricData.member.4.Value", "MetricData.member.0.Value"] {
        let error = answered(Answer::Error(400, "InvalidParameterValue", message.to_owned()));
        assert_eq!((error.refused.len(), error.rest), (0, Rest::Refused), "{message}");
    }
}
