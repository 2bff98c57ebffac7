//! From requests to operations.

use http::{Request, request};
use nepho_protocol::Protocol::{Cbor, Json10, Json11, Query};
use nepho_protocol::Service::{CloudWatch, Logs, Sns, Sqs, Sts};
use nepho_protocol::dispatch::dispatch;
use nepho_protocol::shapes::list_metrics::ListMetricsInput;
use nepho_protocol::{Protocol, RequestHead, Service};

const FORM: &str = "application/x-www-form-urlencoded; charset=utf-8";
const CBOR_PATH: &str = "/service/GraniteServiceVersion20100801/operation/PutMetricData";

struct Sent(request::Builder, &'static str);

fn post(path: &str) -> request::Builder {
    Request::post(path)
}

fn query(body: &'static str) -> Sent {
    Sent(post("/").header("content-type", FORM), body)
}

fn json(version: &str, target: &str) -> Sent {
    let request =
        post("/").header("content-type", format!("application/x-amz-json-{version}")).header("x-amz-target", target);
    Sent(request, "{}")
}

fn cbor(path: &str) -> Sent {
    Sent(post(path).header("smithy-protocol", "rpc-v2-cbor"), "")
}

impl Sent {
    fn signed_for(self, service: &str) -> Self {
        let authorization = format!(
            "AWS4-HMAC-SHA256 Credential=AKID/20260504/us-east-1/{service}/aws4_request, \
             SignedHeaders=host, Signature=00"
        );
        Self(self.0.header("authorization", authorization), self.1)
    }

    fn header(self, name: &str, value: &str) -> Self {
        Self(self.0.header(name, value), self.1)
    }
}

#[track_caller]
fn check(sent: Sent, protocol: Protocol, service: Service, operation: &str) {
    let (parts, ()) = sent.0.body(()).unwrap().into_parts();
    let call = dispatch(&RequestHead::from(&parts), sent.1.as_bytes()).unwrap();
    assert_eq!((call.route.protocol, call.route.service, &*call.operation), (protocol, service, operation));
}

#[track_caller]
fn check_refused(sent: Sent, protocol: Protocol, status: u16, expect: &str) {
    let (parts, ()) = sent.0.body(()).unwrap().into_parts();
    let refusal = dispatch(&RequestHead::from(&parts), sent.1.as_bytes()).unwrap_err();
    assert_eq!(refusal.to_string(), expect);
    assert_eq!(refusal.route.protocol, protocol);
    assert_eq!(refusal.response("id").status(), status);
}

#[test]
fn the_protocol_is_recognised() {
    check(query("Action=ListMetrics&Version=2010-08-01"), Query, CloudWatch, "ListMetrics");
    check(json("1.0", "GraniteServiceVersion20100801.ListMetrics"), Json10, CloudWatch, "ListMetrics");
    check(json("1.1", "Logs_20140328.PutLogEvents"), Json11, Logs, "PutLogEvents");
    check(cbor(CBOR_PATH), Cbor, CloudWatch, "PutMetricData");
    check(cbor(&format!("/any/prefix{CBOR_PATH}")), Cbor, CloudWatch, "PutMetricData");
    let dotted = CBOR_PATH.replace("Granite", "com.amazonaws.cloudwatch.Granite");
    check(cbor(&dotted), Cbor, CloudWatch, "PutMetricData");
}

#[test]
fn a_target_without_a_content_type_has_the_version_of_its_service() {
    let target = |target| Sent(post("/").header("x-amz-target", target), "");
    check(target("Logs_20140328.PutLogEvents"), Json11, Logs, "PutLogEvents");
    check(target("GraniteServiceVersion20100801.ListMetrics"), Json10, CloudWatch, "ListMetrics");
}

#[test]
fn the_scope_decides_before_everything_else() {
    for (name, service) in [("monitoring", CloudWatch), ("logs", Logs), ("sns", Sns), ("sqs", Sqs)] {
        let sent = query("Action=ListTagsForResource").signed_for(name);
        check(sent, Query, service, "ListTagsForResource");
    }
    let sent = json("1.0", "AmazonSQS.SendMessage").signed_for("sqs");
    check(sent, Json10, Sqs, "SendMessage");
    check_refused(
        json("1.0", "AmazonSQS.SendMessage").signed_for("monitoring"),
        Json10,
        404,
        "InvalidAction: Could not find operation AmazonSQS.SendMessage for version 2010-08-01",
    );
    check_refused(
        query("Action=GetCallerIdentity&Version=2011-06-15").signed_for("monitoring"),
        Query,
        400,
        "InvalidAction: Could not find operation GetCallerIdentity for version 2011-06-15",
    );
    check_refused(
        cbor(CBOR_PATH).signed_for("dynamodb"),
        Cbor,
        404,
        "InvalidAction: Service dynamodb is not served here",
    );
}

#[test]
fn the_version_tells_the_service_of_an_unsigned_query() {
    for (body, service, operation) in [
        ("Version=2011-06-15&Action=GetCallerIdentity", Sts, "GetCallerIdentity"),
        ("Version=2010-03-31&Action=TagResource", Sns, "TagResource"),
        ("Action=TagResource", CloudWatch, "TagResource"),
    ] {
        check(query(body), Query, service, operation);
    }
    let get = Request::get("/?Action=ListMetrics&Version=2010-08-01");
    check(Sent(get, ""), Query, CloudWatch, "ListMetrics");
    check(Sent(post("/?Action=ListMetrics"), ""), Query, CloudWatch, "ListMetrics");
}

#[test]
fn the_path_of_a_queue_tells_the_service_when_nothing_else_does() {
    for (path, service) in [
        ("/000000000000/orders", Sqs),
        ("/000000000000/", Sqs),
        ("/00000000000/orders", CloudWatch),
        ("/0000000000000/orders", CloudWatch),
        ("/accountnumber/orders", CloudWatch),
        ("/000000000000", CloudWatch),
    ] {
        let sent = |body| Sent(post(path).header("content-type", FORM), body);
        check(sent("Action=TagResource"), Query, service, "TagResource");
        check(sent("Action=TagResource&Version=2010-03-31"), Query, Sns, "TagResource");
        check(sent("Action=TagResource").signed_for("logs"), Query, Logs, "TagResource");
    }
}

#[test]
fn the_input_of_a_get_is_its_query_string() {
    let request = Request::get("/?Action=ListMetrics&Namespace=a+b").body(()).unwrap();
    let (parts, ()) = request.into_parts();
    let call = dispatch(&RequestHead::from(&parts), b"ignored").unwrap();
    let input: ListMetricsInput = call.decode().unwrap();
    assert_eq!(input.namespace.as_deref(), Some("a b"));
}

#[test]
fn requests_that_call_nothing_are_refused() {
    let none = "MissingAction: The request names no operation: there is no Action, X-Amz-Target or \
                Smithy-Protocol";
    check_refused(query("Version=2010-08-01"), Query, 400, none);
    check_refused(query("Action="), Query, 400, none);
    check_refused(Sent(Request::get("/"), ""), Query, 400, none);
    check_refused(
        query("Action=ListMetrics&Version=2009-01-01"),
        Query,
        400,
        "InvalidAction: Could not find operation ListMetrics for version 2009-01-01",
    );
    check_refused(
        json("1.0", "DynamoDB_20120810.GetItem"),
        Json10,
        404,
        "InvalidAction: Could not find operation DynamoDB_20120810.GetItem for version 2010-08-01",
    );
    check_refused(
        Sent(post("/").header("content-type", "text/plain"), "hello"),
        Query,
        400,
        "MalformedHttpRequestException: The body of type 'text/plain' names no operation: there is \
         no X-Amz-Target or Smithy-Protocol",
    );
    check_refused(
        Sent(Request::delete("/"), ""),
        Query,
        400,
        "MalformedHttpRequestException: Method DELETE is not served here",
    );
    check_refused(
        cbor("/service/GraniteServiceVersion20100801"),
        Cbor,
        404,
        "InvalidAction: Path /service/GraniteServiceVersion20100801 names no operation",
    );
    check_refused(
        Sent(post(CBOR_PATH).header("smithy-protocol", "rpc-v3"), ""),
        Cbor,
        400,
        "MalformedHttpRequestException: The only Smithy-Protocol served here is rpc-v2-cbor",
    );
    for header in ["x-amz-target", "x-amzn-target"] {
        check_refused(
            cbor(CBOR_PATH).header(header, "GraniteServiceVersion20100801.PutMetricData"),
            Cbor,
            400,
            &format!("MalformedHttpRequestException: {header} must not be sent with rpc-v2-cbor"),
        );
    }
}
