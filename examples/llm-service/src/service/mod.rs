//! The service: its paths, and what is measured where.

mod answers;
mod latency;

pub use latency::{METRIC as LATENCY, NAMESPACE as LATENCY_NAMESPACE};

use std::path::PathBuf;
use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Request, StatusCode};
use nepho::Metrics;
use serde_json::{Value, json};

use crate::artifacts;
use crate::billing::Billing;
use crate::clock::{self, Stopwatch};
use crate::events::{self, Business, Events};
use crate::http::{Answer, answer, error};
use crate::methods::{Artifacts, Method};
use crate::model::LanguageModel;
use latency::Latency;

/// The header that says whose request it is: whoever checks that stands in front of the service.
pub const USER_HEADER: &str = "x-user-id";
/// The header that says how long the model took, both tries together: `model;dur=MILLISECONDS`.
pub const TIMING_HEADER: &str = "server-timing";
/// Where methods are: `/v1/METHOD`.
pub const METHODS_PATH: &str = "/v1/";
/// Where webhooks go.
pub const WEBHOOKS_PATH: &str = "/webhooks/billing";
/// The header of a webhook's signature.
pub const SIGNATURE_HEADER: &str = "stripe-signature";

/// What a service is made of.
#[derive(Debug)]
pub struct Settings {
    /// The model that methods ask.
    pub model: LanguageModel,
    /// The secret that webhooks are signed with.
    pub webhook_secret: String,
    /// Where artifacts are written; it is there already.
    pub artifacts: PathBuf,
}

/// The service.
#[derive(Debug)]
pub struct Service {
    model: LanguageModel,
    latency: Latency,
    events: Events,
    billing: Billing,
    artifacts: PathBuf,
}

impl Service {
    /// Makes a service that measures with a client, in namespaces of its own.
    pub fn new(settings: Settings, metrics: &Metrics) -> Self {
        let Settings { model, webhook_secret, artifacts } = settings;
        let latency = Latency::new(Arc::new(metrics.namespace(latency::NAMESPACE)), &model.name);
        let events = Events::new(Arc::new(metrics.namespace(events::NAMESPACE)));
        let billing = Billing::new(&webhook_secret, events.clone());
        Service { model, latency, events, billing, artifacts }
    }

    /// Answers a request.
    pub async fn answer(&self, request: Request<Bytes>) -> Answer {
        let (path, is_post) = (request.uri().path(), request.method() == http::Method::POST);
        let method = path.strip_prefix(METHODS_PATH).and_then(Method::find);
        match method {
            Some(_) if !is_post => error(StatusCode::METHOD_NOT_ALLOWED, "methods are called with POST"),
            Some(method) => self.call(method, request.headers(), request.body()).await,
            None if path == WEBHOOKS_PATH && is_post => self.receive(request.headers(), request.body()),
            None if path == "/health" => answer(StatusCode::OK, &json!({"status": "ok"})),
            None => error(StatusCode::NOT_FOUND, &format!("there is nothing at {path}")),
        }
    }

    async fn call(&self, method: &'static Method, headers: &HeaderMap, body: &[u8]) -> Answer {
        let request = match method.read(body) {
            Ok(request) => request,
            Err(fault) => return error(StatusCode::BAD_REQUEST, &format!("not a request of {}: {fault}", method.name)),
        };
        let stopwatch = Stopwatch::start();
        let mut said = match self.model.ask(method, request).await {
            Ok(said) => said,
            Err(fault) => return answers::of_model_error(method, &fault),
        };
        let elapsed = stopwatch.elapsed();
        self.latency.record(method, elapsed);
        if method.name == "generate_artifacts" {
            said = match self.finish(said, headers).await {
                Ok(finished) => finished,
                Err(failed) => return failed,
            };
        }
        let mut answer = answer(StatusCode::OK, &said);
        let timing = format!("model;dur={}", clock::milliseconds(elapsed));
        answer.headers_mut().insert(TIMING_HEADER, HeaderValue::try_from(timing).expect("digits are a header"));
        answer
    }

    /// Writes the artifacts, and tells that they are there. That happens even when the caller has gone meanwhile.
    async fn finish(&self, said: Value, headers: &HeaderMap) -> Result<Value, Answer> {
        let user = headers.get(USER_HEADER).and_then(|user| user.to_str().ok()).filter(|user| !user.is_empty());
        let (folder, events, user) = (self.artifacts.clone(), self.events.clone(), user.map(str::to_owned));
        let writing = tokio::task::spawn_blocking(move || {
            let artifacts: Artifacts = serde_json::from_value(said)?;
            let written = artifacts::write(&folder, &artifacts)?;
            events.tell(Business::ArtifactGenerated, user.as_deref());
            Ok(json!({"artifacts": artifacts.artifacts, "folder": written}))
        });
        let written: std::io::Result<Value> = writing.await.unwrap_or_else(|panic| Err(panic.into()));
        written.map_err(|fault| {
            tracing::error!("artifacts could not be written: {fault}");
            error(StatusCode::INTERNAL_SERVER_ERROR, "the artifacts could not be written")
        })
    }

    fn receive(&self, headers: &HeaderMap, body: &[u8]) -> Answer {
        let signature = headers.get(SIGNATURE_HEADER).and_then(|value| value.to_str().ok()).unwrap_or_default();
        answers::of_webhook(self.billing.receive(signature, body, clock::unix_seconds()))
    }
}
