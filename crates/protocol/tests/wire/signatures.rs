//! Signature Version 4: AWS's published vectors, and every way to fail.

use http::{Request, request};
use nepho_protocol::RequestHead;
use nepho_protocol::sigv4::{Credential, Identity, PayloadHash, Scope, Signer, scope, sign, verify};
use nepho_protocol::value::Timestamp;

/// 2015-08-30T12:36:00Z, the time of the published vectors.
const NOW: Timestamp = Timestamp::from_ms(1_440_938_160_000);
const SECRET: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";

fn signer(service: &'static str) -> Signer<'static> {
    Signer { access_key: "AKIDEXAMPLE", secret_key: SECRET, session_token: None, region: "us-east-1", service }
}

fn lookup(access_key: &str) -> Option<Credential> {
    (access_key == "AKIDEXAMPLE").then(|| Credential {
        secret_key: SECRET.to_owned(),
        session_token: None,
        expires: None,
    })
}

fn parts(request: http::request::Builder) -> request::Parts {
    request.body(()).unwrap().into_parts().0
}

fn signed(body: &[u8]) -> request::Parts {
    let mut parts = parts(
        Request::post("http://localhost:4582/").header("x-amz-target", "GraniteServiceVersion20100801.PutMetricData"),
    );
    sign(&mut parts, PayloadHash::of(body), &signer("monitoring"), NOW).unwrap();
    parts
}

fn verified(parts: &request::Parts, body: &[u8], now: Timestamp) -> Result<Identity, String> {
    let hash = PayloadHash::of(body);
    verify(&RequestHead::from(parts), hash, lookup, now, &["monitoring", "logs"]).map_err(|error| error.to_string())
}

#[test]
fn published_vectors() {
    // The suite's names; the last one is the example of the documentation.
    for (name, method, uri, headers, body, service, expect) in [
        (
            "get-vanilla",
            "GET",
            "/",
            &[][..],
            "",
            "service",
            "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31",
        ),
        (
            "get-vanilla-query-order-key-case",
            "GET",
            "/?Param2=value2&Param1=value1",
            &[],
            "",
            "service",
            "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500",
        ),
        (
            "post-vanilla",
            "POST",
            "/",
            &[],
            "",
            "service",
            "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b",
        ),
        (
            "post-x-www-form-urlencoded",
            "POST",
            "/",
            &[("content-type", "application/x-www-form-urlencoded")],
            "Param1=value1",
            "service",
            "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a",
        ),
        (
            "iam-list-users",
            "GET",
            "/?Action=ListUsers&Version=2010-05-08",
            &[("content-type", "application/x-www-form-urlencoded; charset=utf-8")],
            "",
            "iam",
            "5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7",
        ),
    ] {
        let host = if service == "iam" { "iam.amazonaws.com" } else { "example.amazonaws.com" };
        let mut request = Request::builder().method(method).uri(uri).header("host", host);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let mut parts = parts(request);
        sign(&mut parts, PayloadHash::of(body.as_bytes()), &signer(service), NOW).unwrap();
        let authorization = parts.headers["authorization"].to_str().unwrap();
        assert!(authorization.ends_with(&format!("Signature={expect}")), "{name}: {authorization}");
        let hash = PayloadHash::of(body.as_bytes());
        let outcome = verify(&RequestHead::from(&parts), hash, lookup, NOW, &[service]);
        assert_eq!(outcome.map(|identity| identity.service), Ok(service.to_owned()), "{name}");
    }
}

#[test]
fn a_signed_request_is_verified() {
    let identity = verified(&signed(b"body"), b"body", NOW).unwrap();
    assert_eq!(
        identity,
        Identity { access_key: "AKIDEXAMPLE".into(), region: "us-east-1".into(), service: "monitoring".into() }
    );
}

const MISMATCH: &str = "SignatureDoesNotMatch: The request signature we calculated does not match \
    the signature you provided. Check your AWS Secret Access Key and signing method. Consult the \
    service documentation for details.";

#[test]
fn a_request_that_was_changed_is_refused() {
    let refused = |change: fn(&mut request::Parts)| {
        let mut parts = signed(b"body");
        change(&mut parts);
        verified(&parts, b"body", NOW).unwrap_err()
    };
    assert_eq!(verified(&signed(b"body"), b"other", NOW).unwrap_err(), MISMATCH);
    for change in [
        (|parts| parts.uri = "/other".parse().unwrap()) as fn(&mut request::Parts),
        |parts| parts.uri = "/?a=b".parse().unwrap(),
        |parts| parts.method = http::Method::GET,
        |parts| drop(parts.headers.insert("host", "elsewhere".parse().unwrap())),
        |parts| drop(parts.headers.insert("x-amz-target", "Other.Op".parse().unwrap())),
        |parts| {
            let other = "Other.Op".parse().unwrap();
            parts.headers.append("x-amz-target", other);
        },
    ] {
        assert_eq!(refused(change), MISMATCH);
    }
}

/// Replaces a part of the authorization header.
fn altered(from: &str, to: &str) -> String {
    let mut parts = signed(b"body");
    let authorization = parts.headers["authorization"].to_str().unwrap().replace(from, to);
    parts.headers.insert("authorization", authorization.parse().unwrap());
    verified(&parts, b"body", NOW).unwrap_err()
}

#[test]
fn each_failure_has_its_message() {
    let unsigned = parts(Request::post("/"));
    assert_eq!(
        verified(&unsigned, b"", NOW).unwrap_err(),
        "MissingAuthenticationToken: Request is missing Authentication Token"
    );
    for (from, to, expect) in [
        (
            "AWS4-HMAC-SHA256",
            "Bearer",
            "IncompleteSignature: Authorization header requires the algorithm 'AWS4-HMAC-SHA256'.",
        ),
        ("Credential=", "Cred=", "IncompleteSignature: Authorization header requires 'Credential' parameter."),
        (
            "SignedHeaders=",
            "SignedHeaders:",
            "IncompleteSignature: Authorization header requires 'SignedHeaders' parameter.",
        ),
        (
            "/us-east-1/monitoring/aws4_request",
            "",
            "IncompleteSignature: Credential must have exactly 5 slash-delimited elements, e.g. \
             keyid/date/region/service/term, got 'AKIDEXAMPLE/20150830'",
        ),
        ("AKIDEXAMPLE", "AKIDOTHER", "InvalidClientTokenId: The security token included in the request is invalid."),
        ("us-east-1", "", "SignatureDoesNotMatch: Credential should be scoped to a valid region."),
        (
            "/monitoring/",
            "/dynamodb/",
            "SignatureDoesNotMatch: Credential should be scoped to correct service: 'monitoring', \
             'logs'.",
        ),
        (
            "20150830",
            "20150831",
            "SignatureDoesNotMatch: Date in Credential scope does not match YYYYMMDD from ISO-8601 \
             version of date from HTTP: '20150831' != '20150830', from '20150830T123600Z'.",
        ),
        (
            "host;",
            "",
            "SignatureDoesNotMatch: 'Host' or ':authority' must be a 'SignedHeader' in the AWS \
             Authorization.",
        ),
        (
            ";x-amz-target",
            "",
            "SignatureDoesNotMatch: 'X-Amz-Target' must be a 'SignedHeader' in the AWS \
             Authorization.",
        ),
        ("us-east-1", "eu-west-1", MISMATCH),
        ("/monitoring/", "/logs/", MISMATCH),
        ("Signature=", "Signature=0", MISMATCH),
    ] {
        assert_eq!(altered(from, to), expect, "{from} -> {to}");
    }
}

#[test]
fn the_window_is_five_minutes_either_way() {
    let at = |seconds: i64| {
        let now = Timestamp::from_ms(NOW.ms() + seconds * 1000);
        verified(&signed(b""), b"", now).map(drop)
    };
    assert_eq!(at(300), Ok(()));
    assert_eq!(at(-300), Ok(()));
    assert_eq!(
        at(301).unwrap_err(),
        "SignatureDoesNotMatch: Signature expired: 20150830T123600Z is now earlier than \
         20150830T123601Z (20150830T124101Z - 5 min.)"
    );
    assert_eq!(
        at(-301).unwrap_err(),
        "SignatureDoesNotMatch: Signature not yet current: 20150830T123600Z is still later than \
         20150830T123559Z (20150830T123059Z + 5 min.)"
    );
}

#[test]
fn sessions_need_their_token_and_end() {
    let session = |expires_ms: i64| {
        move |_: &str| {
            Some(Credential {
                secret_key: SECRET.into(),
                session_token: Some("token".into()),
                expires: Some(Timestamp::from_ms(expires_ms)),
            })
        }
    };
    let outcome = |token: Option<&'static str>, expires_ms: i64| {
        let mut parts = parts(Request::post("http://localhost/"));
        let signer = Signer { session_token: token, ..signer("monitoring") };
        sign(&mut parts, PayloadHash::of(b""), &signer, NOW).unwrap();
        let head = RequestHead::from(&parts);
        let lookup = session(expires_ms);
        verify(&head, PayloadHash::of(b""), lookup, NOW, &["monitoring"]).map_err(|error| error.code.query).map(drop)
    };
    assert_eq!(outcome(Some("token"), NOW.ms() + 1), Ok(()));
    assert_eq!(outcome(Some("token"), NOW.ms()), Err("ExpiredToken"));
    assert_eq!(outcome(Some("other"), NOW.ms() + 1), Err("InvalidClientTokenId"));
    assert_eq!(outcome(None, NOW.ms() + 1), Err("InvalidClientTokenId"));
}

#[test]
fn scopes_are_read_without_verifying() {
    let expect =
        Scope { access_key: "a/b".into(), date: "20150830".into(), region: "eu-west-1".into(), service: "sts".into() };
    let header = parts(Request::get("/").header(
        "authorization",
        "AWS4-HMAC-SHA256 Credential=a/b/20150830/eu-west-1/sts/aws4_request,SignedHeaders=host",
    ));
    let query = parts(Request::get("/?X-Amz-Credential=a%2Fb%2F20150830%2Feu-west-1%2Fsts%2Faws4_request"));
    for parts in [header, query] {
        assert_eq!(scope(&RequestHead::from(&parts)), Some(expect.clone()));
    }
    for authorization in ["", "Basic eDp5", "AWS4-HMAC-SHA256 Credential=a/b/c"] {
        let parts = parts(Request::get("/").header("authorization", authorization));
        assert_eq!(scope(&RequestHead::from(&parts)), None, "{authorization}");
    }
}

/// Requests as botocore 1.43 signs them at [`NOW`].
#[test]
fn requests_signed_by_others_are_verified() {
    let cbor = parts(
        Request::post("/x%20y/service/GraniteServiceVersion20100801/operation/PutMetricData")
            .header("host", "localhost:4582")
            .header("smithy-protocol", "rpc-v2-cbor")
            .header("content-type", "application/cbor")
            .header("x-amz-date", "20150830T123600Z")
            .header(
                "authorization",
                "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/monitoring/aws4_request, \
             SignedHeaders=content-type;host;smithy-protocol;x-amz-date, \
             Signature=5111142c5fd24acc5f0d2cefaea924056d946a35572bd4632ca2a9bf5e4baf54",
            ),
    );
    let identity = verified(&cbor, b"\xa0", NOW).unwrap();
    assert_eq!(identity.service, "monitoring");
}

#[test]
fn presigned_requests_are_good_until_they_expire() {
    let presigned = parts(
        Request::get(
            "/?Action=GetCallerIdentity&Version=2011-06-15&Z=a%20b%2Fc\
             &X-Amz-Algorithm=AWS4-HMAC-SHA256\
             &X-Amz-Credential=AKIDEXAMPLE%2F20150830%2Fus-east-1%2Fsts%2Faws4_request\
             &X-Amz-Date=20150830T123600Z&X-Amz-Expires=60&X-Amz-SignedHeaders=host\
             &X-Amz-Signature=8056bccb8d4db9419d16b0902cd00606257d803b770b7e2f0ba357b3d59830f1",
        )
        .header("host", "localhost:4582"),
    );
    let at = |seconds: i64| {
        let head = RequestHead::from(&presigned);
        let now = Timestamp::from_ms(NOW.ms() + seconds * 1000);
        verify(&head, PayloadHash::of(b""), lookup, now, &["sts"])
            .map(|identity| identity.service)
            .map_err(|error| error.message.unwrap())
    };
    assert_eq!(at(60), Ok("sts".to_owned()));
    assert_eq!(
        at(61).unwrap_err(),
        "Signature expired: 20150830T123600Z is now earlier than 20150830T123601Z \
         (20150830T123701Z - 1 min.)"
    );
}
