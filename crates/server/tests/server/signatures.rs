//! With credentials configured, every request has to be signed.

use http::{Method, Request, StatusCode};
use nepho_protocol::sigv4::{PayloadHash, Signer, sign};
use nepho_protocol::value::Timestamp;
use nepho_server::{Credentials, system_time};
use serde_json::json;

use crate::support::{NOON, Server, json_request, request};

const KEYS: &str = "
[[credentials]]
access-key-id = 'AKIDSHOP'
secret = 'shop-secret'
account = '123456789012'

[[credentials]]
access-key-id = 'AKIDBANK'
secret = 'bank-secret'
account = '210987654321'
session-token = 'bank-session'
";

async fn server() -> Server {
    Server::with(|config| config.credentials = Credentials::parse(KEYS).unwrap()).await
}

fn signer(access_key: &'static str, secret_key: &'static str) -> Signer<'static> {
    Signer { access_key, secret_key, session_token: None, region: "eu-west-1", service: "monitoring" }
}

/// Signs as clients do: by the machine's time, whatever the server's clock says.
fn signed(server: &Server, request: Request<Vec<u8>>, signer: &Signer<'_>, age_ms: i64) -> Request<Vec<u8>> {
    let (mut parts, body) = request.into_parts();
    parts.headers.insert("host", server.http.to_string().parse().unwrap());
    let at = Timestamp::from_ms(system_time().millis() - age_ms);
    sign(&mut parts, PayloadHash::of(&body), signer, at).unwrap();
    Request::from_parts(parts, body)
}

fn put() -> Request<Vec<u8>> {
    json_request("PutMetricData", &json!({"Namespace": "Shop", "MetricData": [{"MetricName": "Orders", "Value": 1}]}))
}

#[tokio::test]
async fn the_key_decides_about_the_account() {
    let server = server().await;
    let shop = signer("AKIDSHOP", "shop-secret");
    let bank = Signer { session_token: Some("bank-session"), ..signer("AKIDBANK", "bank-secret") };
    assert_eq!(server.send(signed(&server, put(), &shop, 0)).await.status, StatusCode::OK);
    let read = json!({
        "Namespace": "Shop", "MetricName": "Orders", "Statistics": ["Sum"], "Period": 60,
        "StartTime": NOON, "EndTime": NOON + 60,
    });
    for (signer, expected) in [(&shop, json!(1.0)), (&bank, json!(null))] {
        let answer = server.send(signed(&server, json_request("GetMetricStatistics", &read), signer, 0)).await;
        assert_eq!(answer.json()["Datapoints"][0]["Sum"], expected);
    }
    let form = "Action=GetCallerIdentity&Version=2011-06-15";
    let mut identity = request(Method::POST, "/", form);
    identity.headers_mut().insert("content-type", "application/x-www-form-urlencoded".parse().unwrap());
    let sts = Signer { service: "sts", ..bank };
    let answer = server.send(signed(&server, identity, &sts, 0)).await.text();
    assert!(
        answer.contains("<Account>210987654321</Account>") && answer.contains("<UserId>AKIDBANK</UserId>"),
        "{answer}"
    );
}

#[tokio::test]
async fn what_is_not_signed_right_is_refused() {
    let server = server().await;
    let shop = signer("AKIDSHOP", "shop-secret");
    let minute = 60_000;
    let tampered = || {
        let mut request = signed(&server, put(), &shop, 0);
        *request.body_mut() = put().into_body().iter().map(|byte| if *byte == b'1' { b'2' } else { *byte }).collect();
        request
    };
    let mut header = put();
    header.headers_mut().insert("authorization", "Basic c2hvcDpzaG9w".parse().unwrap());
    let cases = [
        (put(), "MissingAuthenticationToken"),
        (header, "IncompleteSignature"),
        (signed(&server, put(), &signer("AKIDSHOP", "guess"), 0), "SignatureDoesNotMatch"),
        (signed(&server, put(), &signer("AKIDNONE", "shop-secret"), 0), "InvalidClientTokenId"),
        (signed(&server, put(), &signer("AKIDBANK", "bank-secret"), 0), "InvalidClientTokenId"),
        (signed(&server, put(), &Signer { service: "s3", ..shop.clone() }, 0), "SignatureDoesNotMatch"),
        (signed(&server, put(), &shop, 6 * minute), "SignatureDoesNotMatch"),
        (signed(&server, put(), &shop, -6 * minute), "SignatureDoesNotMatch"),
        (tampered(), "SignatureDoesNotMatch"),
    ];
    for (request, code) in cases {
        let answer = server.send(request).await;
        assert_eq!((answer.status, answer.error().0.as_str()), (StatusCode::FORBIDDEN, code), "{}", answer.text());
        assert!(!answer.header("x-amzn-requestid").is_empty());
    }
    assert_eq!(server.figure("nepho_received_items_total{intake=\"PutMetricData\"}").await, 0.0);
    assert_eq!(server.send(signed(&server, put(), &shop, 4 * minute)).await.status, StatusCode::OK);
}

#[tokio::test]
async fn only_health_and_metrics_are_open() {
    let server = server().await;
    let cases = [
        (Method::GET, "/health", "", StatusCode::OK),
        (Method::GET, "/metrics", "", StatusCode::OK),
        (Method::GET, "/tail", "", StatusCode::FORBIDDEN),
        (Method::GET, "/clock", "", StatusCode::FORBIDDEN),
        (Method::POST, "/clock", r#"{"advance":"PT1M"}"#, StatusCode::FORBIDDEN),
        (Method::POST, "/emf", "{}", StatusCode::FORBIDDEN),
    ];
    for (method, path, body, expected) in cases {
        assert_eq!(server.send(request(method.clone(), path, body)).await.status, expected, "{method} {path}");
    }
    let shop = Signer { service: "nepho", ..signer("AKIDSHOP", "shop-secret") };
    let clock = signed(&server, request(Method::POST, "/clock", r#"{"advance":"PT1M"}"#), &shop, 0);
    assert_eq!(server.send(clock).await.status, StatusCode::OK);
    let emf = signed(&server, request(Method::POST, "/emf", "{}"), &shop, 0);
    assert_eq!(server.send(emf).await.status, StatusCode::BAD_REQUEST, "signed, but no document");
}

#[tokio::test]
async fn who_signs_may_call_the_server_by_any_name() {
    let server = server().await;
    let (mut parts, body) = put().into_parts();
    parts.headers.insert("host", "metrics.example".parse().unwrap());
    let now = Timestamp::from_ms(system_time().millis());
    sign(&mut parts, PayloadHash::of(&body), &signer("AKIDSHOP", "shop-secret"), now).unwrap();
    assert_eq!(server.send(Request::from_parts(parts, body)).await.status, StatusCode::OK);
}

#[tokio::test]
async fn what_cannot_be_signed_right_is_refused_before_its_body_is_held() {
    let server = Server::with(|config| {
        config.credentials = Credentials::parse(KEYS).unwrap();
        config.limits.api_body_bytes = 1000;
    })
    .await;
    let large = |mut request: Request<Vec<u8>>| {
        request.body_mut().resize(1001, b' ');
        request
    };
    let shop = signer("AKIDSHOP", "shop-secret");
    // Only who has a known key learns that the body is too large.
    let cases = [
        (large(put()), StatusCode::FORBIDDEN),
        (signed(&server, large(put()), &signer("AKIDNONE", "shop-secret"), 0), StatusCode::FORBIDDEN),
        (large(request(Method::POST, "/emf", "{}")), StatusCode::FORBIDDEN),
        (large(request(Method::POST, "/clock", "{}")), StatusCode::FORBIDDEN),
        (signed(&server, large(put()), &shop, 0), StatusCode::PAYLOAD_TOO_LARGE),
    ];
    for (request, expected) in cases {
        let path = request.uri().path().to_owned();
        assert_eq!(server.send(request).await.status, expected, "{path}");
    }
}
