//! Lambda's runtime API for one function process: it asks for an event, and answers.

use std::collections::HashMap;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use http::{Method, Request, Response};
use http_body_util::Full;
use serde::Deserialize;
use serde_json::Value;
use tokio::sync::{mpsc, oneshot, watch};

use super::server::{serve, status};

const NEXT: &str = "/2018-06-01/runtime/invocation/next";
const INVOCATION: &str = "/2018-06-01/runtime/invocation/";
const REGISTER: &str = "/2020-01-01/extension/register";
const NEXT_OF_EXTENSION: &str = "/2020-01-01/extension/event/next";

/// An event on its way to the function.
#[derive(Debug)]
pub(super) struct Event {
    pub(super) request_id: String,
    pub(super) deadline_ms: u64,
    pub(super) payload: Value,
}

/// An error as a function reports it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Reported {
    /// Its type.
    #[serde(rename = "errorType")]
    pub kind: String,
    /// Its words.
    #[serde(rename = "errorMessage")]
    pub message: String,
}

/// What the function posted.
pub(super) type Posted = Result<Value, Reported>;

/// The server.
#[derive(Debug)]
pub(super) struct RuntimeApi {
    pub(super) address: SocketAddr,
    events: mpsc::UnboundedSender<Event>,
    waiting: Arc<Waiting>,
    asked: watch::Receiver<u64>,
}

/// Who waits for the answers to which invocations.
type Waiting = Mutex<HashMap<String, oneshot::Sender<Posted>>>;

impl RuntimeApi {
    pub(super) async fn start() -> io::Result<Self> {
        let (events, queue) = mpsc::unbounded_channel();
        let (asking, asked) = watch::channel(0);
        let waiting = Arc::new(Waiting::default());
        let state = Arc::new((tokio::sync::Mutex::new(queue), asking, Arc::clone(&waiting)));
        let address = serve(move |request| {
            let state = Arc::clone(&state);
            async move {
                let (queue, asking, waiting) = &*state;
                match (request.method(), request.uri().path()) {
                    (&Method::GET, NEXT) => {
                        asking.send_modify(|count| *count += 1);
                        match queue.lock().await.recv().await {
                            Some(event) => deliver(&event),
                            None => status(500, "no more events"),
                        }
                    }
                    (&Method::POST, REGISTER) => registered(),
                    // Extensions that asked for no events get none.
                    (&Method::GET, NEXT_OF_EXTENSION) => std::future::pending().await,
                    (&Method::POST, _) => take(&request, waiting),
                    _ => status(404, "not in Lambda's runtime API"),
                }
            }
        });
        Ok(RuntimeApi { address: address.await?, events, waiting, asked })
    }

    /// Hands an event to the function, and gives what will have its answer.
    pub(super) fn invoke(&self, event: Event) -> oneshot::Receiver<Posted> {
        let (answer, answered) = oneshot::channel();
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.insert(event.request_id.clone(), answer);
        self.events.send(event).expect("the server has the other end as long as the runtime runs");
        answered
    }

    /// How often the function asked for an event up to now. When it asks for the next one, the last one is over.
    pub(super) fn asked(&self) -> watch::Receiver<u64> {
        self.asked.clone()
    }
}

fn deliver(event: &Event) -> Response<Full<Bytes>> {
    let mut answer = status(200, event.payload.to_string());
    let arn = "arn:aws:lambda:us-east-1:000000000000:function:stand-in".to_owned();
    for (name, value) in [
        ("lambda-runtime-aws-request-id", event.request_id.clone()),
        ("lambda-runtime-deadline-ms", event.deadline_ms.to_string()),
        ("lambda-runtime-invoked-function-arn", arn),
    ] {
        answer.headers_mut().insert(name, value.parse().expect("letters and digits"));
    }
    answer
}

fn registered() -> Response<Full<Bytes>> {
    let mut answer = status(200, r#"{"functionName":"stand-in","functionVersion":"$LATEST","handler":"bootstrap"}"#);
    answer.headers_mut().insert("lambda-extension-identifier", http::HeaderValue::from_static("extension-1"));
    answer
}

/// `POST .../{request id}/response` and `.../error`.
fn take(request: &Request<Bytes>, waiting: &Waiting) -> Response<Full<Bytes>> {
    let path = request.uri().path().strip_prefix(INVOCATION).and_then(|path| path.split_once('/'));
    let Some((request_id, kind @ ("response" | "error"))) = path else {
        return status(404, "not in Lambda's runtime API");
    };
    let Some(waiting) = waiting.lock().unwrap_or_else(PoisonError::into_inner).remove(request_id) else {
        return status(400, "no such invocation is open");
    };
    let posted = match kind {
        "response" => serde_json::from_slice(request.body()).map(Ok),
        _ => serde_json::from_slice(request.body()).map(Err),
    };
    let Ok(posted) = posted else { return status(400, "not JSON") };
    // Whoever invoked may have given up.
    let _ = waiting.send(posted);
    status(202, r#"{"status":"OK"}"#)
}
