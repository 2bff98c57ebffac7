//! An endpoint for one test: it keeps what comes, and answers what it is told to.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::{Notify, watch};

/// What has come.
#[derive(Debug, Clone)]
pub(crate) struct Received {
    pub(crate) path: String,
    headers: http::HeaderMap,
    pub(crate) body: String,
}

impl Received {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }
}

#[derive(Debug, Default)]
struct State {
    received: Mutex<Vec<Received>>,
    /// What is answered next; 200 when there is nothing.
    answers: Mutex<VecDeque<u16>>,
    /// What the header `Retry-After` says of answers that are none of success.
    retry_after: Mutex<Option<String>>,
    arrived: Notify,
    /// Whether answers are kept back.
    holds: watch::Sender<bool>,
}

/// An endpoint that listens until the test ends.
#[derive(Debug, Clone)]
pub(crate) struct Receiver {
    pub(crate) address: SocketAddr,
    state: Arc<State>,
}

impl Receiver {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let receiver = Receiver { address: listener.local_addr().unwrap(), state: Arc::default() };
        let state = receiver.state.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let state = state.clone();
                let service = service_fn(move |request| answer(state.clone(), request));
                tokio::spawn(
                    hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service),
                );
            }
        });
        receiver
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Answers so to what comes next.
    pub(crate) fn answer(&self, statuses: &[u16]) {
        self.state.answers.lock().unwrap().extend(statuses);
    }

    /// Wants to be left alone when it answers with an error.
    pub(crate) fn retry_after(&self, value: &str) {
        *self.state.retry_after.lock().unwrap() = Some(value.to_owned());
    }

    /// Takes what comes, and does not answer.
    pub(crate) fn hold(&self) {
        self.state.holds.send_replace(true);
    }

    /// Answers what has come, and goes on.
    pub(crate) fn go_on(&self) {
        self.state.holds.send_replace(false);
    }

    /// All that has come.
    pub(crate) fn received(&self) -> Vec<Received> {
        self.state.received.lock().unwrap().clone()
    }

    /// Waits until so much has come.
    pub(crate) async fn until(&self, count: usize) -> Vec<Received> {
        loop {
            let arrived = self.state.arrived.notified();
            let received = self.received();
            if received.len() >= count {
                return received;
            }
            arrived.await;
        }
    }
}

async fn answer(state: Arc<State>, request: Request<Incoming>) -> Result<Response<Full<Bytes>>, hyper::Error> {
    let (parts, body) = request.into_parts();
    let body = String::from_utf8(body.collect().await?.to_bytes().to_vec()).unwrap();
    let status = state.answers.lock().unwrap().pop_front().unwrap_or(200);
    let path = parts.uri.to_string();
    state.received.lock().unwrap().push(Received { path, headers: parts.headers, body });
    state.arrived.notify_waiters();
    let mut holds = state.holds.subscribe();
    holds.wait_for(|holds| !holds).await.expect("the state is kept");
    let mut answer = Response::new(Full::new(Bytes::from(format!("answered {status}"))));
    *answer.status_mut() = StatusCode::from_u16(status).unwrap();
    if let Some(after) = state.retry_after.lock().unwrap().as_ref().filter(|_| status >= 300) {
        answer.headers_mut().insert("retry-after", after.parse().unwrap());
    }
    Ok(answer)
}
