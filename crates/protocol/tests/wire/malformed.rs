//! Bodies that cannot be decoded: the error names the member and what was found.

use nepho_protocol::Protocol::{self, Cbor, Json10, Json11, Query};
use nepho_protocol::codec::decode;
use nepho_protocol::shapes::ELEMENTS_MAX;
use nepho_protocol::shapes::log_events::{EVENTS_READ_MAX, PutLogEventsInput};
use nepho_protocol::shapes::put_metric_data::PutMetricDataInput;

#[track_caller]
fn check(protocol: Protocol, body: &[u8], expect: &str) {
    let error = decode::<PutMetricDataInput<'_>>(protocol, body).unwrap_err();
    assert_eq!(error.code.query, "MalformedInput");
    assert_eq!(error.code.shape, "SerializationException");
    assert_eq!(error.message.as_deref(), Some(expect));
}

#[test]
fn what_was_found_is_abridged() {
    let body = format!(r#"{{"MetricData":"{}"}}"#, "x".repeat(10_000));
    let error = decode::<PutMetricDataInput<'_>>(Json10, body.as_bytes()).unwrap_err();
    assert_eq!(error.message.unwrap().len(), 1000);
}

#[test]
fn lists_are_bounded() {
    let body = |count: usize| format!(r#"{{"MetricData":[{}{{}}]}}"#, "{},".repeat(count - 1));
    let at = body(ELEMENTS_MAX);
    assert!(decode::<PutMetricDataInput<'_>>(Json10, at.as_bytes()).is_ok());
    let past = body(ELEMENTS_MAX + 1);
    check(Json10, past.as_bytes(), "MetricData: list exceeds the limit of 10000 elements at line 1 column 30018");
}

/// Log events used to be given up where the service's own limit is, so that its refusal was never heard.
#[test]
fn log_events_are_read_beyond_what_the_service_takes() {
    let body = |count: usize| format!(r#"{{"logEvents":[{}{{}}]}}"#, "{},".repeat(count - 1));
    let at = body(EVENTS_READ_MAX);
    assert!(decode::<PutLogEventsInput<'_>>(Json11, at.as_bytes()).is_ok());
    let past = body(EVENTS_READ_MAX + 1);
    let error = decode::<PutLogEventsInput<'_>>(Json11, past.as_bytes()).unwrap_err();
    let expect = "logEvents: list exceeds the limit of 20000 elements at line 1 column 60017";
    assert_eq!(error.message.as_deref(), Some(expect));
}

/// Serde's derive reads them so: a body that was an array of the right length used to be an input.
#[test]
fn structures_are_no_lists() {
    for (body, expect) in [
        (r#"["Shop",null,null,null]"#, "invalid type: sequence, expected struct PutMetricDataInput at line 1 column 1"),
        (
            r#"{"MetricData":[{},["Orders",null,null,1]]}"#,
            "MetricData.member.2: invalid type: sequence, expected struct MetricDatum at line 1 column 19",
        ),
        (
            r#"{"MetricData":[{"StatisticValues":[1,2,3,4]}]}"#,
            "MetricData.member.1.StatisticValues: invalid type: sequence, expected struct StatisticSet at line 1 column 35",
        ),
        (
            r#"{"EntityMetricData":[{"Entity":[null,null]}]}"#,
            "EntityMetricData.member.1.Entity: invalid type: sequence, expected struct Entity at line 1 column 32",
        ),
    ] {
        check(Json10, body.as_bytes(), expect);
    }
    check(
        Cbor,
        b"\xa1\x6aMetricData\x81\xa1\x6fStatisticValues\x84\x01\x02\x03\x04",
        "MetricData.member.1.StatisticValues: invalid type: sequence, expected struct StatisticSet",
    );
}

#[test]
fn json() {
    for (body, expect) in [
        (
            r#"{"MetricData":[{},{"Value":"three"}]}"#,
            "MetricData.member.2.Value: invalid value: string \"three\", expected a number at line 1 column 34",
        ),
        (
            r#"{"MetricData":[{"MetricName":7}]}"#,
            "MetricData.member.1.MetricName: invalid type: integer `7`, expected a string at line 1 column 30",
        ),
        (
            r#"{"MetricData":[{"Timestamp":"noon"}]}"#,
            "MetricData.member.1.Timestamp: invalid value: string \"noon\", expected a timestamp at line 1 column 34",
        ),
        (
            r#"{"MetricData":[{"StorageResolution":1.5}]}"#,
            "MetricData.member.1.StorageResolution: invalid type: floating point `1.5`, expected i32 at line 1 column 39",
        ),
        (r#"{"Namespace":"#, "Namespace: EOF while parsing a value at line 1 column 13"),
        ("[", "invalid type: sequence, expected struct PutMetricDataInput at line 1 column 1"),
        ("{} {}", "trailing characters at line 1 column 4"),
    ] {
        check(Json10, body.as_bytes(), expect);
    }
}

#[test]
fn cbor() {
    for (body, expect) in [
        (
            &b"\xa1\x6aMetricData\x82\xa0\xa1\x65Value\x65three"[..],
            "MetricData.member.2.Value: invalid value: string \"three\", expected a number",
        ),
        (
            b"\xa1\x6aMetricData\x81\xa1\x6aMetricName\x07",
            "MetricData.member.1.MetricName: invalid type: integer `7`, expected a string",
        ),
        (b"\xa1\x69Namespace", "Namespace: end of input bytes"),
        (b"\xa0\x00", "1 bytes follow the end of the input"),
        (b"\xa1\x6aMetricData\x9b\xff\xff\xff\xff\xff\xff\xff\xff", "MetricData.member.1: end of input bytes"),
        (b"\x81\x64Shop", "invalid type: sequence, expected struct PutMetricDataInput"),
        (b"\x9f\xff", "invalid type: sequence, expected struct PutMetricDataInput"),
        (b"\xa1\x69Namespace\xff", "Namespace: unexpected CBOR item of type break"),
    ] {
        check(Cbor, body, expect);
    }
}

#[test]
fn query() {
    for (body, expect) in [
        (
            "MetricData.member.1.Value=three",
            "MetricData.member.1.Value: invalid value: string \"three\", expected a number",
        ),
        (
            "MetricData.member.1.Value=inf",
            "MetricData.member.1.Value: invalid value: string \"inf\", expected a number",
        ),
        (
            "MetricData.member.1.StorageResolution=1.5",
            "MetricData.member.1.StorageResolution: invalid value: string \"1.5\", expected an integer",
        ),
        (
            "MetricData.member.1.StorageResolution=3000000000",
            "MetricData.member.1.StorageResolution: invalid value: integer `3000000000`, expected i32",
        ),
        ("StrictEntityValidation=yes", "StrictEntityValidation: invalid value: string \"yes\", expected true or false"),
        (
            "EntityMetricData.member.1.Entity.Attributes.entry.1.key=k",
            "EntityMetricData.member.1.Entity.Attributes: expected a `key` and a `value` in entry 1",
        ),
    ] {
        check(Query, body.as_bytes(), expect);
    }
}
