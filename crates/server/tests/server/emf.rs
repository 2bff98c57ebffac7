//! EMF over TCP, UDP and HTTP.

use std::sync::atomic::Ordering;

use http::StatusCode;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpStream, UdpSocket};

use crate::support::{NOON, Server};

/// A document with one metric of this value.
fn document(value: f64) -> String {
    json!({
        "_aws": {
            "Timestamp": NOON * 1000, "LogGroupName": "shop",
            "CloudWatchMetrics": [{
                "Namespace": "Shop", "Dimensions": [["Service"]], "Metrics": [{"Name": "Orders", "Unit": "Count"}],
            }],
        },
        "Service": "web", "Orders": value,
    })
    .to_string()
}

/// A document whose second metric is missing.
fn half(value: f64) -> String {
    document(value)
        .replace(r#"{"Name":"Orders","Unit":"Count"}"#, r#"{"Name":"Orders","Unit":"Count"},{"Name":"Refunds"}"#)
}

async fn orders(server: &Server) -> Option<f64> {
    server.sum("Shop", "Orders", &[("Service", "web")]).await
}

/// The three numbers of an intake: received, stored, rejected.
async fn account(server: &Server, intake: &str) -> (f64, f64, f64) {
    let text = server.get("/metrics").await.text();
    let sum = |name: &str| -> f64 {
        let start = format!("nepho_{name}_items_total{{intake=\"{intake}\"");
        let lines = text.lines().filter(|line| line.starts_with(&start));
        lines.map(|line| line.rsplit(' ').next().unwrap().parse::<f64>().unwrap()).sum()
    };
    (sum("received"), sum("stored"), sum("rejected"))
}

#[tokio::test]
async fn documents_over_tcp_are_lines_however_they_arrive() {
    let server = Server::start().await;
    let mut stream = TcpStream::connect(server.emf).await.unwrap();
    let text = format!("{}\n\n{}\r\n{}\nnonsense\n{}", document(1.0), half(2.0), document(4.0), document(8.0));
    // In pieces that end in the middle of documents.
    for piece in text.as_bytes().chunks(97) {
        stream.write_all(piece).await.unwrap();
        stream.flush().await.unwrap();
        tokio::task::yield_now().await;
    }
    // The last line has no end but that of the stream.
    stream.shutdown().await.unwrap();
    assert_eq!(stream.read(&mut [0; 8]).await.unwrap(), 0, "nothing is answered");
    server.until("nepho_emf_connections", 0.0).await;
    assert_eq!(orders(&server).await, Some(15.0));
    assert_eq!(account(&server, "EmfTcp").await, (5.0, 4.0, 1.0));
    assert_eq!(server.figure("nepho_left_out_metrics_total{cause=\"metric_missing\"}").await, 1.0);
    // CloudWatch's own counters, where the document says its log group.
    assert_eq!(server.sum("AWS/Logs", "EMFValidationErrors", &[("LogGroupName", "shop")]).await, Some(1.0));
}

#[tokio::test]
async fn a_line_may_be_as_long_as_the_limit() {
    let document = document(1.0);
    let limit = document.len();
    let server = Server::with(|config| config.limits.emf_line_bytes = limit).await;
    let mut stream = TcpStream::connect(server.emf).await.unwrap();
    let long = format!("{document} ");
    stream
        .write_all(format!("{document}\n{long}\n{document}\n{}{long}\n{document}", long.repeat(9)).as_bytes())
        .await
        .unwrap();
    stream.shutdown().await.unwrap();
    assert_eq!(stream.read(&mut [0; 8]).await.unwrap(), 0);
    server.until("nepho_emf_connections", 0.0).await;
    assert_eq!(account(&server, "EmfTcp").await, (5.0, 3.0, 2.0));
    assert_eq!(server.figure("nepho_rejected_items_total{intake=\"EmfTcp\",cause=\"line_too_long\"}").await, 2.0);
    assert_eq!(orders(&server).await, Some(3.0));
}

#[tokio::test]
async fn connections_over_the_limit_are_closed_and_counted() {
    let server = Server::with(|config| config.limits.emf_connections = 2).await;
    let mut first = TcpStream::connect(server.emf).await.unwrap();
    let _second = TcpStream::connect(server.emf).await.unwrap();
    server.until("nepho_emf_connections", 2.0).await;
    let mut third = TcpStream::connect(server.emf).await.unwrap();
    assert!(matches!(third.read(&mut [0; 8]).await, Ok(0) | Err(_)));
    assert_eq!(server.figure("nepho_refused_connections_total{listener=\"Emf\"}").await, 1.0);
    // Those within the limit still work.
    first.write_all(document(1.0).as_bytes()).await.unwrap();
    first.write_all(b"\n").await.unwrap();
    server.until("nepho_stored_items_total{intake=\"EmfTcp\"}", 1.0).await;
    drop(first);
    server.until("nepho_emf_connections", 1.0).await;
    let mut fourth = TcpStream::connect(server.emf).await.unwrap();
    fourth.write_all(format!("{}\n", document(1.0)).as_bytes()).await.unwrap();
    server.until("nepho_stored_items_total{intake=\"EmfTcp\"}", 2.0).await;
}

#[tokio::test]
async fn at_the_limit_the_connection_that_is_idle_the_longest_makes_room() {
    // As many connections as there may be, all idle, locked everybody else out.
    let server = Server::with(|config| {
        config.limits.emf_connections = 2;
        config.limits.emf_idle_seconds = 0;
    })
    .await;
    let line = format!("{}\n", document(1.0));
    let mut connections = Vec::new();
    for stored in 1..=2 {
        let mut stream = TcpStream::connect(server.emf).await.unwrap();
        stream.write_all(line.as_bytes()).await.unwrap();
        server.until("nepho_stored_items_total{intake=\"EmfTcp\"}", f64::from(stored)).await;
        connections.push(stream);
    }
    connections[0].write_all(line.as_bytes()).await.unwrap();
    server.until("nepho_stored_items_total{intake=\"EmfTcp\"}", 3.0).await;
    let mut third = TcpStream::connect(server.emf).await.unwrap();
    third.write_all(line.as_bytes()).await.unwrap();
    server.until("nepho_stored_items_total{intake=\"EmfTcp\"}", 4.0).await;
    assert_eq!(connections[1].read(&mut [0; 8]).await.unwrap(), 0, "the second was idle the longest");
    connections[0].write_all(line.as_bytes()).await.unwrap();
    server.until("nepho_stored_items_total{intake=\"EmfTcp\"}", 5.0).await;
    assert_eq!(server.figure("nepho_refused_connections_total{listener=\"Emf\"}").await, 0.0);
}

#[tokio::test]
async fn a_stop_writes_what_has_arrived() {
    let server = Server::start().await;
    let store = server.store.clone();
    let mut stream = TcpStream::connect(server.emf).await.unwrap();
    stream.write_all(format!("{}\n{}", document(1.0), &document(2.0)[..50]).as_bytes()).await.unwrap();
    server.until("nepho_stored_items_total{intake=\"EmfTcp\"}", 1.0).await;
    server.stop().await;
    assert!(store.is_closed.load(Ordering::Relaxed));
    assert_eq!(stream.read(&mut [0; 8]).await.unwrap_or(0), 0);
}

#[tokio::test]
async fn documents_over_udp_are_datagrams() {
    let server = Server::start().await;
    let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    for text in [document(1.0), format!("{}\n", document(2.0)), "nonsense".to_owned(), String::new()] {
        socket.send_to(text.as_bytes(), server.emf).await.unwrap();
    }
    server.until("nepho_received_items_total{intake=\"EmfUdp\"}", 3.0).await;
    server.until("nepho_stored_items_total{intake=\"EmfUdp\"}", 2.0).await;
    assert_eq!(account(&server, "EmfUdp").await, (3.0, 2.0, 1.0));
    assert_eq!(orders(&server).await, Some(3.0));
}

#[tokio::test]
async fn what_the_store_refuses_is_counted_as_that() {
    let server = Server::start().await;
    server.store.fails_append.store(true, Ordering::Relaxed);
    let mut stream = TcpStream::connect(server.emf).await.unwrap();
    stream.write_all(format!("{}\n", document(1.0)).as_bytes()).await.unwrap();
    server.until("nepho_rejected_items_total{intake=\"EmfTcp\",cause=\"store\"}", 1.0).await;
    assert_eq!(account(&server, "EmfTcp").await, (1.0, 0.0, 1.0));
    let answer = server.post("/emf", document(1.0)).await;
    assert_eq!(answer.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert_eq!(account(&server, "EmfHttp").await, (1.0, 0.0, 1.0));
}

#[tokio::test]
async fn post_emf_says_what_came_of_it() {
    let server = Server::start().await;
    let answer = server.post("/emf", format!("{}\n{}\n\nnonsense\n{}", document(1.0), half(2.0), half(4.0))).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    let missing = json!({
        "cause": "metric_missing", "detail": "metric \"Refunds\" is no member of the document", "count": 2,
    });
    let answer = answer.json();
    assert_eq!((&answer["received"], &answer["stored"]), (&json!(4), &json!(3)));
    assert_eq!(answer["rejected"][0], missing);
    assert_eq!(answer["rejected"][1]["cause"], "not_emf");
    // It is durable, and so readable, when it is answered.
    assert_eq!(orders(&server).await, Some(7.0));
    assert_eq!(account(&server, "EmfHttp").await, (4.0, 3.0, 1.0));
}

#[tokio::test]
async fn post_emf_refuses_clearly() {
    let server = Server::with(|config| config.limits.emf_body_bytes = document(1.0).len()).await;
    assert_eq!(server.post("/emf", document(1.0)).await.status, StatusCode::OK);
    let large = server.post("/emf", format!("{}\n", document(1.0))).await;
    assert_eq!(large.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(large.text().contains("limit of"), "{}", large.text());
    let cases = [("", "the body has no documents"), ("\n \n", "the body has no documents"), ("{}", "not_emf")];
    for (body, expected) in cases {
        let answer = server.post("/emf", body).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{body:?}");
        assert!(answer.text().contains(expected), "{}", answer.text());
    }
    let answer = server.get("/emf").await;
    assert_eq!((answer.status, answer.header("allow")), (StatusCode::METHOD_NOT_ALLOWED, "POST"));
}

#[tokio::test]
#[cfg(target_os = "linux")]
async fn datagrams_that_the_system_drops_are_counted() {
    const SENT: usize = 5000;
    let server = Server::start().await;
    let socket = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    let document = document(1.0);
    // Nothing is read meanwhile, as this thread is also the server's, and so the socket's buffer overflows.
    for _ in 0..SENT {
        socket.send_to(document.as_bytes(), server.emf).unwrap();
    }
    let dropped = server.figure("nepho_dropped_datagrams_total").await;
    assert!(dropped > 0.0);
    server.until("nepho_received_items_total{intake=\"EmfUdp\"}", SENT as f64 - dropped).await;
    server.until("nepho_stored_items_total{intake=\"EmfUdp\"}", SENT as f64 - dropped).await;
}
