//! The language model.

use std::collections::VecDeque;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use http::header::AUTHORIZATION;
use http::{Method, Request, StatusCode};
use serde::Serialize;
use serde_json::json;
use tokio::net::TcpListener;
use tokio::sync::watch;

use super::Act;
use super::completion::Asked;
use crate::clock::{Stopwatch, milliseconds};
use crate::http::{Answer, answer, error, serve};

/// The most acts that wait.
pub const ACTS_MAX: usize = 10_000;
/// So many of the latest calls are remembered.
const CALLS_MAX: usize = 1000;

/// Stands in for a language model, until the runtime ends.
///
/// The API is at `POST /v1/chat/completions`. `POST /acts` takes a list of acts, each for one request to come;
/// `PUT /otherwise` takes the act of all others; `GET /calls` tells what was asked.
#[derive(Debug, Clone)]
pub struct LanguageModel {
    address: SocketAddr,
    script: Arc<Mutex<Script>>,
    arrived: Arc<watch::Sender<u64>>,
}

#[derive(Debug)]
struct Script {
    acts: VecDeque<Act>,
    otherwise: Act,
    calls: VecDeque<Call>,
}

/// A request that was answered.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Call {
    /// The method whose task it was.
    pub method: String,
    /// Whether the prompt was the stricter one.
    pub is_strict: bool,
    /// How it was answered.
    pub act: Act,
    /// How long that took, in milliseconds.
    pub took_ms: f64,
}

impl LanguageModel {
    /// Starts one that says what was asked for, at once.
    ///
    /// # Errors
    /// When it has no address.
    pub fn start(listener: TcpListener) -> io::Result<Self> {
        let script = Script { acts: VecDeque::new(), otherwise: Act::GOOD, calls: VecDeque::new() };
        let model = LanguageModel {
            address: listener.local_addr()?,
            script: Arc::new(Mutex::new(script)),
            arrived: Arc::default(),
        };
        let served = model.clone();
        let handle = move |request| {
            let model = served.clone();
            async move { Some(model.answer(request).await) }
        };
        tokio::spawn(serve(listener, handle, std::future::pending()));
        Ok(model)
    }

    /// Where it is: `http://HOST:PORT`.
    pub fn origin(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Adds acts, each for one request to come; whether there is room for them.
    pub fn act(&self, acts: &[Act]) -> bool {
        let mut script = self.script();
        let has_room = script.acts.len() + acts.len() <= ACTS_MAX;
        if has_room {
            script.acts.extend(acts);
        }
        has_room
    }

    /// Answers like this when no act waits.
    pub fn otherwise(&self, act: Act) {
        self.script().otherwise = act;
    }

    /// Takes what was asked since this was last called.
    pub fn take_calls(&self) -> Vec<Call> {
        self.script().calls.drain(..).collect()
    }

    /// Waits until so many requests have come since the start.
    pub async fn arrived(&self, requests: u64) {
        let mut arrived = self.arrived.subscribe();
        arrived.wait_for(|arrived| *arrived >= requests).await.expect("the sender is in `self`");
    }

    async fn answer(&self, request: Request<Bytes>) -> Answer {
        match (request.method(), request.uri().path()) {
            (&Method::POST, "/v1/chat/completions") => self.complete(&request).await,
            (&Method::POST, "/acts") => match serde_json::from_slice::<Vec<Act>>(request.body()) {
                Ok(acts) if self.act(&acts) => answer(StatusCode::OK, &json!({"waiting": self.script().acts.len()})),
                Ok(_) => error(StatusCode::INSUFFICIENT_STORAGE, &format!("at most {ACTS_MAX} acts wait")),
                Err(fault) => error(StatusCode::BAD_REQUEST, &fault.to_string()),
            },
            (&Method::PUT, "/otherwise") => match serde_json::from_slice(request.body()) {
                Ok(act) => {
                    self.otherwise(act);
                    answer(StatusCode::OK, &json!(act))
                }
                Err(fault) => error(StatusCode::BAD_REQUEST, &fault.to_string()),
            },
            (&Method::GET, "/calls") => answer(StatusCode::OK, &json!(self.take_calls())),
            (_, path) => error(StatusCode::NOT_FOUND, &format!("there is nothing at {path}")),
        }
    }

    async fn complete(&self, request: &Request<Bytes>) -> Answer {
        let stopwatch = Stopwatch::start();
        let key = request.headers().get(AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
        if key.strip_prefix("Bearer ").is_none_or(str::is_empty) {
            return error(StatusCode::UNAUTHORIZED, "there is no key");
        }
        let asked: Asked = match serde_json::from_slice(request.body()) {
            Ok(asked) => asked,
            Err(fault) => return error(StatusCode::BAD_REQUEST, &fault.to_string()),
        };
        let act = self.next();
        self.arrived.send_modify(|arrived| *arrived += 1);
        tokio::time::sleep(act.delay()).await;
        let answer = asked.answer(act.said);
        self.remember(&asked, act, stopwatch.elapsed());
        answer
    }

    fn next(&self) -> Act {
        let mut script = self.script();
        script.acts.pop_front().unwrap_or(script.otherwise)
    }

    fn remember(&self, asked: &Asked, act: Act, took: Duration) {
        let (method, is_strict, took_ms) = (asked.method().to_owned(), asked.is_strict(), milliseconds(took));
        let mut script = self.script();
        if script.calls.len() == CALLS_MAX {
            script.calls.pop_front();
        }
        script.calls.push_back(Call { method, is_strict, act, took_ms });
    }

    fn script(&self) -> MutexGuard<'_, Script> {
        self.script.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_oldest_call_is_forgotten_past_the_limit() {
        let model = LanguageModel::start(TcpListener::bind("127.0.0.1:0").await.unwrap()).unwrap();
        let asked = Asked { model: String::new(), messages: Vec::new() };
        for count in [CALLS_MAX, CALLS_MAX + 1] {
            (0..count as u64).for_each(|n| model.remember(&asked, Act::GOOD, Duration::from_millis(n)));
            let calls = model.take_calls();
            assert_eq!((calls.len(), calls[0].took_ms), (CALLS_MAX, (count - CALLS_MAX) as f64));
        }
    }
}
