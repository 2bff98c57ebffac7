//! Responses, byte for byte.

use std::collections::BTreeMap;

use http::Response;
use nepho_protocol::Protocol::{self, Cbor, Json10, Json11, Query};
use nepho_protocol::codec::encode;
use nepho_protocol::shapes::get_caller_identity::GetCallerIdentityOutput;
use nepho_protocol::shapes::get_metric_data::{GetMetricDataOutput, MessageData, MetricDataResult};
use nepho_protocol::shapes::get_metric_statistics::{Datapoint, GetMetricStatisticsOutput};
use nepho_protocol::shapes::list_metrics::ListMetricsOutput;
use nepho_protocol::shapes::log_events::{PutLogEventsOutput, RejectedLogEventsInfo};
use nepho_protocol::shapes::tags::TagResourceOutput;
use nepho_protocol::shapes::{Dimension, Metric, NoOutput};
use nepho_protocol::value::{Double, Timestamp};
use nepho_protocol::{Route, Service};
use serde::Serialize;

use crate::fixtures::{REQUEST_ID, cloudwatch};

const NOON: Timestamp = Timestamp::from_ms(1_777_896_000_000);
const QUARTER_PAST: Timestamp = Timestamp::from_ms(1_777_896_000_250);

/// The golden files of one response.
macro_rules! golden {
    ($name:literal) => {
        [
            (Protocol::Query, golden!($name, ".xml")),
            (Protocol::Json10, golden!($name, ".json")),
            (Protocol::Cbor, golden!($name, ".cbor")),
        ]
    };
    ($name:literal, $extension:literal) => {
        &include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/responses/", $name, $extension))[..]
    };
}
pub(crate) use golden;

#[track_caller]
pub(crate) fn check(operation: &str, output: &impl Serialize, golden: [(Protocol, &[u8]); 3]) {
    for (protocol, expect) in golden {
        let response = encode(cloudwatch(protocol), operation, output, REQUEST_ID);
        assert_eq!(response.status(), 200);
        assert_eq!(String::from_utf8_lossy(response.body()), String::from_utf8_lossy(expect), "{protocol:?}");
        assert_eq!(response.body(), expect, "{protocol:?}");
    }
}

#[test]
fn get_metric_data() {
    let complete = MetricDataResult {
        id: Some("m1".into()),
        label: Some("a <b> & \"c\"\r\n\u{1}ü".into()),
        timestamps: Some(vec![NOON, QUARTER_PAST]),
        values: Some(vec![Double(1.0), Double(1e21)]),
        status_code: Some("Complete".into()),
        messages: Some(vec![MessageData {
            code: Some("MultipleUnits".into()),
            value: Some("Multiple units returned: '[Count, Seconds]'".into()),
        }]),
    };
    let empty = MetricDataResult {
        id: Some("m2".into()),
        label: Some(String::new()),
        timestamps: Some(Vec::new()),
        values: Some(Vec::new()),
        status_code: Some("Complete".into()),
        messages: None,
    };
    let output = GetMetricDataOutput {
        metric_data_results: Some(vec![complete, empty]),
        next_token: None,
        messages: Some(Vec::new()),
    };
    check("GetMetricData", &output, golden!("GetMetricData"));
}

#[test]
fn get_metric_statistics() {
    let output = GetMetricStatisticsOutput {
        label: Some("Latency".into()),
        datapoints: Some(vec![Datapoint {
            timestamp: Some(NOON),
            average: Some(Double(0.1)),
            sample_count: Some(Double(3.0)),
            unit: Some("Seconds".into()),
            extended_statistics: Some(BTreeMap::from([("p50".into(), Double(0.25)), ("p99".into(), Double(-2.0))])),
            ..Datapoint::default()
        }]),
    };
    check("GetMetricStatistics", &output, golden!("GetMetricStatistics"));
}

#[test]
fn list_metrics() {
    let output = ListMetricsOutput {
        metrics: Some(vec![
            Metric {
                namespace: Some("Shop".into()),
                metric_name: Some("Sales".into()),
                dimensions: Some(vec![Dimension { name: Some("Region".into()), value: Some("eu".into()) }]),
            },
            Metric { namespace: Some("Shop".into()), metric_name: Some("Visits".into()), dimensions: Some(Vec::new()) },
        ]),
        next_token: Some("500".into()),
        owning_accounts: None,
    };
    check("ListMetrics", &output, golden!("ListMetrics"));
}

fn body(response: &Response<Vec<u8>>) -> &str {
    std::str::from_utf8(response.body()).unwrap()
}

#[test]
fn no_output_is_an_empty_body_or_a_response_without_a_result() {
    let response = |protocol| encode(cloudwatch(protocol), "PutMetricData", &NoOutput, REQUEST_ID);
    let content_type = |response: &Response<Vec<u8>>| {
        let value = response.headers().get("content-type");
        value.map(|value| value.to_str().unwrap().to_owned())
    };
    let query = response(Query);
    assert_eq!(
        body(&query),
        "<PutMetricDataResponse xmlns=\"http://monitoring.amazonaws.com/doc/2010-08-01/\">\
         <ResponseMetadata><RequestId>4c3ba8e9-29e3-4d3a-a1ff-b9bd02f2d2a4</RequestId>\
         </ResponseMetadata></PutMetricDataResponse>"
    );
    assert_eq!(content_type(&query).as_deref(), Some("text/xml"));
    let json = response(Json10);
    assert_eq!(body(&json), "");
    assert_eq!(content_type(&json).as_deref(), Some("application/x-amz-json-1.0"));
    let cbor = response(Cbor);
    assert_eq!(body(&cbor), "");
    assert_eq!(content_type(&cbor), None);
    assert_eq!(cbor.headers()["smithy-protocol"], "rpc-v2-cbor");
    assert_eq!(cbor.headers()["x-amzn-requestid"], REQUEST_ID);
}

#[test]
fn an_output_without_members_has_a_body() {
    for (protocol, expect) in [
        (
            Query,
            "<TagResourceResponse xmlns=\"http://monitoring.amazonaws.com/doc/2010-08-01/\">\
             <TagResourceResult/><ResponseMetadata>\
             <RequestId>4c3ba8e9-29e3-4d3a-a1ff-b9bd02f2d2a4</RequestId></ResponseMetadata>\
             </TagResourceResponse>",
        ),
        (Json10, "{}"),
    ] {
        let output = TagResourceOutput {};
        let response = encode(cloudwatch(protocol), "TagResource", &output, REQUEST_ID);
        assert_eq!(body(&response), expect);
    }
    let response = encode(cloudwatch(Cbor), "TagResource", &TagResourceOutput {}, REQUEST_ID);
    assert_eq!(response.body(), b"\xa0");
}

#[test]
fn other_services_have_their_own_names() {
    let output = GetCallerIdentityOutput {
        user_id: Some("AKID".into()),
        account: Some("000000000000".into()),
        arn: Some("arn:aws:iam::000000000000:root".into()),
    };
    let sts = Route { service: Service::Sts, ..cloudwatch(Query) };
    let response = encode(sts, "GetCallerIdentity", &output, REQUEST_ID);
    assert_eq!(
        body(&response),
        "<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">\
         <GetCallerIdentityResult><UserId>AKID</UserId><Account>000000000000</Account>\
         <Arn>arn:aws:iam::000000000000:root</Arn></GetCallerIdentityResult><ResponseMetadata>\
         <RequestId>4c3ba8e9-29e3-4d3a-a1ff-b9bd02f2d2a4</RequestId></ResponseMetadata>\
         </GetCallerIdentityResponse>"
    );

    let output = PutLogEventsOutput {
        next_sequence_token: Some("1".into()),
        rejected_log_events_info: Some(RejectedLogEventsInfo {
            too_old_log_event_end_index: Some(2),
            ..RejectedLogEventsInfo::default()
        }),
        rejected_entity_info: None,
    };
    let logs = Route { service: Service::Logs, ..cloudwatch(Json11) };
    let response = encode(logs, "PutLogEvents", &output, REQUEST_ID);
    assert_eq!(body(&response), r#"{"nextSequenceToken":"1","rejectedLogEventsInfo":{"tooOldLogEventEndIndex":2}}"#);
    assert_eq!(response.headers()["content-type"], "application/x-amz-json-1.1");
}
