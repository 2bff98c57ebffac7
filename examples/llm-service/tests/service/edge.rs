//! The service's edge: paths, bodies, limits.

use bytes::Bytes;
use http::{Method, Request, StatusCode};
use llm_service::http::{ANSWER_BYTES_MAX, BODY_BYTES_MAX};
use llm_service::stand_in::{Act, Said};

use crate::expected::METHODS;
use crate::stage::{Stage, TIME};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_no_request_is_refused_and_not_measured() {
    let stage = Stage::set().await;
    let client = llm_service::http::Client::default();
    let cases = [
        (Method::GET, "/health", Bytes::new(), 200),
        (Method::GET, "/", Bytes::new(), 404),
        (Method::POST, "/v1/generate", Bytes::new(), 404),
        (Method::GET, "/v1/generate_brief", Bytes::new(), 405),
        (Method::POST, "/v1/generate_brief", Bytes::from_static(b"{}"), 400),
        (Method::POST, "/v1/generate_brief", Bytes::from(vec![b' '; BODY_BYTES_MAX]), 400),
        (Method::POST, "/v1/generate_brief", Bytes::from(vec![b' '; BODY_BYTES_MAX + 1]), 413),
        (Method::POST, "/webhooks/billing", Bytes::from_static(b"{}"), 400),
        (Method::GET, "/webhooks/billing", Bytes::new(), 404),
    ];
    for (method, path, body, status) in cases {
        let what = format!("{method} {path} with {} bytes", body.len());
        let uri = stage.visitor.uri(path);
        let request = Request::builder().method(method).uri(uri).body(body).unwrap();
        assert_eq!(client.ask(request, TIME).await.unwrap().status(), status, "{what}");
    }
    assert!(stage.model.take_calls().is_empty());
    assert_eq!(stage.metrics.accounting().accepted, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_model_that_is_asked_too_often_says_when_to_come_back() {
    let stage = Stage::set().await;
    stage.model.act(&[Act::new(0, Said::Status(429))]);
    let answer = stage.visitor.call(llm_service::methods::Method::find(METHODS[0]).unwrap(), None).await.unwrap();
    assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(answer.headers()["retry-after"], "7");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_stand_in_is_told_what_to_do_over_http() {
    let stage = Stage::set().await;
    let client = llm_service::http::Client::default();
    let ask = async |method: Method, path: &str, body: String| {
        let request = Request::builder().method(method).uri(format!("{}{path}", stage.model.origin()));
        client.ask(request.body(Bytes::from(body)).unwrap(), TIME).await.unwrap().status()
    };
    let acts = |count: usize| format!("[{}]", vec![r#"{"said":"good"}"#; count].join(","));
    assert_eq!(ask(Method::PUT, "/otherwise", r#"{"said":{"status":500}}"#.to_owned()).await, 200);
    assert_eq!(ask(Method::POST, "/acts", acts(1)).await, 200);
    for status in [200, 502] {
        let method = llm_service::methods::Method::find(METHODS[0]).unwrap();
        assert_eq!(stage.visitor.call(method, None).await.unwrap().status(), status);
    }
    assert_eq!(ask(Method::POST, "/acts", acts(llm_service::stand_in::ACTS_MAX)).await, 200);
    assert_eq!(ask(Method::POST, "/acts", acts(1)).await, StatusCode::INSUFFICIENT_STORAGE);
    assert_eq!(ask(Method::POST, "/acts", "no acts".to_owned()).await, StatusCode::BAD_REQUEST);
    assert_eq!(ask(Method::GET, "/calls", String::new()).await, 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_without_end_is_none() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    let size = |request: &Request<Bytes>| request.uri().path()[1..].parse().unwrap();
    let handle = move |request: Request<Bytes>| {
        let body = Bytes::from(vec![b' '; size(&request)]);
        async { Some(llm_service::http::Answer::new(body)) }
    };
    tokio::spawn(llm_service::http::serve(listener, handle, std::future::pending()));
    for (size, is_one) in [(ANSWER_BYTES_MAX, true), (ANSWER_BYTES_MAX + 1, false)] {
        let request = Request::get(format!("{origin}/{size}")).body(Bytes::new()).unwrap();
        assert_eq!(llm_service::http::Client::default().ask(request, TIME).await.is_ok(), is_one, "{size} bytes");
    }
}
