//! What the server says of itself: clock, health, metrics, arrivals.

use std::sync::atomic::Ordering;

use http::{Method, StatusCode};
use http_body_util::BodyExt;
use hyper_util::rt::TokioIo;
use nepho_server::Clock;
use serde_json::{Value, json};
use tokio::net::TcpStream;

use crate::support::{NOON, Server, claiming, request};

async fn put(server: &Server, name: &str, value: f64) {
    let input = json!({"Namespace": "Shop", "MetricData": [{"MetricName": name, "Value": value}]});
    server.ask("PutMetricData", &input).await;
}

async fn clock(server: &Server, body: &str) -> (StatusCode, Value) {
    let answer = server.post("/clock", body).await;
    (answer.status, answer.json())
}

#[tokio::test]
async fn a_manual_clock_moves_when_it_is_told_to() {
    let server = Server::start().await;
    let at = |time: &str| json!({"now": time, "clock": "manual"});
    assert_eq!(server.get("/clock").await.json(), at("2026-05-04T12:00:00Z"));
    // Backwards too, while the store is empty.
    let (status, now) = clock(&server, r#"{"now": "2026-01-01T00:00:30Z"}"#).await;
    assert_eq!((status, now), (StatusCode::OK, at("2026-01-01T00:00:30Z")));
    clock(&server, r#"{"now": "2026-05-04T12:00:00Z"}"#).await;
    put(&server, "Orders", 1.0).await;
    let (status, answer) = clock(&server, r#"{"now": "2026-05-04T11:59:59Z"}"#).await;
    assert_eq!(status, StatusCode::CONFLICT);
    let error = "the clock stands at 2026-05-04T12:00:00Z and can only go back while the store is empty, but there \
                 are 1 metrics";
    assert_eq!(answer, json!({"error": error}));
    let (status, now) = clock(&server, r#"{"advance": "PT1M30S"}"#).await;
    assert_eq!((status, now), (StatusCode::OK, at("2026-05-04T12:01:30Z")));
    // A datum without a time is as old as the clock says.
    put(&server, "Orders", 1.0).await;
    let read = json!({
        "Namespace": "Shop", "MetricName": "Orders", "Statistics": ["Sum"], "Period": 60,
        "StartTime": NOON, "EndTime": NOON + 120,
    });
    let answer = server.ask("GetMetricStatistics", &read).await;
    assert_eq!(answer["Datapoints"][1]["Timestamp"], json!((NOON + 60) as f64));
}

#[tokio::test]
async fn a_clock_refuses_what_it_does_not_understand() {
    let server = Server::start().await;
    for (body, expected) in [
        (r#"{"advance": "soon"}"#, "\"soon\" is no duration in ISO 8601, such as PT1M"),
        (r#"{"now": "noon"}"#, "\"noon\" is no time in ISO 8601"),
        (r#"{"advance": "P501D"}"#, "P501D exceeds the limit of 500 days"),
        ("{}", r#"expected {"now": "2026-05-04T12:00:00Z"} or {"advance": "PT1M"}"#),
    ] {
        let (status, answer) = clock(&server, body).await;
        assert_eq!(status, StatusCode::BAD_REQUEST);
        assert!(answer["error"].as_str().unwrap().contains(expected), "{answer}");
    }
    let put = server.send(request(Method::PUT, "/clock", "")).await;
    assert_eq!((put.status, put.header("allow")), (StatusCode::METHOD_NOT_ALLOWED, "GET, POST"));
    let system = Server::with_clock(Clock::system(), |_| {}).await;
    assert_eq!(system.get("/clock").await.json()["clock"], "system");
    let (status, answer) = clock(&system, r#"{"advance": "PT1M"}"#).await;
    assert_eq!(status, StatusCode::CONFLICT);
    assert!(answer["error"].as_str().unwrap().contains("--clock manual"), "{answer}");
}

#[tokio::test]
async fn the_figures_are_metrics_every_minute_of_the_clock() {
    let server = Server::start().await;
    put(&server, "Orders", 1.0).await;
    server.advance("PT1M").await;
    put(&server, "Orders", 1.0).await;
    put(&server, "Orders", 1.0).await;
    server.advance("PT2M").await;
    let read = json!({
        "Namespace": "Nephoscope", "MetricName": "StoredItems", "Statistics": ["Sum"], "Period": 60,
        "Dimensions": [{"Name": "Intake", "Value": "PutMetricData"}], "StartTime": NOON, "EndTime": NOON + 600,
    });
    let answer = server.ask("GetMetricStatistics", &read).await;
    let points: Vec<_> = answer["Datapoints"].as_array().unwrap().iter().collect();
    let points: Vec<_> = points.iter().map(|point| (point["Timestamp"].as_f64(), point["Sum"].as_f64())).collect();
    let at = |minutes: i64, sum: f64| (Some((NOON + minutes * 60) as f64), Some(sum));
    assert_eq!(points, [at(1, 1.0), at(2, 2.0), at(3, 0.0)]);
    let text = server.get("/metrics").await;
    assert_eq!(text.header("content-type"), "text/plain; version=0.0.4; charset=utf-8");
    for expected in [
        "nepho_requests_total{operation=\"PutMetricData\",status=\"200\"} 3\n",
        "# TYPE nepho_head_cells gauge\n",
        "nepho_journal_sync_time_seconds_total 0\n",
        "nepho_waiting_appends 0\n",
    ] {
        assert!(text.text().contains(expected), "{expected}: {}", text.text());
    }
}

#[tokio::test]
async fn a_day_passes_in_few_writes_and_every_minute_of_it_has_figures() {
    // Each minute was a write of its own, and the store was maintained every five: ten days took half a minute.
    let server = Server::start().await;
    put(&server, "Orders", 1.0).await;
    let appends = server.store.appends.load(Ordering::Relaxed);
    server.advance("P1D").await;
    let appends = server.store.appends.load(Ordering::Relaxed) - appends;
    assert!((24..=49).contains(&appends), "{appends}");
    assert_eq!(server.store.maintenances.load(Ordering::Relaxed), 24);
    for (name, dimensions, first) in [
        ("StoredItems", json!([{"Name": "Intake", "Value": "PutMetricData"}]), 1.0),
        ("HttpConnections", json!([]), 1.0),
    ] {
        let read = json!({
            "Namespace": "Nephoscope", "MetricName": name, "Statistics": ["Sum", "SampleCount"], "Period": 60,
            "Dimensions": dimensions, "StartTime": NOON + 60, "EndTime": NOON + 86_460,
        });
        let answer = server.ask("GetMetricStatistics", &read).await;
        let points = answer["Datapoints"].as_array().unwrap();
        assert_eq!(points.len(), 1440, "{name}");
        assert!(points.iter().all(|point| point["SampleCount"] == json!(1.0)), "{name}");
        assert_eq!(points[0]["Sum"], json!(first), "{name}");
    }
}

#[tokio::test]
async fn data_is_rolled_up_as_the_clock_moves() {
    let server = Server::start().await;
    let input = json!({"Namespace": "Shop", "MetricData": [
        {"MetricName": "Orders", "Value": 1, "StorageResolution": 1, "Timestamp": NOON + 1},
        {"MetricName": "Orders", "Value": 2, "StorageResolution": 1, "Timestamp": NOON + 2},
    ]});
    server.ask("PutMetricData", &input).await;
    let points = async |server: &Server| {
        let read = json!({
            "Namespace": "Shop", "MetricName": "Orders", "Statistics": ["Sum"], "Period": 1,
            "StartTime": NOON, "EndTime": NOON + 60,
        });
        server.ask("GetMetricStatistics", &read).await["Datapoints"].as_array().unwrap().len()
    };
    assert_eq!(points(&server).await, 2);
    server.advance("PT5H").await;
    assert_eq!(points(&server).await, 1);
}

#[tokio::test]
async fn health_says_what_is_wrong() {
    let server = Server::start().await;
    let answer = server.get("/health").await;
    assert_eq!((answer.status, answer.json()), (StatusCode::OK, json!({"status": "ok", "problems": []})));
    server.store.has_problem.store(true, Ordering::Relaxed);
    let answer = server.get("/health").await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(answer.json(), json!({"status": "degraded", "problems": ["segment 7 cannot be read"]}));
    server.store.has_problem.store(false, Ordering::Relaxed);
    // A fault that does not come back is forgotten after five minutes.
    server.store.fails_append.store(true, Ordering::Relaxed);
    server.advance("PT1M").await;
    server.store.fails_append.store(false, Ordering::Relaxed);
    let problems = server.get("/health").await.json()["problems"].clone();
    assert!(problems[0].as_str().unwrap().starts_with("samples could not be stored: "), "{problems}");
    server.advance("PT5M").await;
    assert_eq!(server.get("/health").await.status, StatusCode::OK);
}

/// A stream of lines from `/tail`.
struct Tail {
    body: hyper::body::Incoming,
    text: String,
}

impl Tail {
    async fn open(server: &Server, path: &str) -> (StatusCode, Tail) {
        let request = request(Method::GET, path, "").map(|_| http_body_util::Empty::<bytes::Bytes>::new());
        Tail::send(server, request).await
    }

    async fn send(
        server: &Server,
        mut request: http::Request<http_body_util::Empty<bytes::Bytes>>,
    ) -> (StatusCode, Tail) {
        request.headers_mut().insert("host", "localhost".parse().unwrap());
        let io = TokioIo::new(TcpStream::connect(server.http).await.unwrap());
        let (mut sender, connection) = hyper::client::conn::http1::handshake(io).await.unwrap();
        tokio::spawn(connection);
        let response = sender.send_request(request).await.unwrap();
        (response.status(), Tail { body: response.into_body(), text: String::new() })
    }

    async fn line(&mut self) -> Option<Value> {
        while !self.text.contains('\n') {
            let frame = self.body.frame().await?.unwrap();
            self.text.push_str(std::str::from_utf8(frame.data_ref().unwrap()).unwrap());
        }
        let (line, rest) = self.text.split_once('\n').unwrap();
        let value = serde_json::from_str(line).unwrap();
        self.text = rest.to_owned();
        Some(value)
    }
}

#[tokio::test]
async fn arrivals_can_be_followed() {
    let server = Server::start().await;
    let (status, mut tail) = Tail::open(&server, "/tail?namespace=Shop&name=Orders").await;
    assert_eq!(status, StatusCode::OK);
    put(&server, "Errors", 1.0).await;
    put(&server, "Orders", 2.0).await;
    let line = tail.line().await.unwrap();
    let expected = json!({
        "Namespace": "Shop", "MetricName": "Orders", "Dimensions": {}, "Timestamp": "2026-05-04T12:00:00Z",
        "Unit": "None", "StorageResolution": 60, "Value": 2.0,
    });
    assert_eq!(line, expected);
    assert_eq!(server.figure("nepho_tails").await, 1.0);
    // Another scope's arrivals are not shown.
    let other = claiming(request(Method::GET, "/tail", ""), "123456789012", "us-east-1");
    let (_, mut other) = Tail::send(&server, other.map(|_| http_body_util::Empty::new())).await;
    put(&server, "Orders", 3.0).await;
    assert_eq!(tail.line().await.unwrap()["Value"], json!(3.0));
    server.stop().await;
    assert_eq!((tail.line().await, other.line().await), (None, None), "a stop ends the lines");
}

#[tokio::test]
async fn a_slow_follower_is_told_what_it_lost() {
    let server = Server::with(|config| {
        config.limits.tail_lines = 2;
        config.limits.tails = 1;
    })
    .await;
    let (_, mut tail) = Tail::open(&server, "/tail").await;
    let refused = server.get("/tail").await;
    assert_eq!(refused.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(refused.text().contains("1 clients follow already"), "{}", refused.text());
    // One write of many samples is more than two lines at once.
    let datums: Vec<_> = (0..100).map(|n| json!({"MetricName": format!("M{n}"), "Value": 1})).collect();
    server.ask("PutMetricData", &json!({"Namespace": "Shop", "MetricData": datums})).await;
    let mut dropped = 0;
    let mut lines = 0;
    while dropped + lines < 100 {
        let line = tail.line().await.unwrap();
        match line["dropped"].as_u64() {
            Some(count) => dropped += count,
            None => lines += 1,
        }
    }
    assert_eq!((dropped, lines), (98, 2));
    let unknown = server.get("/tail?colour=red").await;
    assert_eq!(unknown.status, StatusCode::BAD_REQUEST);
}
