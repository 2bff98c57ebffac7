//! The edge: sizes, encodings, connections.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use http::{Method, Request, StatusCode};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::support::{Server, json_request, request};

fn put() -> Request<Vec<u8>> {
    json_request("PutMetricData", &json!({"Namespace": "Shop", "MetricData": [{"MetricName": "Orders", "Value": 1}]}))
}

/// The request with white space after its body, up to so many bytes.
fn padded(mut request: Request<Vec<u8>>, bytes: usize) -> Request<Vec<u8>> {
    request.body_mut().resize(bytes, b' ');
    request
}

fn gzipped(mut request: Request<Vec<u8>>, encoding: &str) -> Request<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(request.body()).unwrap();
    *request.body_mut() = encoder.finish().unwrap();
    request.headers_mut().insert("content-encoding", encoding.parse().unwrap());
    request
}

#[tokio::test]
async fn a_body_may_be_a_megabyte_on_the_wire() {
    let server = Server::start().await;
    const MB: usize = 1024 * 1024;
    assert_eq!(server.send(padded(put(), MB)).await.status, StatusCode::OK);
    for bytes in [MB + 1, 5 * MB] {
        let answer = server.send(padded(put(), bytes)).await;
        let (code, message) = answer.error();
        assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
        assert_eq!(code, "RequestEntityTooLargeException");
        assert_eq!(message, "the body is larger than the limit of 1048576 bytes");
    }
    // Compressed it is what is sent that counts.
    assert_eq!(server.send(gzipped(padded(put(), 5 * MB), "gzip")).await.status, StatusCode::OK);
    // Logs take more, because a batch of a megabyte is longer when it is escaped.
    let mut logs = padded(put(), 5 * MB);
    logs.headers_mut().insert("x-amz-target", "Logs_20140328.CreateLogGroup".parse().unwrap());
    assert_eq!(server.send(logs).await.error().0, "InvalidParameterException");
}

#[tokio::test]
async fn bodies_may_be_gzipped() {
    let server = Server::with(|config| config.limits.decompressed_bytes = 1000).await;
    for encoding in ["gzip", "GZIP"] {
        assert_eq!(server.send(gzipped(padded(put(), 1000), encoding)).await.status, StatusCode::OK);
    }
    let bomb = server.send(gzipped(padded(put(), 1001), "gzip")).await;
    assert_eq!(bomb.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(bomb.error().1, "the body is larger than the limit of 1000 bytes after decompression");
    let mut plain = put();
    plain.headers_mut().insert("content-encoding", "gzip".parse().unwrap());
    let answer = server.send(plain).await;
    assert_eq!((answer.status, answer.error().0.as_str()), (StatusCode::BAD_REQUEST, "MalformedHttpRequestException"));
    let answer = server.send(gzipped(put(), "br")).await;
    assert!(answer.error().1.contains("\"br\" is not supported"), "{}", answer.text());
}

#[tokio::test]
async fn an_alarm_may_be_120_kilobytes() {
    let server = Server::start().await;
    let alarm = || {
        json_request(
            "PutMetricAlarm",
            &json!({
                "AlarmName": "a", "Namespace": "Shop", "MetricName": "Orders", "Statistic": "Sum", "Period": 60,
                "EvaluationPeriods": 1, "Threshold": 5, "ComparisonOperator": "GreaterThanThreshold",
            }),
        )
    };
    const LIMIT: usize = 122_880;
    assert_eq!(server.send(padded(alarm(), LIMIT)).await.status, StatusCode::OK);
    // Compressed it is a few hundred bytes, but what it is before that counts.
    for request in [padded(alarm(), LIMIT + 1), gzipped(padded(alarm(), LIMIT + 1), "gzip")] {
        let answer = server.send(request).await;
        assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
        let message = "the request of 122881 bytes exceeds the limit of 122880 bytes";
        assert_eq!(answer.error(), ("RequestEntityTooLargeException".to_owned(), message.to_owned()));
    }
}

/// What a client gets that sends `text` as it is.
async fn raw(server: &Server, text: &str) -> String {
    let mut stream = TcpStream::connect(server.http).await.unwrap();
    stream.write_all(text.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    drop(stream.read_to_end(&mut answer).await);
    String::from_utf8(answer).unwrap()
}

#[tokio::test]
async fn heads_have_limits() {
    let server = Server::with(|config| {
        config.limits.headers = 10;
        config.limits.head_bytes = 8192;
    })
    .await;
    let headers = |count: usize| {
        let more: String = (2..count).map(|n| format!("x-{n}: 1\r\n")).collect();
        format!("GET /health HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n{more}\r\n")
    };
    assert!(raw(&server, &headers(10)).await.starts_with("HTTP/1.1 200"));
    assert!(raw(&server, &headers(11)).await.starts_with("HTTP/1.1 431"));
    let sized = |bytes: usize| {
        let start = "GET /health HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\nx: ";
        format!("{start}{}\r\n\r\n", "y".repeat(bytes - start.len() - 4))
    };
    assert!(raw(&server, &sized(8192)).await.starts_with("HTTP/1.1 200"));
    let answer = raw(&server, &sized(8193)).await;
    assert!(answer.starts_with("HTTP/1.1 431"), "{answer}");
    assert!(answer.contains("the request line and headers of 8193 bytes exceed the limit of 8192 bytes"), "{answer}");
    for bytes in [10_000, 20_000] {
        assert!(raw(&server, &sized(bytes)).await.starts_with("HTTP/1.1 431"), "{bytes}");
    }
    let path = |bytes: usize| {
        let (start, end) = ("GET /health?", " HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n");
        format!("{start}{}{end}", "y".repeat(bytes - start.len() - end.len()))
    };
    assert!(raw(&server, &path(8192)).await.starts_with("HTTP/1.1 200"));
    assert!(raw(&server, &path(8193)).await.starts_with("HTTP/1.1 431"));
}

#[tokio::test]
async fn connections_over_the_limit_are_told_so() {
    let server = Server::with(|config| config.limits.http_connections = 2).await;
    let get = "GET /clock HTTP/1.1\r\nhost: localhost\r\n\r\n";
    let mut held = Vec::new();
    for _ in 0..2 {
        let mut stream = TcpStream::connect(server.http).await.unwrap();
        stream.write_all(get.as_bytes()).await.unwrap();
        assert!(stream.read(&mut [0; 1024]).await.unwrap() > 0);
        held.push(stream);
    }
    for _ in 0..3 {
        let answer = raw(&server, get).await;
        assert!(answer.starts_with("HTTP/1.1 503") && answer.contains("too many connections are open"), "{answer}");
    }
    drop(held.pop());
    // The place is free as soon as the server has seen the end of the connection.
    while !raw(&server, &get.replace("\r\n\r\n", "\r\nconnection: close\r\n\r\n")).await.starts_with("HTTP/1.1 200") {}
    drop(held);
    while server.figure("nepho_http_connections").await > 1.0 {}
    assert!(server.figure("nepho_refused_connections_total{listener=\"Http\"}").await >= 3.0);
}

#[tokio::test]
async fn connections_are_kept_alive_and_answered_in_order() {
    let server = Server::start().await;
    let mut stream = TcpStream::connect(server.http).await.unwrap();
    let get = "GET /clock HTTP/1.1\r\nhost: localhost\r\n\r\n";
    stream
        .write_all(format!("{get}{get}{}", get.replace("\r\nhost", "\r\nconnection: close\r\nhost")).as_bytes())
        .await
        .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert_eq!(answer.matches("HTTP/1.1 200").count(), 3, "{answer}");
}

#[tokio::test]
async fn what_is_not_served_is_named_in_the_protocols_own_form() {
    let server = Server::start().await;
    let unknown = server.call("PutInsightRule", &json!({})).await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
    assert!(unknown.error().1.contains("PutInsightRule"), "{}", unknown.text());
    let mut form = request(Method::POST, "/", "Action=PutInsightRule&Version=2010-08-01");
    form.headers_mut().insert("content-type", "application/x-www-form-urlencoded".parse().unwrap());
    let answer = server.send(form).await;
    assert_eq!((answer.status, answer.header("content-type")), (StatusCode::BAD_REQUEST, "text/xml"));
    assert!(answer.text().contains("<Code>InvalidAction</Code>") && answer.text().contains("PutInsightRule"));
    let path = "/service/GraniteServiceVersion20100801/operation/PutInsightRule";
    let cbor = Request::post(path).header("smithy-protocol", "rpc-v2-cbor").body(Vec::new()).unwrap();
    let answer = server.send(cbor).await;
    assert_eq!((answer.status, answer.header("smithy-protocol")), (StatusCode::NOT_FOUND, "rpc-v2-cbor"));
    let error: Value = nepho_protocol::codec::cbor::from_slice(&answer.body).unwrap();
    assert!(error["message"].as_str().unwrap().contains("PutInsightRule"), "{error}");
    let unnamed = server.send(request(Method::POST, "/favicon.ico", "")).await;
    assert!(unnamed.status.is_client_error() && unnamed.text().contains("MissingAction"), "{}", unnamed.text());
}

#[tokio::test]
async fn who_only_looks_at_a_path_that_is_not_there_hears_which_are() {
    // It was XML about an action.
    let server = Server::start().await;
    for path in ["/favicon.ico", "/", "/?action=none", "/healthz"] {
        let answer = server.get(path).await;
        assert_eq!((answer.status, answer.header("content-type")), (StatusCode::NOT_FOUND, "application/json"));
        let path = path.split('?').next().unwrap();
        let expected = format!("there is nothing at {path}; there are /health, /metrics, /clock, ");
        assert!(answer.json()["error"].as_str().unwrap().starts_with(&expected), "{}", answer.text());
    }
    for path in ["/?Action=", "/?Version=2010-08-01&Action=Nothing", "/?X-Amz-Signature=1"] {
        let answer = server.get(path).await;
        assert!(answer.status.is_client_error() && answer.text().contains("<Code>"), "{}", answer.text());
    }
}

#[tokio::test]
async fn every_answer_has_a_request_id_of_its_own() {
    let server = Server::start().await;
    let first = server.send(put()).await;
    let second = server.call("PutMetricAlarm", &json!({})).await;
    let (first, second) = (first.header("x-amzn-requestid"), second.header("x-amzn-requestid"));
    assert!(first.len() == 36 && first.as_bytes()[14] == b'4', "{first}");
    assert_ne!(first, second);
}

#[tokio::test]
async fn pages_of_other_sites_are_refused() {
    // A picture whose address is a PutMetricData was stored, and a page under a name that resolves to loopback could
    // read.
    let server = Server::start().await;
    let own = format!("http://{}", server.http);
    let cases = [
        ("origin", "http://evil.example", false),
        ("origin", "null", false),
        ("origin", "http://127.0.0.1:1", false),
        ("origin", own.as_str(), true),
        ("sec-fetch-site", "cross-site", false),
        ("sec-fetch-site", "same-site", false),
        ("sec-fetch-site", "none", true),
        ("host", "evil.example", false),
        ("host", "localhost:4582", true),
    ];
    let picture = "/?Action=PutMetricData&Version=2010-08-01&Namespace=Shop&MetricData.member.1.MetricName=Orders\
                   &MetricData.member.1.Value=1";
    let emf = r#"{"_aws":{"Timestamp":1777896000000,"CloudWatchMetrics":[{"Namespace":"Shop","Dimensions":[[]],"Metrics":[{"Name":"Orders"}]}]},"Orders":1}"#;
    let requests = [
        (Method::GET, picture, ""),
        (Method::GET, "/clock", ""),
        (Method::POST, "/clock", r#"{"advance":"PT0S"}"#),
        (Method::POST, "/emf", emf),
        (Method::GET, "/metrics", ""),
        (Method::GET, "/health", ""),
    ];
    for (header, value, passes) in cases {
        let before = server.sum("Shop", "Orders", &[]).await;
        for (method, path, body) in &requests {
            let mut request = request(method.clone(), path, body);
            request.headers_mut().insert(header, value.parse().unwrap());
            let answer = server.send(request).await;
            let expected = if passes { StatusCode::OK } else { StatusCode::FORBIDDEN };
            assert_eq!(answer.status, expected, "{header}: {value} {method} {path} {}", answer.text());
        }
        assert_eq!(server.sum("Shop", "Orders", &[]).await == before, !passes, "{header}: {value}");
    }
    let mut put = put();
    put.headers_mut().insert("host", "evil.example".parse().unwrap());
    let answer = server.send(put).await;
    let (code, message) = answer.error();
    assert_eq!((answer.status, code.as_str()), (StatusCode::FORBIDDEN, "AccessDenied"));
    assert!(message.starts_with("host \"evil.example\" is not localhost or a loopback address"), "{message}");
}

#[tokio::test]
async fn a_server_that_more_than_this_machine_reaches_has_any_name() {
    let server = Server::with(|config| {
        config.listen = "0.0.0.0:0".parse().unwrap();
        config.insecure = true;
    })
    .await;
    let mut request = request(Method::GET, "/clock", "");
    request.headers_mut().insert("host", "metrics.example".parse().unwrap());
    assert_eq!(server.send(request).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_client_that_goes_away_leaves_nothing_uncounted() {
    let server = Server::start().await;
    for round in 0..50_u8 {
        let mut stream = TcpStream::connect(server.http).await.unwrap();
        let (parts, body) = put().into_parts();
        let mut head = format!("POST / HTTP/1.1\r\nhost: localhost\r\ncontent-length: {}\r\n", body.len());
        for (name, value) in &parts.headers {
            head += &format!("{name}: {}\r\n", value.to_str().unwrap());
        }
        stream.write_all(&[head.as_bytes(), b"\r\n", &body].concat()).await.unwrap();
        for _ in 0..round {
            tokio::task::yield_now().await;
        }
        drop(stream);
    }
    server.until("nepho_http_connections", 1.0).await;
    server.until("nepho_waiting_appends", 0.0).await;
    let received = server.figure("nepho_received_items_total{intake=\"PutMetricData\"}").await;
    server.until("nepho_stored_items_total{intake=\"PutMetricData\"}", received).await;
}
